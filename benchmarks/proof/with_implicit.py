"""Factors and neighbours by implicit, in an environment of its own: hits of its three best offers.

Reads pairs of customers and items from a folder; writes for each setting whether one of the offers was bought, and the
processor seconds of fitting it and ranking all items for all customers. The first seven are settings of factors.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
from scipy.sparse import csr_matrix

K = 3


def main(home: str) -> int:
    """Fit every setting and judge it."""
    given = dict(np.load(f"{home}/in.npz"))
    shape = tuple(given["shape"])
    past = csr_matrix((np.ones(len(given["customer"]), np.float32), (given["customer"], given["item"])), shape)
    came = np.zeros(shape, dtype=bool)
    came[given["came_customer"], given["came_item"]] = True
    open_ = np.broadcast_to(given["there"], shape).copy()
    if not given["again"]:
        open_ &= past.toarray() == 0
    asked = (came & open_).any(axis=1)
    alone = {"random_state": 0, "num_threads": 1}
    models = {
        f"ALS {factors}, {alpha}": AlternatingLeastSquares(factors=factors, alpha=alpha, **alone)
        for factors in (16, 64, 128)
        for alpha in (1, 20)
    }
    models["BPR 64"] = BayesianPersonalizedRanking(factors=64, **alone)
    models["ALS as it comes"] = AlternatingLeastSquares(**alone)
    models["BPR as it comes"] = BayesianPersonalizedRanking(**alone)
    models["cosine as it comes"] = CosineRecommender(num_threads=1)
    models["TF-IDF as it comes"] = TFIDFRecommender(num_threads=1)
    models["BM25 as it comes"] = BM25Recommender(num_threads=1)
    made, seconds = [], []
    for model in models.values():
        began = time.process_time()
        made.append(hits(model, past, came, open_, asked))
        seconds.append(time.process_time() - began)
    np.savez(f"{home}/out.npz", names=np.array(list(models)), hits=np.column_stack(made), seconds=np.array(seconds))
    return 0


def hits(model, past, came, open_, asked):  # noqa: ANN001, ANN201 - no types of cjlab here
    """Return whether one of the best offers was bought."""
    model.fit(past, show_progress=False)
    told = model.user_factors @ model.item_factors.T if hasattr(model, "user_factors") else likened(model, past)
    top = np.argsort(-np.where(open_, told, -np.inf), axis=1, kind="stable")[:, :K]
    return np.take_along_axis(came & open_, top, axis=1).any(axis=1)[asked]


def likened(model, past):  # noqa: ANN001, ANN201 - no types of cjlab here
    """Return what neighbours of what somebody bought add up to."""
    return np.asarray((past @ model.similarity).todense())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
