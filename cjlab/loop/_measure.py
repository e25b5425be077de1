"""What was promised and what came: every action of every wave against those who could have had it and did not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab import metrics
from cjlab._checks import finite, within
from cjlab._display import Shown
from cjlab.errors import EvidenceError, TableError
from cjlab.loop._observe import MATURE, MATURING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.loop._observe import Observed

EVERYBODY = "everybody"
HELD, MISSED, UNKNOWN = "held", "missed", "not known"


class Reading(NamedTuple):
    """What one action changed for those whom the policy chose for it.

    Parameters
    ----------
    action, segment : str
        Which action, of whom; ``"everybody"`` for all segments together.
    chosen, contacted : int
        How many the policy meant it for, and how many of these got it.
    promised : float
        Mean score of those contacted: what they should have brought more, before the cost.
    came, low, high : float
        What the action changed, a customer, with its interval; NaN where it is not known.
    cost : float
        What a contact cost, on average.
    verdict : str
        ``"held"``, ``"missed"`` or ``"not known"``.
    said : str
        Why.

    Examples
    --------
    >>> Reading("mail", "everybody", 100, 90, 2.0, 1.5, 0.5, 2.5, 0.1, "held", "").came
    1.5
    """

    action: str
    segment: str
    chosen: int
    contacted: int
    promised: float
    came: float
    low: float
    high: float
    cost: float
    verdict: str
    said: str


@dataclass(frozen=True, eq=False, repr=False)
class Measured(Shown):
    """Readings of a wave, or of several; made by :func:`measure`.

    Parameters
    ----------
    readings : tuple of Reading
        One an action, and one an action and segment.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.loop.Measured(()).missed
    ()
    """

    readings: tuple[Reading, ...]

    @property
    def missed(self) -> tuple[str, ...]:
        """The actions that missed their aim, for everybody: a policy may give them no more, only the random slice.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.loop.Reading("mail", "everybody", 900, 810, 2.0, 0.1, -0.2, 0.4, 0.5, "missed", "")
        >>> cj.loop.Measured((found,)).missed
        ('mail',)
        """
        return tuple(one.action for one in self.readings if one.verdict == MISSED and one.segment == EVERYBODY)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a reading.

        Returns
        -------
        pandas.DataFrame
            The fields of :class:`Reading`.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.loop.Measured(()).to_frame().columns[:2].tolist()
        ['action', 'segment']
        """
        import pandas as pd

        return pd.DataFrame(list(self.readings), columns=list(Reading._fields))


def measure(
    seen: Observed,
    *,
    segment: Mapping[object, str] | pd.Series[str] | None = None,
    least: float = 0.5,
    confidence: float = 0.95,
) -> Measured:
    r"""Compare what each action promised with what it changed, for those whom the policy chose for it.

    Among the mature decisions that the policy meant for action *a* (and the maturing ones, where :func:`observe` was
    given a delay), some got another arm by chance: those of the random slice and of the campaign's control. With the
    logged chance :math:`p_i` of the arm received, what *a* changed is

    .. math:: \frac{\sum_i w^a_i y_i}{\sum_i w^a_i} - \frac{\sum_i w^0_i y_i}{\sum_i w^0_i}, \qquad
        w^a_i = 1\{A_i = a\} / p_i,

    put right for the weights' errors (:func:`cjlab.metrics.policy_value`, doubly robust), with the interval of its
    influence function. Nothing gross is told: who bought after a contact is no effect of it. The holdout is left out,
    since it differs by all earlier contacts and not by this one alone.

    An action *missed* its aim where the high end of the interval lies below ``least`` times what was promised, or below
    what a contact cost; it *held* where the low end lies above the cost; else it is *not known*. Errors are those of
    one reading; where segments are told, theirs are shared among them (Bonferroni).

    Parameters
    ----------
    seen : Observed
        What came of the decisions.
    segment : mapping or Series, optional
        The segment of each customer, by ``customer_id``.
    least : float, default: 0.5
        Which part of what was promised must have come.
    confidence : float, default: 0.95
        Of every interval.

    Returns
    -------
    Measured
        One reading an action, and one an action and segment.

    Raises
    ------
    TableError
        When decisions have no score, or a customer no segment.
    SpecError
        When a parameter is not allowed.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> n = 4_000
    >>> arm = rng.choice(["mail", "none"], n, p=[0.9, 0.1])
    >>> rows = pd.DataFrame({
    ...     "customer_id": range(n), "at": pd.Timestamp("2025-01-01", tz="UTC"), "arm": arm, "intended": "mail",
    ...     "slice": "policy", "state": "mature", "score": 2.0, "cost": 0.1,
    ...     "outcome": rng.normal(5.0, 2.0, n) + 2.0 * (arm == "mail"),
    ... })
    >>> chances = pd.DataFrame({"mail": np.full(n, 0.9), "none": np.full(n, 0.1)})
    >>> found = cj.loop.measure(cj.loop.Observed(rows, chances, "none"))
    >>> found.readings[0].verdict, found.missed
    ('held', ())
    """
    finite(least, name="least")
    within(confidence, 0, 1, name="confidence", open_ends=True)
    if "score" not in seen.rows.columns:
        raise TableError("contacts have no column 'score', and so nothing was promised; a plan writes it down")
    own = (seen.rows["state"].isin((MATURE, MATURING)) & (seen.rows["slice"] != "holdout")).to_numpy()
    groups = _groups(seen, segment)
    readings = []
    for action in [name for name in seen.chances.columns if name != seen.control]:
        meant = own & (seen.rows["intended"] == action).to_numpy() & (seen.chances[action] > 0).to_numpy()
        for name, inside in groups.items():
            sure = confidence if name == EVERYBODY else 1 - (1 - confidence) / (len(groups) - 1)
            readings.append(_reading(seen, action, name, meant & inside, least=least, confidence=sure))
    return Measured(tuple(readings))


def _groups(seen: Observed, segment: Mapping[object, str] | pd.Series[str] | None) -> dict[str, NDArray[np.bool_]]:
    """Return which rows each segment has."""
    groups = {EVERYBODY: np.ones(len(seen.rows), dtype=bool)}
    if segment is None:
        return groups
    named = seen.rows["customer_id"].map(segment)
    if named.isna().any():
        first = seen.rows["customer_id"][named.isna()].tolist()[0]
        raise TableError(f"segment has no customer {first!r} ({int(named.isna().sum()):,} in all); name all of them")
    return groups | {str(name): (named == name).to_numpy() for name in sorted(named.unique())}


def _reading(
    seen: Observed, action: str, segment: str, those: NDArray[np.bool_], *, least: float, confidence: float
) -> Reading:
    """Read one action in one segment."""
    rows = seen.rows[those]
    got = rows["arm"] == action
    promised = float(rows["score"][got].mean()) if got.any() else math.nan
    cost = float(rows["cost"][got].mean()) if "cost" in rows and got.any() else 0.0
    counts = len(rows), int(got.sum())
    try:
        came, low, high = _changed(rows, seen.chances[those], action, seen.control, confidence)
    except (EvidenceError, TableError) as refused:
        nan = (math.nan, math.nan, math.nan)
        return Reading(action, segment, *counts, promised, *nan, cost, UNKNOWN, str(refused))
    verdict, said = _verdict(promised, low, high, cost, least)
    return Reading(action, segment, *counts, promised, came, low, high, cost, verdict, said)


def _changed(
    rows: pd.DataFrame, chances: pd.DataFrame, action: str, control: str, confidence: float
) -> tuple[float, float, float]:
    """Return what an action changed for these rows, with its interval."""
    if not len(rows):
        raise EvidenceError("the policy meant it for nobody whose outcome is mature")
    arms = rows["arm"].to_numpy(dtype=str)
    found = metrics.compare(
        "policy_value",
        np.full(len(rows), action),
        np.full(len(rows), control),
        outcome=rows["outcome"].to_numpy(dtype=np.float64),
        arm=arms,
        propensity=np.take_along_axis(
            chances.to_numpy(), np.searchsorted(chances.columns.to_numpy(dtype=str), arms)[:, None], axis=1
        )[:, 0],
        customer=rows["customer_id"].to_numpy(),
        confidence=confidence,
    )
    return found.estimate, found.low, found.high


def _verdict(promised: float, low: float, high: float, cost: float, least: float) -> tuple[str, str]:
    """Judge what came by what was promised and what it cost."""
    if high < cost:
        return MISSED, f"at most {high:.4g} came and a contact cost {cost:.4g}"
    if high < least * promised:
        return MISSED, f"at most {high:.4g} came of {promised:.4g} promised, and {least:g} of it was asked"
    if low > cost:
        return HELD, f"at least {low:.4g} came and a contact cost {cost:.4g}"
    return UNKNOWN, f"between {low:.4g} and {high:.4g} came; a contact cost {cost:.4g}: more decisions are needed"
