"""Matrix factorisation by implicit, in an environment of its own: hits of its three best offers.

Reads pairs of customers and items from a folder; writes for each setting whether one of the offers was bought.
"""

from __future__ import annotations

import sys

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
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
    made = {}
    for factors in (16, 64, 128):
        for alpha in (1, 20):
            model = AlternatingLeastSquares(factors=factors, alpha=alpha, random_state=0, num_threads=1)
            made[f"ALS {factors}, {alpha}"] = hits(model, past, came, open_, asked)
    made["BPR 64"] = hits(
        BayesianPersonalizedRanking(factors=64, random_state=0, num_threads=1), past, came, open_, asked
    )
    np.savez(f"{home}/out.npz", names=np.array(list(made)), hits=np.column_stack(list(made.values())))
    return 0


def hits(model, past, came, open_, asked):  # noqa: ANN001, ANN201 - no types of cjlab here
    """Return whether one of the best offers was bought."""
    model.fit(past, show_progress=False)
    scores = np.where(open_, model.user_factors @ model.item_factors.T, -np.inf)[asked]
    top = np.argsort(-scores, axis=1, kind="stable")[:, :K]
    return np.take_along_axis((came & open_)[asked], top, axis=1).any(axis=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
