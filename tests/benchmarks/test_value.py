"""The comparison of value models is laid out as it was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.experiments.measure import Run
from benchmarks.models.value import with_cjlab
from benchmarks.models.value.__main__ import costs, fits, renamed
from benchmarks.proof.values import lived

if TYPE_CHECKING:
    from pathlib import Path


def ran(count: float, spend: float) -> Run:
    return Run(9.0, count + spend + 1, 10**9, {"count": {"seconds": count}, "spend": {"seconds": spend}})


def test_a_contender_that_did_not_run_is_a_dash() -> None:
    found = {"cjlab": {"count": {"r": 0.24261, "likelihood": -9582.42}}, "lifetimes": {"count": {"r": 0.2}}}
    rows = {row[0]: row[1:] for row in fits(found)}
    assert rows["r"] == ("0.243", "0.243", "0.200", "–")
    assert rows["likelihood"] == ("-9582.4", "-9582.4", "–", "–")
    assert rows["p"] == ("6.25", "–", "–", "–")


def test_seconds_are_divided_within_a_round() -> None:
    rows = costs({"cjlab": [ran(1, 1), ran(2, 2)], "lifetimes": [ran(4, 2), ran(6, 2)]})
    assert rows[1][:4] == ("lifetimes", "5.00 (4.00 to 6.00)", "2.00 (2.00 to 2.00)", "2.50 (2.00 to 3.00)")
    assert rows[0][-1] == "1.00"


def test_what_peers_read_is_what_ours_reads(tmp_path: Path) -> None:
    table = renamed(lived(0, 300).table)
    table.to_csv(tmp_path / "some.csv")
    assert list(table.columns) == ["x", "t_x", "T", "zbar"]
    assert set(with_cjlab.count(table)) == {"r", "alpha", "a", "b", "likelihood"}
