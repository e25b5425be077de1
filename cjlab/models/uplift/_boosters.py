"""What boosted trees learned: each arm's effect as a sum of boosters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part

    Floats = NDArray[np.float64]

# Fixed before any result was seen: small steps, shallow trees, leaves that hold at least half a per cent of what the
# outcome tells, since effects are far smaller than levels.
_SETTINGS = {"max_depth": 3, "eta": 0.05, "tree_method": "hist", "max_bin": 64, "nthread": 1, "verbosity": 0}
_ROUNDS, _LEAF = 150, 0.005


class Term(NamedTuple):
    """A booster's part in an arm's effect: which arm, with what weight, and under which arm it is asked.

    ``asked`` is −1 for a booster that knows of no arms, 0 for the control.
    """

    arm: int
    weight: float
    booster: int
    asked: int


@dataclass(frozen=True, eq=False)
class Boosters:
    """Boosters in xgboost's own binary form, and the terms of the effects."""

    arms: int
    raw: tuple[bytes, ...]
    terms: tuple[Term, ...]

    def effects(self, design: Floats) -> Floats:
        """Return the difference of each arm from the control, ``(n, arms)``."""
        found = np.zeros((len(design), self.arms))
        opened = [_opened(one) for one in self.raw]
        for term in self.terms:
            asked = design if term.asked < 0 else beside(design, np.full(len(design), term.asked), self.arms)
            found[:, term.arm] += term.weight * predicted(opened[term.booster], asked)
        return found

    def _parts(self) -> Mapping[str, Part]:
        return {"arms": self.arms, "raw": list(self.raw), "terms": np.array(self.terms, dtype=np.float64)}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Boosters:
        terms = tuple(Term(int(arm), float(weight), int(one), int(asked)) for arm, weight, one, asked in parts["terms"])
        return cls(parts["arms"], tuple(parts["raw"]), terms)


def grown(
    design: Floats, outcome: Floats, *, weight: Floats | None = None, logistic: bool = False, seed: int = 0
) -> Any:  # noqa: ANN401 - a booster of xgboost
    """Return a booster of the outcome."""
    import xgboost as xgb

    mean = float(np.average(outcome, weights=weight))
    told = (mean * (1 - mean) if logistic else 1.0) * (len(outcome) if weight is None else float(weight.sum()))
    settings = {
        **_SETTINGS,
        "objective": "binary:logistic" if logistic else "reg:squarederror",
        "base_score": mean,
        "min_child_weight": _LEAF * told,
        "seed": seed,
    }
    data = xgb.QuantileDMatrix(design, outcome, weight=weight, max_bin=_SETTINGS["max_bin"], nthread=1)
    return xgb.train(settings, data, num_boost_round=_ROUNDS)


def predicted(booster: Any, design: Floats) -> Floats:  # noqa: ANN401 - a booster of xgboost
    """Return what a booster expects, ``(n,)``."""
    found: Floats = np.asarray(booster.inplace_predict(design), dtype=np.float64)
    return found


def beside(design: Floats, code: NDArray[Any], arms: int) -> Floats:
    """Return a design with a column an arm beside it, 1 for whoever is of it."""
    return np.column_stack([design, *(code == arm for arm in range(1, arms + 1))])


def together(arms: int, terms: Sequence[tuple[int, float, Any, int]]) -> Boosters:
    """Return boosters as what can be kept: each once, however many terms ask it."""
    distinct: dict[int, Any] = {id(one): one for _, _, one, _ in terms}
    places = {key: place for place, key in enumerate(distinct)}
    kept = tuple(Term(arm, weight, places[id(one)], asked) for arm, weight, one, asked in terms)
    return Boosters(arms, tuple(bytes(one.save_raw("ubj")) for one in distinct.values()), kept)


def _opened(raw: bytes) -> Any:  # noqa: ANN401 - a booster of xgboost
    import xgboost as xgb

    booster = xgb.Booster({"nthread": 1})
    booster.load_model(bytearray(raw))
    return booster
