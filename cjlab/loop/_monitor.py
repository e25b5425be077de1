"""Monitoring: whether a loop still does what was agreed, wave by wave, and what to do where it does not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._checks import within
from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.loop._alarms import Alarm, alarmed
from cjlab.loop._measure import Measured, measure
from cjlab.loop._observe import Observed
from cjlab.loop._waves import Agreed, checked, line, slope

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cjlab.decisions import Holdout, Terms
    from cjlab.loop._drift import Drifted


@dataclass(frozen=True, eq=False, repr=False)
class Monitored(Shown):
    """The state of a loop; made by :func:`monitor`.

    Parameters
    ----------
    waves : pandas.DataFrame
        One row a moment of decision: ``at``, ``decisions``, how many are ``mature``, ``maturing``, ``pending`` and
        ``censored``; the shares ``contacted``, ``explored`` and ``held`` with ``_low``, ``_high`` and ``_p``;
        ``held_wrongly`` (decisions on customers of the holdout); ``top_tenth`` (which share of what was promised the
        best tenth of the decisions holds); ``slope`` with its ends.
    readings : pandas.DataFrame
        What each action promised and what came, wave by wave: ``at`` and the fields of :class:`Reading`.
    measured : Measured
        The same over all waves.
    slope : dict of str to float
        ``slope``, ``slope_low``, ``slope_high`` over all waves.
    alarms : tuple of Alarm
        What is wrong, and what to do.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> cj.loop.Monitored(pd.DataFrame({"at": []}), pd.DataFrame(), cj.loop.Measured(()), {}, ()).alarms
    ()
    """

    waves: pd.DataFrame
    readings: pd.DataFrame
    measured: Measured
    slope: dict[str, float]
    alarms: tuple[Alarm, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a wave.

        Returns
        -------
        pandas.DataFrame
            ``waves``.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> none = pd.DataFrame({"at": []})
        >>> len(cj.loop.Monitored(none, none, cj.loop.Measured(()), {}, ()).to_frame())
        0
        """
        return self.waves


def monitor(
    seen: Observed,
    *,
    terms: Terms | None = None,
    holdouts: Sequence[Holdout] = (),
    scores: pd.DataFrame | None = None,
    drifted: Drifted | None = None,
    timezone: str = "UTC",
    confidence: float = 0.95,
) -> Monitored:
    r"""Say of every wave whether it was as agreed and whether promises were kept, and raise alarms where not.

    A wave is the decisions of one moment. The share explored is held against ``terms.explore`` by the exact binomial
    test (but in a pilot: a wave that no model decided on), that of the holdout against its stated share from below
    (those held out are logged even where nothing would have been allowed to them, so that there may be more), both
    shared among waves (Holm); whom the holdout holds by its hash and who was decided on nevertheless is counted, not
    tested. Promised and realised stand side by side as
    :func:`measure` says. With ``scores`` the *slope* of what came on what was promised is told, 1 where promises are
    kept: the least-squares slope on the promised effect :math:`s_i` of

    .. math:: (y_i - \bar y)\left(\frac{1\{A_i = a\}}{p_i(a)} - \frac{1\{A_i = 0\}}{p_i(0)}\right),

    whose expectation is the effect on customer *i* (Athey & Imbens 2016, doi:10.1073/pnas.1510489113), customers being
    the clusters.

    A loop that does what was agreed raises any alarm with a chance of at most ``1 - confidence``: that error is shared
    among the kinds of alarm that chance can raise (Bonferroni), which are the holdout, the share explored, promises and
    the slope, as far as they are asked, and in each among waves (Holm) or actions. So an alarm asks for more than the
    intervals that are told. Features count as moved only beyond a tolerance, which chance does not reach
    (:func:`drift`); the other alarms count what may not be at all.

    Parameters
    ----------
    seen : Observed
        Decisions and what came of them.
    terms : Terms, optional
        Which share was to be explored.
    holdouts : sequence of Holdout, optional
        Whom the rules hold out, and since when.
    scores : pandas.DataFrame, optional
        What was promised of every action, a column each, indexed by ``decision_id``; where it is NaN the decision is
        left out of the slope.
    drifted : Drifted, optional
        How far features moved since the model learnt.
    timezone : str, default: "UTC"
        The brand's zone, in which holdouts begin.
    confidence : float, default: 0.95
        Of every interval, and of the tests.

    Returns
    -------
    Monitored
        Waves, readings, alarms.

    Raises
    ------
    EvidenceError
        When there is no decision.
    TableError
        When scores lack a decision or an action, or decisions have no score.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> n, rng = 4_000, np.random.default_rng(0)
    >>> rows = pd.DataFrame({
    ...     "customer_id": range(n), "at": pd.Timestamp("2025-01-01", tz="UTC"), "arm": rng.choice(["mail", "none"], n),
    ...     "intended": "mail", "slice": "random", "state": "mature", "score": 2.0, "cost": 0.1,
    ...     "outcome": rng.normal(5.0, 2.0, n),
    ... })
    >>> chances = pd.DataFrame({"mail": np.full(n, 0.5), "none": np.full(n, 0.5)})
    >>> found = cj.loop.monitor(cj.loop.Observed(rows, chances, "none"), terms=cj.decisions.Terms("a", explore=0.1))
    >>> [one.code for one in found.alarms]
    ['explored', 'promise']
    """
    import pandas as pd

    within(confidence, 0, 1, name="confidence", open_ends=True)
    if not len(seen.rows):
        raise EvidenceError("there is no decision, and so no loop to look after")
    known, agreed = checked(seen, scores), Agreed(terms, tuple(holdouts), timezone)
    times = sorted(seen.rows["at"].unique().tolist())
    waves = pd.DataFrame([line(seen, at, agreed, known, confidence) for at in times])
    parts = [measure(_only(seen, at), confidence=confidence).to_frame().assign(at=at) for at in times]
    readings = pd.concat(parts, ignore_index=True)
    overall, kept = measure(seen, confidence=confidence), slope(seen, known, confidence)
    level = (1 - confidence) / max(_tested(waves, overall, kept), 1)
    asked = measure(seen, confidence=1 - level / max(len(overall.readings), 1))
    alarms = alarmed(waves, asked, slope(seen, known, 1 - level), drifted, level=level)
    return Monitored(waves, readings[["at", *readings.columns[:-1]]], overall, kept, alarms)


def _tested(waves: pd.DataFrame, measured: Measured, kept: dict[str, float]) -> int:
    """Count the kinds of alarm that chance can raise here."""
    shares = [bool(waves[name].notna().any()) for name in ("held_p", "explored_p")]
    return sum([*shares, bool(measured.readings), math.isfinite(kept["slope"])])


def _only(seen: Observed, at: pd.Timestamp) -> Observed:
    """Return the decisions of one moment."""
    own = (seen.rows["at"] == at).to_numpy()
    return Observed(seen.rows[own], seen.chances[own], seen.control)
