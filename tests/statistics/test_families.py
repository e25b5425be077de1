"""Adjusted p-values are statsmodels', NaN is no test, and order does not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from statsmodels.stats.multitest import multipletests

from cjlab.errors import EvidenceError
from cjlab.statistics import benjamini_hochberg, holm

families = hnp.arrays(float, st.integers(1, 30), elements=st.floats(0, 1))
both = pytest.mark.parametrize(("adjust", "method"), [(holm, "holm"), (benjamini_hochberg, "fdr_bh")])


@both
@settings(max_examples=15)  # statsmodels takes a tenth of a second for Holm
@given(p=families)
def test_statsmodels_says_the_same(adjust: object, method: str, p: np.ndarray) -> None:
    assert adjust(p) == pytest.approx(multipletests(p, method=method)[1], rel=1e-12)


@both
@settings(max_examples=15)
@given(p=families, missing=st.integers(1, 5), seed=st.integers(0, 99))
def test_a_test_that_was_not_made_does_not_count(
    adjust: object, method: str, p: np.ndarray, missing: int, seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(len(p) + missing)
    mixed = np.concatenate([p, np.full(missing, np.nan)])[order]
    expected = np.concatenate([multipletests(p, method=method)[1], np.full(missing, np.nan)])[order]
    assert adjust(mixed) == pytest.approx(expected, rel=1e-12, nan_ok=True)


@both
def test_a_family_lies_along_the_last_axis(adjust: object, method: str) -> None:
    p = np.random.default_rng(0).random((3, 4, 6))
    assert adjust(p)[1, 2] == pytest.approx(multipletests(p[1, 2], method=method)[1])


def test_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert benjamini_hochberg([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.04, 0.04])


@pytest.mark.parametrize("wrong", [-0.1, 1.5])
def test_what_is_no_p_value_is_refused(wrong: float) -> None:
    with pytest.raises(EvidenceError, match=rf"a p-value is {wrong}; it lies from 0 to 1"):
        holm([0.5, wrong])
