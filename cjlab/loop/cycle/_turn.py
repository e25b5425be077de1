"""A turn: what was found, what was done, and why, as it is kept in ``turn.json``."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cjlab._display import Shown
from cjlab.errors import TurnError
from cjlab.loop._gate import Gate
from cjlab.loop._measure import Reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

FORMAT: Final = 1
TURN: Final = "turn.json"
FEATURES: Final = "features.parquet"


class Step(NamedTuple):
    """One thing that a turn found or did.

    Parameters
    ----------
    code : str
        Which, in one word or two: ``"observed"``, ``"measured"``, ``"demoted"``, ``"guarded"``, ``"rolled back"``,
        ``"stopped"``, ``"ramp"``, ``"retired"``, ``"promoted"``, ``"erased"``, ``"drift"``, ``"not due"``,
        ``"no overlap"``, ``"left out"``, ``"learnt"``, ``"kept"``, ``"away"``, ``"decided"``, ``"not moved"`` or
        ``"next"``.
    said : str
        What, and why, in plain words.

    Examples
    --------
    >>> Step("not due", "it learnt on 2024-03-01, and learns again from 2024-03-29 on").code
    'not due'
    """

    code: str
    said: str


class Shift(NamedTuple):
    """A move of an alias that a turn makes: a promotion, a rollback or a retirement; ``over`` is who has it before."""

    kind: str
    alias: str
    version: int | None
    over: int | None
    why: str


class Learnt(NamedTuple):
    """A version that was learnt: from which turns' decisions, how many, and of how many that were mature by then.

    ``without`` are the actions that too few had got by chance for it to be taught them.
    """

    version: int | None
    turns: tuple[str, ...]
    rows: int
    mature: int
    without: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Turn(Shown):
    """One turn of the loop; made by :meth:`Cycle.turn`, read back by :func:`turns`.

    Parameters
    ----------
    name, day : str
        The cycle, and the date of the turn, which is its folder's name too.
    as_of : datetime.datetime
        The moment, in UTC.
    cycle, recipe, policy : str
        Fingerprints of the cycle and of its recipe; the version of the policy that decided.
    champion, challenger : int or None
        The version that decided for everybody, and the one that decided for the customers of the ramp; None for none.
    stopped : int or None
        The champion of the registry that decides no more, since its contacts lose money and there is none before it.
    demoted : tuple of str
        Actions that only the random slice may give.
    states : mapping
        Decisions so far by state: mature, pending, censored.
    readings : tuple of Reading
        What each action of the champion changed beside its promise.
    guards, gates : tuple of Gate
        The champion's guardrails; what a challenger was asked.
    learnt : Learnt or None
        The version that was learnt.
    shifts : tuple
        The moves of aliases.
    counts : mapping
        Decisions of this turn: ``customers``, ``decided``, ``policy``, ``random``, ``control``, ``holdout``,
        ``contacted``, ``ramp``; ``cost`` of contacts and what they are ``expected`` to bring, in currency.
    plan, limits, excluded : tuple of mapping
        Rows of :meth:`Plan.to_frame`, of :meth:`Plan.limits` and of :meth:`Eligibility.to_frame`.
    steps : tuple of Step
        What was found and done, in order.
    files : mapping
        SHA-256 of the other files in its folder.
    dry : bool
        Whether nothing was done.

    Examples
    --------
    >>> import datetime as dt
    >>> import cjlab as cj
    >>> at = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    >>> steps = (cj.loop.Step("decided", "nobody was contacted"),)
    >>> cj.loop.Turn(name="spring", day="2024-03-01", as_of=at, steps=steps).said
    'decided: nobody was contacted'
    """

    name: str
    day: str
    as_of: dt.datetime
    cycle: str = ""
    recipe: str = ""
    policy: str = ""
    champion: int | None = None
    challenger: int | None = None
    stopped: int | None = None
    demoted: tuple[str, ...] = ()
    states: Mapping[str, int] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    guards: tuple[Gate, ...] = ()
    gates: tuple[Gate, ...] = ()
    learnt: Learnt | None = None
    shifts: tuple[Shift, ...] = ()
    counts: Mapping[str, float] = field(default_factory=dict)
    plan: tuple[Mapping[str, Any], ...] = ()
    limits: tuple[Mapping[str, Any], ...] = ()
    excluded: tuple[Mapping[str, Any], ...] = ()
    steps: tuple[Step, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    dry: bool = False

    @property
    def said(self) -> str:
        """All steps, a line each.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj
        >>> at = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
        >>> cj.loop.Turn(name="spring", day="2024-03-01", as_of=at).said
        ''
        """
        return "\n".join(f"{one.code}: {one.said}" for one in self.steps)

    @property
    def plain(self) -> dict[str, Any]:
        """All of it, as plain values for JSON; numbers that are not known are None.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj
        >>> turn = cj.loop.Turn(name="spring", day="2024-03-01", as_of=dt.datetime(2024, 3, 1, tzinfo=dt.UTC))
        >>> turn.plain["as_of"], turn.plain["champion"]
        ('2024-03-01T00:00:00+00:00', None)
        """
        return told(self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a step.

        Returns
        -------
        pandas.DataFrame
            ``code`` and ``said``.

        Examples
        --------
        >>> import datetime as dt
        >>> import cjlab as cj
        >>> at = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
        >>> turn = cj.loop.Turn(name="spring", day="2024-03-01", as_of=at)
        >>> turn.to_frame().columns.tolist()
        ['code', 'said']
        """
        import pandas as pd

        return pd.DataFrame(list(self.steps), columns=list(Step._fields))


_ROWS: Final = {"readings": Reading, "guards": Gate, "gates": Gate, "shifts": Shift, "steps": Step}


def told(turn: Turn) -> dict[str, Any]:
    """Return a turn as plain values; what is not known is None."""
    own = {one.name: getattr(turn, one.name) for one in fields(turn) if one.name != "dry"}
    rows = {name: [one._asdict() for one in own[name]] for name in _ROWS}
    learnt = turn.learnt and turn.learnt._asdict()
    return {"format": FORMAT, **_plain({**own, **rows, "learnt": learnt, "as_of": turn.as_of.isoformat()})}


def written(turn: Turn) -> bytes:
    """Return a turn as the file that is kept."""
    return (json.dumps(told(turn), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def read(file: Path) -> Turn:
    """Return the turn that a file keeps."""
    try:
        kept = json.loads(file.read_bytes())
        if kept.pop("format") != FORMAT:
            raise TurnError(f"{file} is of another format than {FORMAT}; use the version of cjlab that wrote it")
        return _turn(kept)
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise TurnError(f"{file} holds no turn ({wrong}); restore it from a copy") from wrong


def _turn(kept: dict[str, Any]) -> Turn:
    rows = {name: tuple(kind(**_known(one, kind)) for one in kept[name]) for name, kind in _ROWS.items()}
    several = {name: tuple(kept["learnt"].get(name, ())) for name in ("turns", "without")} if kept["learnt"] else {}
    learnt = kept["learnt"] and Learnt(**{**kept["learnt"], **several})
    several = {name: tuple(kept[name]) for name in ("demoted", "plan", "limits", "excluded")}
    return Turn(**{**kept, **rows, **several, "learnt": learnt, "as_of": dt.datetime.fromisoformat(kept["as_of"])})


def _known(row: dict[str, Any], kind: type[Any]) -> dict[str, Any]:
    """Give numbers that were not known back as NaN; a version or an action may be none."""
    return {name: math.nan if value is None and kind in (Reading, Gate) else value for name, value in row.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a turn
    """Return values that JSON can say."""
    if isinstance(value, dict) or hasattr(value, "items"):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
