"""The room is light to enter."""

from __future__ import annotations

import subprocess
import sys


def test_entering_the_room_loads_no_library_of_models() -> None:
    heavy = ("causalml", "shap", "xgboost", "sklearn", "statsmodels", "matplotlib")
    program = f"import sys, cjlab.models; print([name for name in {heavy} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_what_others_have_set_stays_as_it_was() -> None:
    program = (
        "import matplotlib, numpy as np, cjlab as cj\n"
        "before = dict(matplotlib.rcParams)\n"
        "X, y = np.arange(200).reshape(-1, 1) % 9, np.arange(200) % 3 == 0\n"
        "model = cj.models.Churn(rounds=5, folds=2).fit(X, y)\n"
        "cj.models.reasons(model, X), cj.models.leakage(X, y), cj.models.judge(model, X, y, folds=2)\n"
        "cj.models.Survival(rounds=5, folds=2).fit(X, np.arange(200) + 1, left=y)\n"
        "print(dict(matplotlib.rcParams) == before)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "True"


def test_entering_the_room_takes_under_a_second_of_processor_time() -> None:
    program = "import time; began = time.process_time(); import cjlab.models; print(time.process_time() - began)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(told.stdout) < 1
