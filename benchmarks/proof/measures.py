"""Coverage of every interval of the metrics, and how often two scores that are equally good are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import cjlab as cj
from benchmarks.proof.bar import Rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cjlab.metrics import Estimate

LEVELS = 50  # scores that rows have, many rows each
TREATED = 0.3
CHOSEN = 0.6  # the policy that is judged treats scores above this
TOGETHER = 0.6  # chance that a row shares its luck with the other rows of its customer
CONFIDENCE = 0.95
FINEST = 20_000
SAID = (
    "Rows are drawn from a population whose every figure is known: what happens to a score *s* has the chance "
    "0.05 + 0.3 *s*, treatment (of 30 %) adds 0.12 *s* − 0.03. Tied scores have 50 values. Where customers have "
    "several rows, these share their arm and most of their luck, and the interval knows whose they are. False alarms "
    "of a comparison are those of many customers: with 870 of several rows each, 40,000 tests at 5 % told two equal "
    "scores apart in 5.3 % (AUC) and 5.5 % (average precision)."
)


@dataclass(frozen=True, slots=True)
class People:
    """How rows are drawn: how many, with ties or without, one a customer or several."""

    n: int
    tied: bool = False
    several: bool = False

    @property
    def name(self) -> str:
        """Say it in words."""
        return f"{self.n:,} rows" + ", tied" * self.tied + ", several a customer" * self.several

    def rows(self, seed: int) -> dict[str, Any]:
        """Draw outcomes without treatment and with it, scores, arms and customers."""
        rng = np.random.default_rng([seed, self.n, self.tied, self.several])
        customer = np.sort(rng.integers(0, self.n // 2, self.n)) if self.several else np.arange(self.n)
        score = rng.random(self.n)
        score = (np.floor(score * LEVELS) + 0.5) / LEVELS if self.tied else score
        luck = np.where(rng.random(self.n) < TOGETHER * self.several, rng.random(self.n)[customer], rng.random(self.n))
        arm = (rng.random(self.n) < TREATED)[customer]
        outcome = (luck < base(score) + arm * effect(score)).astype(float)
        asis = (luck < base(score)).astype(float)
        given = {"customer": customer} if self.several else {}
        return {"score": score, "arm": np.where(arm, "t", "c"), "outcome": outcome, "asis": asis, "given": given}

    def scores(self) -> NDArray[np.float64]:
        """List the scores of the population, best first, each as frequent as the others."""
        count = LEVELS if self.tied else FINEST
        return (np.arange(count)[::-1] + 0.5) / count


def base(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chance without treatment."""
    return 0.05 + 0.3 * score


def effect(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what treatment adds to it."""
    return 0.12 * score - 0.03


def truths(people: People) -> dict[str, float]:
    """Return every figure of the population, by adding up over its scores."""
    score = people.scores()
    happens, moved = base(score), effect(score)
    missed, treats = 1 - happens, score > CHOSEN
    below = missed.sum() - np.cumsum(missed) + missed / 2
    said = 0.9 * score
    return {
        "AUC": float((happens * below).sum() / happens.sum() / missed.sum()),
        "average precision": float((happens * np.cumsum(happens) / np.arange(1, len(score) + 1)).sum() / happens.sum()),
        "recall at 20 %": float(happens[: len(score) // 5].sum() / happens.sum()),
        "precision at 20 %": float(happens[: len(score) // 5].mean()),
        "Brier": float((said**2 - 2 * said * happens + happens).mean()),
        "Qini": float((moved * (score - 0.5)).mean()),
        "AUUC": float((moved * score).mean()),
        "gain at 30 %": float(moved[: len(score) * 3 // 10].sum() / len(score)),
        "effect in the first fifth": float(moved[: len(score) // 5].mean()),
        "policy": float((happens + treats * moved).mean()),
    }


def experiments(replays: int) -> Iterator[Rate]:
    """Rerun all of it: the level of tests by ``replays``; intervals, and what takes long, by a part of them."""
    yield from coverage(replays // 40)
    yield from calibrated(replays // 100)
    yield from alarms(replays, n=2_000, several=False)
    yield from alarms(replays // 10, n=6_000, several=True)
    yield from resampled_alarms(replays // 100)


def coverage(replays: int) -> Iterator[Rate]:
    """Count how often each interval holds the figure of the population."""
    for people in (People(1_000), People(1_000, tied=True), People(2_000, tied=True, several=True)):
        true = truths(people)
        found: dict[str, list[bool]] = {}
        for seed in range(replays):
            for name, one in measured(people.rows(seed)).items():
                found.setdefault(name, []).append(inside(one, true[name.partition(",")[0]]))
        for name, held in found.items():
            yield Rate.of(f"coverage, {name}", people.name, np.array(held), CONFIDENCE)


def measured(rows: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Return the interval of every measure on some rows."""
    score, outcome, given = rows["score"], rows["outcome"], rows["given"]
    test = {"arm": rows["arm"], "propensity": {"t": TREATED, "c": 1 - TREATED}, **given}
    study = {**test, "control": "c"}
    expected = {"t": base(score) + 0.05, "c": base(score)}  # near, and not exact
    policy = np.where(score > CHOSEN, "t", "c")
    budget = cj.metrics.at_budget(rows["asis"], score, shares=[0.2], **given)
    qini = cj.metrics.qini(outcome, score, **study)
    first = cj.metrics.uplift_by_decile(outcome, score, groups=5, **study)
    plain = cj.metrics.policy_value(outcome, policy, **test)
    robust = cj.metrics.policy_value(outcome, policy, expected=expected, **test)
    return {
        "AUC": _ends(cj.metrics.roc(rows["asis"], score, **given).auc),
        "average precision": _ends(cj.metrics.precision_recall(rows["asis"], score, **given).average_precision),
        "recall at 20 %": (budget.recall_low[0], budget.recall_high[0]),
        "precision at 20 %": (budget.precision_low[0], budget.precision_high[0]),
        "Brier": _ends(cj.metrics.calibration(rows["asis"], 0.9 * score, **given).brier),
        "Qini": _ends(qini),
        "Qini, doubly robust": _ends(cj.metrics.qini(outcome, score, expected=expected, **study)),
        "AUUC": _ends(cj.metrics.auuc(outcome, score, **study)),
        "gain at 30 %": (qini.curve.low[30], qini.curve.high[30]),
        "effect in the first fifth": (first.low[0], first.high[0]),
        "policy, IPS": _ends(plain.ips),
        "policy, SNIPS": _ends(plain.snips),
        "policy, doubly robust": _ends(robust.dr),
    }


def calibrated(replays: int, *, n: int = 2_000) -> Iterator[Rate]:
    """Count how often the intervals of slope, intercept and ECE hold: of scores that are right, bold, and too high."""
    for level, bold in ((0.0, 1.0), (0.05, 1.0), (0.0, 0.8), (-0.3, 1.0), (0.0, 0.5)):
        found: dict[str, list[bool]] = {"slope": [], "ECE": []}
        for seed in range(replays):
            rng = np.random.default_rng([seed, n])
            score = np.sort(rng.beta(1.5, 4, n))
            true = 1 / (1 + np.exp(-level - bold * np.log(score / (1 - score))))
            one = cj.metrics.calibration((rng.random(n) < true).astype(float), score)
            edges = np.concatenate(([0], np.cumsum(one.bins.n)[:-1]))
            gaps = np.abs(np.add.reduceat(true - score, edges))
            found["slope"].append(inside(_ends(one.slope), bold))
            found["ECE"].append(inside(_ends(one.ece), gaps.sum() / n))
        where = f"{n:,} rows, logit {level:+g} + {bold:g} × the score's"
        yield Rate.of("coverage, calibration slope", where, np.array(found["slope"]), CONFIDENCE)
        yield Rate.of("coverage, ECE", where, np.array(found["ECE"]), CONFIDENCE, kind="at_least")


def alarms(replays: int, *, n: int, several: bool) -> Iterator[Rate]:
    """Count how often two scores that know equally much are told apart at 5 %."""
    told: dict[str, list[bool]] = {"auc": [], "average_precision": [], "brier": [], "recall": [], "qini": []}
    for seed in range(replays):
        one, other, given = twins(seed, n, several=several)
        for name, found in told.items():
            test = given if name == "qini" else {key: given[key] for key in ("outcome", "customer") if key in given}
            more = {"share": 0.2} if name == "recall" else {}
            found.append(cj.metrics.compare(name, one, other, **test, **more).p < 1 - CONFIDENCE)
    where = f"{n:,} rows" + ", several a customer" * several
    for name, found in told.items():
        yield Rate.of(f"false alarms of compare, {name}", where, np.array(found), 1 - CONFIDENCE)


def resampled_alarms(replays: int, *, n: int = 400) -> Iterator[Rate]:
    """Count the same for a function of one's own, by resamples of the customers."""
    told = []
    for seed in range(replays):
        one, other, given = twins(seed, n, several=True)
        found = cj.metrics.compare(
            squares, one, other, outcome=given["outcome"], customer=given["customer"], repeats=400, seed=seed
        )
        told.append(found.p < 1 - CONFIDENCE)
    yield Rate.of(
        "false alarms of compare, a function", f"{n} rows, several a customer", np.array(told), 1 - CONFIDENCE
    )


def squares(*, outcome: NDArray[np.float64], score: NDArray[np.float64]) -> float:
    """Return the mean squared difference, as a person would write it."""
    return float(np.mean((outcome - score) ** 2))


def twins(seed: int, n: int, *, several: bool) -> tuple[NDArray[np.float64], NDArray[np.float64], dict[str, Any]]:
    """Draw a test and two scores of which each knows one half of what makes it happen, and of what moves."""
    rng = np.random.default_rng([seed, n, several, 5])
    customer = np.sort(rng.integers(0, n // 2, n)) if several else np.arange(n)
    one, other = rng.random((2, n))[:, customer]
    arm = (rng.random(n) < 0.5)[customer]
    luck = np.where(rng.random(n) < TOGETHER * several, rng.random(n)[customer], rng.random(n))
    outcome = (luck < 0.1 + 0.3 * (one + other) + 0.15 * arm * (one + other)).astype(float)
    given: dict[str, Any] = {"outcome": outcome, "arm": np.where(arm, "t", "c"), "control": "c"}
    given["propensity"] = {"t": 0.5, "c": 0.5}
    return one, other, given | ({"customer": customer} if several else {})


def inside(ends: tuple[float, float], truth: float) -> bool:
    """Whether an interval holds the truth."""
    return bool(ends[0] <= truth <= ends[1])


def _ends(found: Estimate | cj.metrics.Uplift) -> tuple[float, float]:
    return found.low, found.high
