"""Delay: which share of what will have come is known at each age of a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cjlab import statistics
from cjlab._checks import offset, whole, within
from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.loop._aim import Aim, as_known, so_far
from cjlab.loop._observe import MATURE, PENDING, at_decisions, observe

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.loop._observe import Observed
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_SURE: Final = 1.25  # the high end of a share over its low end, or pending decisions of that age stay pending
_COLUMNS: Final = ["age", "arm", "decisions", "share", "low", "high", "p_shared"]
ALL = "all"


@dataclass(frozen=True, eq=False, repr=False)
class Delay(Shown):
    """Which share of what will have come is known at each age; made by :func:`delay`.

    Parameters
    ----------
    aim : Aim
        Of what.
    shares : pandas.DataFrame
        One row an age and arm, and one an age for ``"all"``: ``age`` (days), ``arm``, ``decisions``, ``share`` with
        ``low`` and ``high``, and ``p_shared``: how often chance alone parts an arm's share from the control's as far,
        shared among all arms and ages (Holm); NaN for all and for the control.
    confidence : float
        Of the intervals, and of the comparison of arms.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> line = {"age": 7, "arm": "all", "decisions": 900, "share": 0.4, "low": 0.38, "high": 0.42}
    >>> found = cj.loop.Delay(cj.loop.Aim(), pd.DataFrame([line | {"p_shared": float("nan")}]), 0.95)
    >>> found.share(7), found.share(8), found.differs
    (0.4, nan, ())
    """

    aim: Aim
    shares: pd.DataFrame
    confidence: float

    @property
    def differs(self) -> tuple[str, ...]:
        """The arms of which outcomes become known sooner or later than those of the control, surely.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> line = {"age": 7, "arm": "mail", "decisions": 900, "share": 0.4, "low": 0.38, "high": 0.42}
        >>> cj.loop.Delay(cj.loop.Aim(), pd.DataFrame([line | {"p_shared": 0.001}]), 0.95).differs
        ('mail',)
        """
        return tuple(sorted(set(self.shares["arm"][self.shares["p_shared"] < 1 - self.confidence])))

    def share(self, age: int) -> float:
        """Return the share that is known at an age; NaN where it is not known well enough to divide by.

        Parameters
        ----------
        age : int
            Days since the decision.

        Returns
        -------
        float
            The share; NaN where the high end of its interval is more than 1.25 times the low one.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> line = {"age": 1, "arm": "all", "decisions": 90, "share": 0.04, "low": 0.01, "high": 0.09}
        >>> cj.loop.Delay(cj.loop.Aim(), pd.DataFrame([line | {"p_shared": float("nan")}]), 0.95).share(1)
        nan
        """
        own = self.shares[(self.shares["age"] == age) & (self.shares["arm"] == ALL)]
        known = own[(own["low"] > 0) & (own["high"] <= _SURE * own["low"])]
        return float(known["share"].iloc[0]) if len(known) else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return the shares.

        Returns
        -------
        pandas.DataFrame
            ``shares``.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> cj.loop.Delay(cj.loop.Aim(), pd.DataFrame({"age": [7]}), 0.95).to_frame()["age"].tolist()
        [7]
        """
        return self.shares

    def of(self, aim: Aim) -> Delay:
        """Return the delay, if it may be used for an aim.

        Parameters
        ----------
        aim : Aim
            What is followed.

        Returns
        -------
        Delay
            Itself.

        Raises
        ------
        EvidenceError
            When it is of another aim, or differs by arm.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> none = pd.DataFrame({"arm": [], "p_shared": []})
        >>> cj.loop.Delay(cj.loop.Aim(), none, 0.95).of(cj.loop.Aim(within="60D"))
        Traceback (most recent call last):
            ...
        cjlab.errors.EvidenceError: the delay is of Aim(within='30D', ...), and ...; ask for that of the same aim
        """
        if aim != self.aim:
            raise EvidenceError(f"the delay is of {self.aim}, and {aim} is followed; ask for that of the same aim")
        if self.differs:
            raise EvidenceError(
                f"outcomes of {', '.join(map(repr, self.differs))} become known at another pace than those of the "
                "control, so that dividing by one share would feign an effect or hide one; wait until they are mature"
            )
        return self


def delay(
    log: Log,
    aim: Aim,
    *,
    as_of: str | dt.date,
    ages: Iterable[int] | None = None,
    waves: int = 12,
    control: str = "none",
    confidence: float = 0.95,
) -> Delay:
    r"""Say which share of what will have come is known at each age of a decision, from mature ones.

    Of the mature decisions of the last waves, :math:`y_i(a)` is what had come and was known *a* days after the decision
    and :math:`y_i` what came in the end. The share is that of the sums, the development factor of a reporting triangle,

    .. math:: F(a) = \frac{\sum_i y_i(a)}{\sum_i y_i},

    (Mack 1993, doi:10.2143/AST.23.2.2005092), with the delta method's interval, customers being the clusters. What is
    known of a pending decision of age *a*, divided by :math:`F(a)`, has the expectation of what will have come wherever
    :math:`E[y_i(a)] = F(a)\,E[y_i]` for every customer, arm and wave: the delay depends on neither. Taking a pending
    outcome for a failure is the special case :math:`F = 1` (Chapelle 2014, doi:10.1145/2623330.2623634). Whether it
    depends on the arm is asked of the decisions that had a chance of every other outcome, weighted by one over the
    chance of the arm received; where it surely does, :func:`observe` refuses. That it does not is never proven: the
    intervals by arm say how far it could. Nor does the interval know that waves differ from one another, which a sale
    or a holiday can bring about.

    Parameters
    ----------
    log : Log
        The log.
    aim : Aim
        What counts as what came.
    as_of : date or text
        The moment: nothing that happened or became known at or after it is read.
    ages : iterable of int, optional
        Days since the decision; ten steps of the time, and the ages of pending decisions, unless given.
    waves : int, default: 12
        Of how many of the last mature moments of decision.
    control : str, default: "none"
        Which arm is no contact.
    confidence : float, default: 0.95
        Of the intervals, and of the comparison of arms.

    Returns
    -------
    Delay
        Shares by age, for all and by arm.

    Raises
    ------
    EvidenceError
        When no decision is mature, or nothing came of any.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30).log
    >>> cj.loop.delay(log, cj.loop.Aim(within="7D"), as_of="2024-01-20")
    Traceback (most recent call last):
        ...
    cjlab.errors.TableError: contacts have no 'decision_id' ..., and so no decision can be followed; ...
    """
    import pandas as pd

    whole(waves, name="waves", least=1, most=1_000)
    within(confidence, 0, 1, name="confidence", open_ends=True)
    seen = observe(log, aim, as_of=as_of, control=control)
    known, when = as_known(log, as_of)
    mature = seen.rows[(seen.rows["state"] == MATURE) & (seen.rows["slice"] != "holdout")]
    dates = sorted(mature["at"].unique().tolist())[-waves:]
    if not dates:
        raise EvidenceError("no decision is mature, and so nothing says how outcomes become known; wait")
    own = mature[mature["at"].isin(dates)]
    if own["outcome"].sum() <= 0:
        raise EvidenceError(f"nothing came of {len(own):,} mature decisions; a share needs something to be a share of")
    moments = [one.to_pydatetime() for one in dates]
    lines = []
    for age in _ages(aim, seen, when) if ages is None else sorted(set(ages)):
        whole(age, name="ages", least=1, most=36_500)
        early = np.asarray(at_decisions(so_far(aim, known, moments, age), own), np.float64)
        lines += _lines(age, own, early, seen, confidence)
    table = pd.DataFrame(lines, columns=_COLUMNS)
    table["p_shared"] = statistics.holm(table["p_shared"].to_numpy(np.float64))
    return Delay(aim, table, confidence)


def _ages(aim: Aim, seen: Observed, when: dt.datetime) -> list[int]:
    """Return the ages at which shares are asked for."""
    last = offset(aim.within, name="within").days
    pending = seen.rows["at"][seen.rows["state"] == PENDING].unique().tolist()
    asked = {(when - one.to_pydatetime()).days for one in pending}
    return sorted({one for one in asked if one > 0} | set(range(1, last + 1, max(1, last // 10))))


def _lines(age: int, own: pd.DataFrame, early: Floats, seen: Observed, confidence: float) -> list[tuple[object, ...]]:
    """Return the share at an age, for all and by arm."""
    finally_, arms = own["outcome"].to_numpy(np.float64), own["arm"].to_numpy(dtype=str)
    share, parts = _share(early, finally_, np.ones(len(own)))
    lines: list[tuple[object, ...]] = [(age, ALL, len(own), *_ends(share, _error(parts, own), confidence), np.nan)]
    chances = seen.chances.loc[own.index]
    received = arms[:, None] == chances.columns.to_numpy(dtype=str)
    weights = 1 / chances.to_numpy()[received]
    base, base_parts = _share(early, finally_, np.where(arms == seen.control, weights, 0.0))
    for arm in chances.columns:
        share, parts = _share(early, finally_, np.where(arms == arm, weights, 0.0))
        apart = np.nan if arm == seen.control else _chance(share - base, _error(parts - base_parts, own))
        lines.append((age, arm, int((arms == arm).sum()), *_ends(share, _error(parts, own), confidence), apart))
    return lines


def _share(early: Floats, finally_: Floats, weights: Floats) -> tuple[float, Floats]:
    """Return the share of weighted sums, and what each row adds to its error."""
    total = float(weights @ finally_)
    if total <= 0:
        return float("nan"), np.full(len(early), np.nan)
    share = float(weights @ early) / total
    return share, weights * (early - share * finally_) / total


def _error(parts: Floats, own: pd.DataFrame) -> float:
    """Return the standard error, customers being the clusters."""
    import pandas as pd

    codes, names = pd.factorize(own["customer_id"])
    sums = np.bincount(codes, weights=parts, minlength=len(names))
    return float(np.sqrt((sums**2).sum() * len(names) / max(len(names) - 1, 1)))


def _ends(share: float, error: float, confidence: float) -> tuple[float, float, float]:
    from scipy.stats import norm

    reach = float(norm.isf((1 - confidence) / 2)) * error
    return share, share - reach, share + reach


def _chance(apart: float, error: float) -> float:
    from scipy.stats import norm

    return float(2 * norm.sf(abs(apart) / error)) if error > 0 else float("nan")
