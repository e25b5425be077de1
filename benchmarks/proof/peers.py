"""What other packages find on some rows, each in its own environment: ``python peers.py PACKAGE ROWS.json``."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any


def causalml(rows: dict[str, Any]) -> dict[str, float]:
    """Qini of causalml, as it comes and in counts."""
    import pandas as pd
    from causalml.metrics import qini_score

    frame = pd.DataFrame({"y": rows["outcome"], "w": rows["treated"], "score": rows["score"]})
    return {
        "total": float(qini_score(frame)["score"]),
        "count": float(qini_score(frame, normalize=False)["score"]),
    }


def sklift(rows: dict[str, Any]) -> dict[str, float]:
    """Qini of scikit-uplift, over that of the best ranking."""
    from sklift.metrics import qini_auc_score

    return {"optimum": float(qini_auc_score(rows["outcome"], rows["score"], rows["treated"]))}


def econml(rows: dict[str, Any]) -> dict[str, float]:
    """Points of EconML's Qini curve, and its coefficient, from doubly robust outcomes of its own making."""
    import numpy as np
    from econml.validate.utils import calc_uplift, calculate_dr_outcomes

    expected = np.column_stack([rows["expected_control"], rows["expected_treated"]])
    chances = np.column_stack([1 - np.array(rows["chance"]), rows["chance"]])
    robust = calculate_dr_outcomes(np.array(rows["treated"]), np.array(rows["outcome"]), expected, chances)
    score, percentiles = np.array(rows["score"]), np.array(rows["percentiles"])
    coefficient, error, curve = calc_uplift(score, score, robust[:, 0], percentiles, "qini", 2)
    points = dict(zip(map(str, rows["percentiles"]), curve["value"].tolist(), strict=True))
    return {"coefficient": float(coefficient), "error": float(error), **points}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    found = {"causalml": causalml, "sklift": sklift, "econml": econml}[sys.argv[1]]
    several = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps([found(rows) for rows in several]))
