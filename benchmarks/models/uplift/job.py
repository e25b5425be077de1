"""The job of every contender: learn on one half of the customers, score the other; light, for any environment."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONTROL, WOMENS, MENS = "No E-Mail", "Womens E-Mail", "Mens E-Mail"
PROBLEMS = {
    "Women's, visit": (WOMENS, "visit"),
    "Men's, visit": (MENS, "visit"),
    "Men's, conversion": (MENS, "conversion"),
}
OUTCOMES = ("visit", "conversion", "spend")


class Half(NamedTuple):
    """What is learnt from, as a table and as numbers: who was treated, and what came of it; and who is scored."""

    table: pd.DataFrame
    numbers: Floats
    treated: NDArray[np.intp]
    outcome: Floats
    scored: pd.DataFrame
    scored_numbers: Floats


def read(file: str) -> pd.DataFrame:
    """Read the customers."""
    return pd.read_csv(file)


def features(customers: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of customers before the mail."""
    return customers.drop(columns=["segment", *OUTCOMES])


def halves(customers: pd.DataFrame, problem: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the two halves of a problem's customers, to learn from and to score."""
    arm, _ = PROBLEMS[problem]
    order = np.random.default_rng(seed).permutation(len(customers))
    parts = (customers.iloc[order[: len(order) // 2]], customers.iloc[order[len(order) // 2 :]])
    first, second = (part[part["segment"].isin([arm, CONTROL])] for part in parts)
    return first, second


def numbers(table: pd.DataFrame, scored: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return both tables as standardised numbers, a column a category."""
    both = pd.get_dummies(pd.concat([table, scored])).to_numpy(dtype=np.float64)
    own = both[: len(table)]
    made = (both - own.mean(axis=0)) / own.std(axis=0)
    return made[: len(table)], made[len(table) :]


def half(customers: pd.DataFrame, problem: str, seed: int) -> Half:
    """Return a problem's half to learn from, and the one to score."""
    arm, outcome = PROBLEMS[problem]
    learnt, other = halves(customers, problem, seed)
    table, scored = features(learnt), features(other)
    made, scored_made = numbers(table, scored)
    treated = (learnt["segment"] == arm).to_numpy().astype(np.intp)
    return Half(table, made, treated, learnt[outcome].to_numpy(dtype=np.float64), scored, scored_made)


def answer(contenders: Mapping[str, Callable[[Half], Callable[[], Floats]]], file: str, folder: str, seed: str) -> None:
    """Learn with every contender, score, store the scores, and print the processor seconds of learning.

    A contender learns when it is called, and returns what scores.
    """
    customers, seconds = read(file), {}
    for problem in PROBLEMS:
        given = half(customers, problem, int(seed))
        for name, contender in contenders.items():
            began = time.process_time()
            scoring = contender(given)
            seconds[f"{name}|{problem}"] = time.process_time() - began
            place = Path(folder, f"{name}|{problem}|{seed}.npy".replace(" ", "_"))
            np.save(place, np.asarray(scoring(), dtype=np.float64).ravel())
    json.dump(seconds, sys.stdout)
