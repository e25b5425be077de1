"""Radcliffe's Qini: by the formulas of causalml and scikit-uplift, written out row by row, and by hand."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError

if TYPE_CHECKING:
    from collections.abc import Sequence


def drawn(seed: int, n: int) -> tuple[list[int], list[float], list[int]]:
    """Draw outcomes, scores without ties, and arms; both arms occur, and treated responders."""
    rng = np.random.default_rng(seed)
    score = (rng.permutation(n) + 0.5) / n
    treated = (rng.random(n) < 0.6).astype(int)
    outcome = (rng.random(n) < 0.3 + 0.2 * treated * score).astype(int)
    treated[:2], outcome[0] = (1, 0), 1
    return outcome.tolist(), score.tolist(), treated.tolist()


def sorted_rows(outcome: Sequence[int], score: Sequence[float], treated: Sequence[int]) -> list[tuple[int, int]]:
    rows = sorted(zip(score, outcome, treated, strict=True), reverse=True)
    return [(y, w) for _, y, w in rows]


def by_causalml(outcome: Sequence[int], score: Sequence[float], treated: Sequence[int], *, normalize: bool) -> float:
    """``causalml.metrics.qini_score`` of 0.18, as its code reads: 0/0 is bridged by a straight line from 0."""
    curve, ys, ns = [0.0], [0, 0], [0, 0]
    for y, w in sorted_rows(outcome, score, treated):
        ys[w] += y
        ns[w] += 1
        curve.append(ys[1] - ys[0] * ns[1] / ns[0] if ns[0] else math.nan)
    first = next(place for place, one in enumerate(curve) if place and not math.isnan(one))
    curve[:first] = [curve[first] * place / first for place in range(first)]
    if normalize:
        curve = [one / abs(curve[-1]) for one in curve]
    n = len(outcome)
    return sum(one - curve[-1] * place / n for place, one in enumerate(curve)) / (n + 1)


def by_scikit_uplift(outcome: Sequence[int], score: Sequence[float], treated: Sequence[int]) -> float:
    """``sklift.metrics.qini_auc_score`` of 0.5.1, as its code reads: trapezia, over those of the best ranking."""

    def area(scores: Sequence[float]) -> float:
        points, ys, ns = [(0, 0.0)], [0, 0], [0, 0]
        rows = sorted(zip(scores, outcome, treated, strict=True), reverse=True)
        for place, (one, y, w) in enumerate(rows):
            ys[w] += y
            ns[w] += 1
            if place + 1 == len(rows) or rows[place + 1][0] != one:
                points.append((place + 1, ys[1] - (ys[0] * ns[1] / ns[0] if ns[0] else 0)))
        whole = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in itertools.pairwise(points))
        return whole - points[-1][0] * points[-1][1] / 2

    return area(score) / area([y * w - y * (1 - w) for y, w in zip(outcome, treated, strict=True)])


def by_us(outcome: Sequence[int], score: Sequence[float], treated: Sequence[int], scale: str) -> float:
    return cj.metrics.qini_radcliffe(outcome, score, arm=treated, control=0, scale=scale).estimate  # type: ignore[arg-type]


@given(st.integers(0, 100_000), st.integers(6, 200))
def test_scales_are_those_of_causalml(seed: int, n: int) -> None:
    rows = drawn(seed, n)
    counted = by_causalml(*rows, normalize=False)
    assert by_us(*rows, "count") == pytest.approx(counted, abs=1e-9)
    assert by_us(*rows, "treated") == pytest.approx(counted / sum(rows[2]), abs=1e-9)
    ys = [sum(y for y, w in zip(rows[0], rows[2], strict=True) if w == arm) for arm in (0, 1)]
    assume(abs(ys[1] - ys[0] * sum(rows[2]) / (n - sum(rows[2]))) > 1e-3)  # else it divides by what should be 0
    assert by_us(*rows, "total") == pytest.approx(by_causalml(*rows, normalize=True), abs=1e-9)


@given(st.integers(0, 100_000), st.integers(6, 200))
def test_the_scale_of_the_optimum_is_that_of_scikit_uplift(seed: int, n: int) -> None:
    rows = drawn(seed, n)
    assert by_us(*rows, "optimum") == pytest.approx(by_scikit_uplift(*rows), abs=1e-9)


def test_numbers_that_the_programs_gave() -> None:
    outcome, treated = [1, 0, 1, 1, 0, 0, 0, 0], [1, 1, 0, 1, 0, 1, 0, 0]
    score = [0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
    causalml, scikit_uplift = -0.5925925925925926, -0.24561403508771926  # 0.18.0 and 0.5.1, run on these rows
    assert by_us(outcome, score, treated, "total") == pytest.approx(causalml, abs=1e-9)
    assert by_us(outcome, score, treated, "optimum") == pytest.approx(scikit_uplift, abs=1e-9)


@given(st.integers(0, 100_000))
def test_the_order_of_tied_rows_says_nothing_and_a_constant_has_none(seed: int) -> None:
    outcome, score, treated = map(np.array, drawn(seed, 60))
    order = np.random.default_rng(seed).permutation(60)
    tied = np.floor(score * 5)
    for scale in ("count", "treated"):
        assert by_us(outcome, tied, treated, scale) == pytest.approx(
            by_us(outcome[order], tied[order], treated[order], scale), abs=1e-12
        )
        assert by_us(outcome[order], np.ones(60), treated[order], scale) == pytest.approx(0, abs=1e-12)


def test_what_cannot_be_scaled_is_refused() -> None:
    given = {"arm": ["t", "c", "t", "c"], "control": "c"}
    with pytest.raises(EvidenceError, match="the effect of all is 0, and scale 'total' divides by it"):
        cj.metrics.qini_radcliffe([1, 1, 0, 0], [4, 3, 2, 1], scale="total", **given)
    with pytest.raises(EvidenceError, match="outcome is not 0 or 1 everywhere, and scale 'optimum' knows no other"):
        cj.metrics.qini_radcliffe([5, 1, 0, 0], [4, 3, 2, 1], scale="optimum", **given)
    with pytest.raises(SpecError, match="scale is 'sklift'; allowed: 'treated', 'total', 'count' or 'optimum'"):
        cj.metrics.qini_radcliffe([1, 1, 0, 0], [4, 3, 2, 1], scale="sklift", **given)  # type: ignore[arg-type]
    with pytest.raises(EvidenceError, match="arm has 3 labels; Radcliffe's Qini needs the control and one other"):
        cj.metrics.qini_radcliffe([1, 1, 0, 0], [4, 3, 2, 1], arm=list("abcc"), control="c")
