"""How often a reason names the cause that was planted, beside the best any reader could do, and one who looks at none.

The map from causes to kinds of reasons was written down by meaning before anything was counted: satisfaction shows in
service (cases, complaints, answers), strain in our messages and what they are answered with, the sense of price in what
is spent, arrears in payments, commitment in the contract, a change of life in what was told of it. Which kind of person
he is shows in his habits, in what he uses, and in what he said of himself. Notice was set apart from the contract
later, which makes it harder to hit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from sklearn.model_selection import KFold

from cjlab.models import meanings, reasons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.models.churn.market import Market

SEEN_IN: Final = {
    "satisfaction": ("service",),
    "strain": ("pressure",),
    "price": ("price",),
    "arrears": ("payment",),
    "commitment": ("commitment",),
    "notice": ("notice",),
    "life": ("life",),
    "kind of person": ("silence", "product", "ask"),
}
STRONG: Final = float(np.log(1.5))
"""From here on a planted cause is worth being named: it raises the chance of leaving by half or more."""
_NAMED, _FOLDS, _FIFTH = 3, 5, 5


class Named(NamedTuple):
    """Customers with a strong cause: which is strongest, and who names it among three, or first.

    ``first`` and ``three`` are of our reasons; ``reader`` of trees that were told, of other customers, which cause is
    strongest, and name the three likeliest from the same features; ``blind`` of naming for everybody the three kinds
    that are most often true.
    """

    cause: NDArray[np.str_]
    first: NDArray[np.bool_]
    three: NDArray[np.bool_]
    reader: NDArray[np.bool_]
    blind: NDArray[np.bool_]


def named(market: Market) -> Named:
    """Ask for the reasons of those with a strong cause, among the fifth with the highest score."""
    causes = market.truth.causes.to_numpy()
    strong = np.flatnonzero(causes.max(axis=1) >= STRONG)
    cause = market.truth.causes.columns.to_numpy(str)[causes.argmax(axis=1)]
    risky = np.argsort(-market.score, kind="stable")[: len(market.score) // _FIFTH]
    mine = np.isin(strong, risky)
    asked = strong[mine]
    kinds = np.array([SEEN_IN[one][0] for one in cause])
    often, times = np.unique(kinds[asked], return_counts=True)
    return Named(
        cause[asked],
        *(_hit(market, asked, cause[asked], top) for top in (1, _NAMED)),
        _read(market, strong, kinds[strong])[mine],
        np.isin(kinds[asked], often[np.argsort(-times, kind="stable")[:_NAMED]]),
    )


def _hit(market: Market, asked: NDArray[np.intp], cause: NDArray[np.str_], top: int) -> NDArray[np.bool_]:
    """Tell of whom one of so many reasons is of a kind in which his cause shows."""
    mine = market.X.iloc[asked].reset_index(drop=True)
    said = reasons(market.model, mine, top=top, topics=meanings(mine)).to_frame()
    true = [topic in SEEN_IN[cause[row]] for row, topic in zip(said["row"], said["topic"], strict=True)]
    return np.isin(np.arange(len(asked)), said["row"].to_numpy()[true])


def _read(market: Market, strong: NDArray[np.intp], kinds: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Tell of whom trees, told the kinds of others, name the true one among the three likeliest."""
    import xgboost

    coded = market.model.columns_.coded(market.X.iloc[strong])
    words, codes = np.unique(kinds, return_inverse=True)
    settings = {"objective": "multi:softprob", "num_class": len(words), "max_depth": 4, "eta": 0.05, "nthread": 1}
    settings |= {"subsample": 0.8, "colsample_bytree": 0.3, "seed": 0}
    hit = np.zeros(len(strong), np.bool_)
    for train, test in KFold(_FOLDS, shuffle=True, random_state=0).split(coded):
        trees = xgboost.train(settings, xgboost.DMatrix(coded[train], codes[train]), 150)
        likely = np.argsort(-trees.predict(xgboost.DMatrix(coded[test])), axis=1)[:, :_NAMED]
        hit[test] = (likely == codes[test][:, None]).any(axis=1)
    return hit
