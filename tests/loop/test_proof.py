"""Short versions of what the proof shows at length."""

from __future__ import annotations

from benchmarks.proof.challengers import BROKEN, run


def test_nobody_worse_is_promoted_and_a_better_one_is() -> None:
    found = [run(seed, customers=4_000, judged=12_000) for seed in range(4)]
    assert len(BROKEN) == 10
    for one in found:
        assert not any(one[name].promoted for name in BROKEN)
    assert sum(one["better"].promoted for one in found) >= 1
