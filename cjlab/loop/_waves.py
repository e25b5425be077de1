"""The course of a loop, wave by wave: who was contacted, explored and held out, and whether promises were kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from cjlab import statistics
from cjlab._checks import listed
from cjlab.errors import TableError
from cjlab.loop._observe import CENSORED, MATURE, MATURING, PENDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.decisions import Holdout, Terms
    from cjlab.loop._observe import Observed

    Floats = NDArray[np.float64]

_TENTH: Final = 10
STATES: Final = (MATURE, MATURING, PENDING, CENSORED)


class Agreed(NamedTuple):
    """What was agreed on before: terms, holdouts, the brand's zone."""

    terms: Terms | None
    holdouts: Sequence[Holdout]
    timezone: str

    def holdout(self, at: pd.Timestamp) -> Holdout | None:
        """Return the holdout that holds at a moment."""
        day = at.astimezone(ZoneInfo(self.timezone)).date()
        return max((one for one in self.holdouts if one.since <= day), key=lambda one: one.since, default=None)


def line(
    seen: Observed, at: pd.Timestamp, agreed: Agreed, scores: pd.DataFrame | None, sure: float
) -> dict[str, object]:
    """Return what is to be known of a wave."""
    rows = seen.rows[(seen.rows["at"] == at).to_numpy()]
    held = (rows["slice"] == "holdout").to_numpy()
    asked, holdout = rows[~held], agreed.holdout(at)
    contacted = (asked["arm"] != seen.control).to_numpy()
    drawn = (asked["slice"] == "random").to_numpy()
    pilot = "model_version" in rows and bool(rows["model_version"].isin((None, "none")).all())
    explore = None if agreed.terms is None or pilot else agreed.terms.explore
    wrong = 0 if holdout is None else int((holdout.holds(rows["customer_id"].to_numpy()) & ~held).sum())
    counts = {name: int((rows["state"] == name).sum()) for name in STATES}
    return {
        "at": at,
        "decisions": len(rows),
        **counts,
        **_share("contacted", contacted, None, sure, "two-sided"),
        **_share("explored", drawn, explore, sure, "two-sided"),
        **_share("held", held, None if holdout is None else holdout.share, sure, "less"),
        "held_wrongly": wrong,
        "top_tenth": _concentration(asked, contacted, scores),
        **_slope(seen, scores, (seen.rows["at"] == at).to_numpy(), sure),
    }


def _share(
    name: str, flags: NDArray[np.bool_], said: float | None, sure: float, way: Literal["two-sided", "less"]
) -> dict[str, float]:
    """Return a share with its exact interval, and how often chance strays as far from what was said."""
    from scipy.stats import binomtest

    names = (name, f"{name}_low", f"{name}_high", f"{name}_p")
    if not len(flags):
        return dict.fromkeys(names, np.nan)
    told = binomtest(int(flags.sum()), len(flags), 0.5 if said is None else said, alternative=way)
    ends = binomtest(int(flags.sum()), len(flags)).proportion_ci(sure, method="exact")
    p = np.nan if said is None else float(told.pvalue)
    return dict(zip(names, (float(flags.mean()), float(ends.low), float(ends.high), p), strict=True))


def _concentration(asked: pd.DataFrame, contacted: NDArray[np.bool_], scores: pd.DataFrame | None) -> float:
    """Return which share of all that was promised the best tenth of the decisions holds."""
    if scores is not None:
        value = np.maximum(scores.loc[asked.index].to_numpy(np.float64).max(axis=1, initial=0.0), 0.0)
    elif "score" in asked:
        value = np.where(contacted, np.maximum(asked["score"].to_numpy(np.float64), 0.0), 0.0)
    else:
        return float("nan")
    known = np.sort(np.nan_to_num(value))[::-1]
    most = known[: -(-len(known) // _TENTH)].sum()
    return float(most / known.sum()) if known.sum() > 0 else float("nan")


def slope(seen: Observed, scores: pd.DataFrame | None, sure: float) -> dict[str, float]:
    """Return how much more came where more was promised, over all waves."""
    return _slope(seen, scores, np.ones(len(seen.rows), dtype=bool), sure)


def _slope(seen: Observed, scores: pd.DataFrame | None, those: NDArray[np.bool_], sure: float) -> dict[str, float]:
    r"""Return the slope of what came on what was promised, with its interval.

    The effect on one customer is known but for noise as :math:`(y - \bar y)(1\{A = a\}/p_a - 1\{A = 0\}/p_0)`; its
    least-squares slope on the promised effect is 1 where promises are kept, with customers as clusters.
    """
    names = ("slope", "slope_low", "slope_high")
    if scores is None:
        return dict.fromkeys(names, np.nan)
    parts = [_effects(seen, scores, those, action) for action in seen.chances.columns if action != seen.control]
    effect, promised, customer = (np.concatenate([one[place] for one in parts]) for place in range(3))
    if len(effect) < 3 or np.ptp(promised) == 0:  # noqa: PLR2004 - a line through two points has no error
        return dict.fromkeys(names, np.nan)
    return dict(zip(names, _line(promised.astype(float), effect.astype(float), customer, sure), strict=True))


def _effects(
    seen: Observed, scores: pd.DataFrame, those: NDArray[np.bool_], action: str
) -> tuple[Floats, Floats, NDArray[np.object_]]:
    """Return what an action changed for each, but for noise, beside what was promised, and who it was."""
    rows, chances = seen.rows, seen.chances
    able = (chances[action] > 0) & (chances[seen.control] > 0)
    mature = rows["state"].isin((MATURE, MATURING)) & (rows["slice"] != "holdout")
    told = scores[action].notna().loc[rows.index]
    own = those & (mature & told & (rows["intended"] == action)).to_numpy() & able.to_numpy()
    y = rows["outcome"][own].to_numpy(np.float64)
    got, none = ((rows["arm"][own] == name).to_numpy() for name in (action, seen.control))
    weights = got / chances[action][own].to_numpy() - none / chances[seen.control][own].to_numpy()
    centred = y - y.mean() if len(y) else y
    promised = scores.loc[rows.index[own], action].to_numpy(np.float64)
    return centred * weights, promised, rows["customer_id"][own].to_numpy(dtype=object)


def _line(x: Floats, y: Floats, customer: NDArray[np.object_], sure: float) -> tuple[float, float, float]:
    """Return a least-squares slope, and its interval by sums over customers."""
    import pandas as pd
    from scipy.stats import norm

    apart = x - x.mean()
    found = float(apart @ y) / float(apart @ apart)
    rest = y - y.mean() - found * apart
    codes, names = pd.factorize(customer)
    sums = np.bincount(codes, weights=apart * rest, minlength=len(names))
    error = float(np.sqrt((sums**2).sum() * len(names) / max(len(names) - 1, 1))) / float(apart @ apart)
    reach = float(norm.isf((1 - sure) / 2)) * error
    return found, found - reach, found + reach


def checked(seen: Observed, scores: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return what was promised of every decision and action, if it is complete."""
    if scores is None:
        return None
    absent = [name for name in seen.chances.columns if name != seen.control and name not in scores.columns]
    if absent:
        raise TableError(f"scores have no action {listed(absent)}; they have {listed(list(scores.columns))}")
    lost = seen.rows.index.difference(scores.index)
    if len(lost):
        raise TableError(f"scores lack {len(lost):,} decisions, first {lost[0]!r}; give what was promised of all")
    return scores[[name for name in seen.chances.columns if name != seen.control]]


def shared(p: Sequence[float] | Floats) -> Floats:
    """Return p-values of several waves as they count together."""
    values = np.asarray(p, np.float64)
    return statistics.holm(values) if len(values) else values
