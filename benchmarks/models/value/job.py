"""The job of every contender: the likeliest parameters of both models, of one file; light, for any environment."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def answer(jobs: Mapping[str, Callable[[pd.DataFrame], Mapping[str, float]]], file: str) -> None:
    """Print what each job finds in a table of ``x``, ``t_x``, ``T`` and ``zbar``, and its processor seconds."""
    table = pd.read_csv(file)
    told = {}
    for name, job in jobs.items():
        began = time.process_time()
        found = dict(job(table))
        told[name] = found | {"seconds": time.process_time() - began}
    json.dump(told, sys.stdout)
