"""How a training set is made: features and labels at the same dates, of a log that tells of both."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from cjlab._checks import shown
from cjlab.errors import EvidenceError, SpecError
from cjlab.features._recipe import Recipe
from cjlab.features._span import dated, moments, reach
from cjlab.features._unheard import refused
from cjlab.features.outcomes._labels import Labels
from cjlab.features.outcomes._outcome import outcome as happens
from cjlab.features.outcomes._training import TrainingSet
from cjlab.tables import later

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cjlab.tables import Log

    class Labelling(Protocol):
        """What labels a log: :func:`outcome`, :func:`spent`, :func:`churned`, or a function of one's own."""

        def __call__(
            self, log: Log, *, as_of: Sequence[dt.date], within: str, until: str | dt.date | None
        ) -> Labels: ...


def training_set(
    log: Log,
    recipe: Recipe,
    outcome: Labelling | str,
    *,
    as_of: str | dt.date | Sequence[str | dt.date],
    within: str,
    gap: str | None = None,
    until: str | dt.date | None = None,
) -> TrainingSet:
    """Return features as of each date, and what came of each customer after it.

    Parameters
    ----------
    log : Log
        The log.
    recipe : Recipe
        The features.
    outcome : callable or str
        What is to be foretold: ``churned``, ``partial(outcome, event="purchase")``, ``partial(spent, column="margin")``
        or a function of ``(log, *, as_of, within, until)`` that returns :class:`Labels`; or the name of an event.
    as_of : date, text or sequence of them
        The dates.
    within : str
        How long the time after each is.
    gap : str, optional
        How long after each date that time begins, such as ``"3D"`` for what it takes to score and to write to
        customers. Who is left out is decided where the time begins.
    until : date or text, optional
        Until when the log tells all; unless said, the end of the local day of its last event.

    Returns
    -------
    TrainingSet
        Of those who have both features and an outcome.

    Raises
    ------
    SpecError
        When something given is not what it should be.
    EvidenceError
        When a date lies before the log begins, or the time after it is not over when the log ends: the message names
        the dates; or when nobody is left; or when the outcome, or a feature by name, asks for an event that the log
        never has.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=90).log
    >>> recipe = cj.features.Recipe(cj.features.Recency("visit"))
    >>> cj.features.training_set(log, recipe, "visit", as_of=["2024-02-01", "2024-03-01"], within="2W", gap="2D")
    TrainingSet(... rows of ... customers at 2 dates, 1 features of visit)
    """
    if not isinstance(recipe, Recipe):
        raise SpecError(f"recipe is {shown(recipe)}; give a cj.features.Recipe")
    label = _labelling(outcome)
    dates, _ = moments(as_of, log)
    begins = [one if gap is None else later(one, gap, log.timezone, name="gap") for one in dates]
    ends = [later(one, within, log.timezone) for one in begins]
    _require_told(log, dates, ends, until)
    with refused():
        made = label(log, as_of=begins, within=within, until=until)
    if not isinstance(made, Labels):
        raise SpecError(f"outcome returned {shown(made)}; return cj.features.Labels")
    y = _moved(made.y, dict(zip(begins, dates, strict=True)), log.timezone)
    with refused():
        X = recipe.build(log, dates)  # noqa: N806 - the field's letter
    kept = X.index.intersection(y.index)
    if not len(kept):
        raise EvidenceError(f"nobody has both features and an outcome; left out are {dict(made.excluded)}")
    X = X.loc[kept]  # noqa: N806 - the field's letter
    ending = dict(zip(dates, ends, strict=True))
    return TrainingSet(X, y.loc[kept], ending, made.excluded, recipe.fingerprint)


def _labelling(outcome: Labelling | str) -> Labelling:
    if isinstance(outcome, str):
        return partial(happens, event=outcome)
    if not callable(outcome):
        raise SpecError(f"outcome is {shown(outcome)}; give a function such as cj.features.churned, or an event's name")
    return outcome


def _require_told(
    log: Log, dates: Sequence[dt.datetime], ends: Sequence[dt.datetime], until: str | dt.date | None
) -> None:
    """Refuse dates of which the log does not tell."""
    first, last = reach(log, until)
    early = [dated(one, log.timezone) for one in dates if one <= first]
    if early:
        begun = dated(first, log.timezone)
        raise EvidenceError(f"as_of {', '.join(early)}: the log begins on {begun}; give dates after it")
    late = [dated(one, log.timezone) for one, end in zip(dates, ends, strict=True) if end > last]
    if late:
        raise EvidenceError(
            f"as_of {', '.join(late)}: the time after it is not over when the log ends, at {last:%Y-%m-%d %H:%M} UTC; "
            "give earlier dates, or a shorter time within"
        )


def _moved(y: pd.Series[float], dates: Mapping[dt.datetime, dt.datetime], timezone: str) -> pd.Series[float]:
    """Put the dates of the features in place of those at which the time after them begins."""
    import pandas as pd

    at = y.index.get_level_values("as_of")
    back = {pd.Timestamp(begin): pd.Timestamp(date).tz_convert(timezone) for begin, date in dates.items()}
    moved = pd.DatetimeIndex([back[one] for one in at.unique()]).as_unit("us")
    index = pd.MultiIndex.from_arrays(
        [moved[at.unique().get_indexer(at)], y.index.get_level_values("customer_id")], names=["as_of", "customer_id"]
    )
    return pd.Series(y.to_numpy(), index, name=y.name)
