"""When a log taught what builders hold: nothing is built of it for an earlier date, unless that is said openly."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cjlab._checks import listed
from cjlab.errors import SpecError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from cjlab.features._said import Said
    from cjlab.features.builders._builder import Builder
    from cjlab.tables import Log


def learned_by(builders: Iterable[Builder]) -> dt.datetime | None:
    """Return the latest date at which one of them learned; None where none did."""
    return max((one.learned for one in builders if one.learned is not None), default=None)


def learned_at(log: Log, as_of: str | dt.date, *before: Builder) -> dt.datetime:
    """Return the date at which a log is learned of, or a later one at which one of the builders before was."""
    when = log.moment(as_of)
    return max(when, learned_by(before) or when)


def refuse_hindsight(recipe: Said, dates: Sequence[dt.datetime], timezone: str) -> None:
    """Refuse dates at which nobody could have known what a builder holds, unless the recipe says that it may be."""
    first, latest = min(dates), learned_by(recipe.builders)
    if recipe.hindsight or latest is None or latest <= first:
        return
    late = [one for one in recipe.builders if one.learned is not None and one.learned > first]
    who = listed(dict.fromkeys(type(one).__name__ for one in late)).replace(" or ", " and ")
    told, asked = (f"{one.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}" for one in (latest, first))
    raise SpecError(
        f"what {who} hold was learned of a log as of {told}, and features are asked for as of {asked}, before that: "
        f"learn at the earliest date, such as Recipe.default(log, {asked[:10]!r}), or say openly that the features see "
        "what came later: Recipe(*recipe.builders, hindsight=True)"
    )
