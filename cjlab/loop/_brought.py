"""What the decisions of a loop brought, wave by wave and all together, beside contacting no one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab import metrics
from cjlab._checks import finite, within
from cjlab._display import Shown
from cjlab.errors import EvidenceError, TableError
from cjlab.loop._observe import MATURE, observe
from cjlab.tables import Log

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.loop._observe import Observed
    from cjlab.loop.cycle import Cycle

    Flags = NDArray[np.bool_]

_UNKNOWN = (np.nan, np.nan, np.nan)


class Wave(NamedTuple):
    """What the decisions of one moment brought beside no one, contacts paid, in currency.

    Parameters
    ----------
    at : datetime.datetime
        When they were taken.
    decisions, contacted : int
        How many are mature, the holdout's left out; how many of these were sent something.
    net, low, high : float
        What they brought together, with its interval; NaN where it cannot be known.
    total, total_low, total_high : float
        What all waves up to this one brought; the interval knows that customers are the same from wave to wave.

    Examples
    --------
    >>> import datetime as dt, cjlab as cj
    >>> cj.loop.Wave(dt.datetime(2024, 3, 1), 1_000, 600, 250.0, 50.0, 450.0, 250.0, 50.0, 450.0).contacted
    600
    """

    at: dt.datetime
    decisions: int
    contacted: int
    net: float
    low: float
    high: float
    total: float
    total_low: float
    total_high: float


@dataclass(frozen=True, eq=False, repr=False)
class Brought(Shown):
    """What a loop brought so far; made by :func:`brought`.

    Parameters
    ----------
    waves : tuple of Wave
        One a moment of decision of which decisions are mature, the first one first.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.loop.Brought(()).to_frame().columns[:3].tolist()
    ['at', 'decisions', 'contacted']
    """

    waves: tuple[Wave, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a wave.

        Returns
        -------
        pandas.DataFrame
            The fields of :class:`Wave`.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.loop.Brought(()).to_frame())
        0
        """
        import pandas as pd

        return pd.DataFrame(list(self.waves), columns=list(Wave._fields))


def brought(seen: Observed, *, value: float = 1.0, confidence: float = 0.95) -> Brought:
    r"""Return what decisions brought beside contacting no one, from the chances with which they were taken.

    Of *n* mature decisions with net :math:`r_i = v\,y_i - c_i` and chance :math:`p_{i0}` of no contact, that is

    .. math:: \sum_i r_i - n\,V_0, \qquad
        V_0 = \bar r_0 + \frac 1 n \sum_i \frac{1\{A_i = 0\}}{p_{i0}} (r_i - \bar r_0)

    with :math:`\bar r_0` the weighted mean of those who got nothing (Dudík et al. 2014, doi:10.1214/14-STS500): all
    that was sent counts, what chance drew too, and nobody is compared with the contacted but those who could have been
    contacted and were not. The holdout, whom nothing could reach, is left out.

    Parameters
    ----------
    seen : Observed
        Decisions and what came of them, by :func:`observe`.
    value : float, default: 1.0
        What one unit of the outcome is worth, in currency.
    confidence : float, default: 0.95
        Of each interval by itself.

    Returns
    -------
    Brought
        A row a wave, and the running total.

    Raises
    ------
    SpecError
        When a parameter is not allowed.

    Notes
    -----
    The interval is normal. Over 400 drawings of two waves in which one of ten got what the policy did not mean for him
    it held .93 and .96 with 400 customers a wave, .965 and .9625 with 1,000; with 200, of whom a dozen tell what comes
    to those meant to be contacted, .905 and .9075.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> arm = rng.choice(["none", "mail"], 4_000)
    >>> rows = pd.DataFrame({"customer_id": range(4_000), "at": pd.Timestamp("2024-03-01", tz="UTC"), "arm": arm})
    >>> rows = rows.assign(slice="random", state="mature", cost=0.1 * (arm == "mail"))
    >>> rows["outcome"] = rng.normal(size=4_000) + (arm == "mail")
    >>> half = pd.DataFrame(0.5, index=rows.index, columns=["none", "mail"])
    >>> (wave,) = cj.loop.brought(cj.loop.Observed(rows, half, "none")).waves
    >>> bool(wave.low < 0.9 * wave.contacted < wave.high)  # each mail brings 1 and costs 0.1
    True
    """
    finite(value, name="value")
    sure = within(confidence, 0, 1, name="confidence", open_ends=True)
    rows = seen.rows
    told = ((rows["state"] == MATURE) & (rows["slice"] != "holdout")).to_numpy(bool)
    made: list[Wave] = []
    for at in sorted(set(rows["at"][told])):
        own = told & (rows["at"] == at).to_numpy(bool)
        so_far = told & (rows["at"] <= at).to_numpy(bool)
        contacted = int((rows["arm"][own] != seen.control).sum())
        ends = (*_beside(seen, own, value, sure), *_beside(seen, so_far, value, sure))
        made.append(Wave(at.to_pydatetime(), int(own.sum()), contacted, *ends))
    return Brought(tuple(made))


def brought_by(cycle: Cycle, home: str | Path, as_of: dt.datetime) -> Brought:
    """Return what the decisions of a loop brought, by what its log knew at a moment.

    Parameters
    ----------
    cycle : Cycle
        The loop.
    home : str or path
        Its home.
    as_of : datetime.datetime
        When.

    Returns
    -------
    Brought
        A row a wave, in currency; none where nothing has been decided.

    Examples
    --------
    >>> import datetime as dt, tempfile, cjlab as cj
    >>> cycle = cj.loop.Cycle(
    ...     name="spring",
    ...     rules=cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.01),)),
    ...     terms=cj.decisions.Terms("spring"),
    ...     recipe=cj.features.Recipe(cj.features.Recency("purchase")),
    ... )
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=10).log
    >>> with tempfile.TemporaryDirectory() as home:
    ...     stored = log.write(f"{home}/log")
    ...     found = cj.loop.brought_by(cycle, home, dt.datetime(2024, 1, 11, tzinfo=dt.UTC))
    >>> found.waves
    ()
    """
    log = Log.read(Path(home) / "log")
    own = log.contacts.filter(pl.col("campaign").cast(pl.String) == cycle.name)
    if own.filter(pl.col("at") < as_of).head(1).collect().is_empty():
        return Brought(())
    seen = observe(replace(log, contacts=own), cycle.aim, as_of=as_of)
    return brought(seen, value=cycle.value, confidence=cycle.confidence)


def _beside(seen: Observed, those: Flags, value: float, confidence: float) -> tuple[float, float, float]:
    """Return what some decisions brought beside no one, with its interval; NaN where nothing was left to chance."""
    rows, chances = seen.rows[those], seen.chances[those]
    try:
        found = metrics.compare(
            "policy_value",
            chances,
            np.full(len(rows), seen.control),
            outcome=value * rows["outcome"].to_numpy(np.float64) - rows["cost"].to_numpy(np.float64),
            arm=rows["arm"].to_numpy(dtype=str),
            propensity=chances,
            customer=rows["customer_id"].to_numpy(),
            confidence=confidence,
        )
    except (EvidenceError, TableError):
        return _UNKNOWN
    return (len(rows) * found.estimate, len(rows) * found.low, len(rows) * found.high)
