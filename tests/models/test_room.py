"""The room is light to enter."""

from __future__ import annotations

import subprocess
import sys


def test_entering_the_room_loads_no_library_of_models() -> None:
    heavy = ("causalml", "shap", "xgboost", "sklearn", "statsmodels", "matplotlib")
    program = f"import sys, cjlab.models; print([name for name in {heavy} if name in sys.modules])"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
