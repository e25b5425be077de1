"""What a randomised test says of personas: what each answers, and what is better for it than what is best for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cjlab.models._figure import Figure, about_all
from cjlab.models.personas._lots import Answers
from cjlab.statistics import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.personas._lots import Lots

LEVEL: Final = 0.05
_SHOWN: Final = ["effect", "low", "high"]
ENDS: Final = ("", "_low", "_high")


class Tried(NamedTuple):
    """What a randomised test says of personas.

    Parameters
    ----------
    campaign, control : str
        Which test, and the arm that got nothing.
    best : str
        What brings most for all customers: an arm, or the control where none is worth its cost.
    shown : str
        The arm whose effects are told: the best, or the largest where none is.
    effects : pandas.DataFrame
        Indexed by persona, and ``"all"``: ``customers`` of the test, ``effect`` of the arm shown, ``low``, ``high``.
    p : float
        How often chance alone would make the effects of personas differ as much.
    """

    campaign: str
    control: str
    best: str
    shown: str
    effects: pd.DataFrame
    p: float

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What the arm shown does to all customers and to those of each persona, and the chance of such differences."""
        said = f"effect of {self.shown}"
        each = [about_all(f"{said}, {name}", *ends) for name, *ends in self.effects[_SHOWN].itertuples()]
        return (*each, about_all("p of no difference between personas", self.p))

    @property
    def how(self) -> str:
        """How it was judged, in words."""
        return f"the test {self.campaign!r}, {int(self.effects['customers'].iloc[-1]):,} customers"


def read(
    lots: Lots,
    known: pd.Series[float],
    customers: pd.Index[int],
    group: NDArray[np.int64],
    *,
    names: Sequence[str],
    worth: float,
    cost: float,
) -> tuple[Tried, pd.DataFrame]:
    """Read the test by persona: effects, and what is surely better than what is best for all."""
    import pandas as pd

    answers, who = Answers.of(lots, known[known.index.isin(customers)])
    place = group[customers.get_indexer(who)]
    z = quantile(LEVEL)
    paid = dict.fromkeys(lots.arms, cost) | {lots.control: 0.0}

    def gain(rows: Answers, arm: str, other: str, reach: float) -> Interval:
        found = rows.difference(arm, other, quantile=reach)
        return Interval(*(worth * float(end) - paid[arm] + paid[other] for end in found))

    net = {arm: float(gain(answers, arm, lots.control, z).estimate) for arm in lots.arms} | {lots.control: 0.0}
    best = max(net, key=lambda arm: net[arm] if np.isfinite(net[arm]) else -np.inf)
    shown = best if best != lots.control else max(lots.arms, key=lambda arm: net[arm])
    groups = [answers.rows(place == one) for one in range(len(names))]
    others = [arm for arm in net if arm != best]
    strict = quantile(LEVEL / (len(names) * len(others)))
    rows = [_better({arm: gain(some, arm, best, strict) for arm in others}) for some in groups]
    told = [(len(some.arm), *some.difference(shown, lots.control, quantile=z)) for some in (*groups, answers)]
    effects = pd.DataFrame(
        told, columns=["customers", "effect", "low", "high"], index=pd.Index([*names, "all"], name="persona")
    )
    better = pd.DataFrame(rows, index=pd.Index(names, name="persona"))
    return Tried(lots.campaign, lots.control, best, shown, effects, _differ(effects.iloc[:-1], z)), better


def _better(gains: dict[str, Interval]) -> dict[str, object]:
    """Return the action that surely brings most more; none where none does."""
    sure = {arm: one for arm, one in gains.items() if one.low > 0}
    if not sure:
        return {"action": "", **{f"gain{end}": np.nan for end in ENDS}}
    arm = max(sure, key=lambda one: float(sure[one].estimate))
    return {"action": arm, **dict(zip((f"gain{end}" for end in ENDS), map(float, sure[arm]), strict=True))}


def _differ(effects: pd.DataFrame, z: float) -> float:
    r"""Return the p of :math:`\sum (e_k - \bar e)^2 / s_k^2`, chi-square (Cochran 1954, doi:10.2307/3001666)."""
    found = effects.dropna()
    size = ((found["high"] - found["low"]) / 2 / z).to_numpy(np.float64)
    effect = found["effect"].to_numpy(np.float64)[size > 0]
    weight = 1 / size[size > 0] ** 2
    if len(effect) < 2:  # noqa: PLR2004 - to differ
        return float("nan")
    apart = float((weight * (effect - np.average(effect, weights=weight)) ** 2).sum())
    from scipy.stats import chi2

    return float(chi2.sf(apart, len(effect) - 1))


def quantile(error: float) -> float:
    """Return how many standard deviations an interval reaches to each side, that misses so often."""
    from scipy.stats import norm

    return float(norm.ppf(1 - error / 2))
