"""Features at learning and now: what moved, what did not, and what chance shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.proof.drifts import held, repeated, still
from cjlab.errors import SpecError, TableError
from cjlab.loop import drift


def frame(rows: int, seed: int = 0, *, shift: float = 0.0) -> pd.DataFrame:
    drawn = np.random.default_rng(seed)
    return pd.DataFrame({"age": drawn.normal(shift, 1, rows), "place": drawn.choice(["north", "south"], rows)})


def test_what_moved_is_named_and_the_rest_is_as_before() -> None:
    found = drift(frame(5_000), frame(3_000, 1, shift=0.8))
    assert found.features["verdict"].to_dict() == {"age": "moved", "place": "as before"}
    assert found.moved == ("age",)
    assert found.to_frame().index.tolist() == ["age", "place"]
    known = found.features.loc["age"]
    assert known["psi_floor"] < known["psi_low"] < known["psi"] < known["psi_high"]


def test_with_many_rows_a_small_move_is_seen_and_called_small() -> None:
    assert drift(frame(60_000), frame(60_000, 1, shift=0.05)).features.loc["age", "verdict"] == "moved a little"


def test_floors_are_those_of_holm_and_agree_with_its_p_values() -> None:
    drawn = np.random.default_rng(3)
    first = pd.DataFrame({name: drawn.normal(size=1_000) for name in "abcdefgh"})
    second = pd.DataFrame({name: drawn.normal(0.06 * place, 1, 1_000) for place, name in enumerate("abcdefgh")})
    found = drift(first, second).features
    above = found["psi"] > found["psi_floor"]
    assert above.equals(found["p_shared"] < 0.05)
    assert 0 < above.sum() < 8


def test_a_value_that_was_always_the_same_and_is_not_now_is_found() -> None:
    zeros = pd.DataFrame({"calls": np.zeros(400)})
    for value in (-1.0, 1.0, np.nan, np.inf):
        now = pd.DataFrame({"calls": np.where(np.arange(400) < 300, 0.0, value)})
        assert drift(zeros, now).moved == ("calls",)
    assert drift(zeros, zeros).features.loc["calls", "verdict"] == "as before"


def test_missing_is_a_cell_of_its_own_and_a_new_category_is_found() -> None:
    first = frame(2_000)
    second = first.assign(age=first["age"].where(first.index % 3 > 0), place=first["place"].replace("north", "east"))
    found = drift(first, second).features
    assert found.loc["age", "missing_now"] == pytest.approx(1 / 3, abs=1e-3)
    assert (found["verdict"] == "moved").all()


def test_too_few_rows_are_not_comparable_rather_than_as_before() -> None:
    found = drift(pd.DataFrame({"place": list("aab")}), pd.DataFrame({"place": list("bbb")})).features.loc["place"]
    assert found["verdict"] == "not comparable"
    assert np.isnan(found["psi"])


def test_kinds_of_columns_are_told_apart_and_mixed_ones_compared() -> None:
    first = pd.DataFrame({"flag": [True, False] * 200, "tier": pd.Categorical(["a", "b"] * 200), "n": [1, 2] * 200})
    second = first.assign(tier=first["tier"].astype(str), n=first["n"].astype("Int64"))
    assert drift(first, second).features["kind"].tolist() == ["number", "category", "number"]
    assert drift(first, second.assign(n=pd.NA)).moved == ("n",)


def test_no_feature_that_stays_is_alarmed_more_often_than_stated() -> None:
    found = [still(seed, (500, 2_000)) for seed in range(50)]
    assert np.mean([one.alarmed for one in found]) <= 0.16  # of .05: 50 runs would lie above with a chance of .0008
    assert np.mean([one.p < 0.05 for one in found]) <= 0.09


def test_customers_who_stand_in_several_rows_count_as_customers() -> None:
    again = [repeated(seed, waves=6, again=False, customers=300) for seed in range(60)]
    assert np.mean([one.p < 0.05 for one in again]) <= 0.10  # .15 where rows are taken for independent


def test_intervals_hold_the_truth_where_shares_moved() -> None:
    found = [held(seed, strength=0.3, sizes=(1_000, 1_000)) for seed in range(100)]
    assert np.mean(found, axis=0).min() >= 0.88


def test_tables_that_do_not_belong_together_are_refused_by_name() -> None:
    first = frame(10)
    with pytest.raises(TableError, match="now has no feature 'age', which the other table has"):
        drift(first, first[["place"]])
    with pytest.raises(TableError, match="reference has no feature 'age'"):
        drift(first[["place"]], first)
    with pytest.raises(TableError, match="feature 'age' is a number in the reference and a category now"):
        drift(first, first.assign(age="old"))
    with pytest.raises(TableError, match=r"feature 'age' is datetime64.*; give how long ago it is"):
        drift(first.assign(age=pd.Timestamp("2025-01-01")), first.assign(age=pd.Timestamp("2025-01-01")))
    with pytest.raises(TableError, match="now has no row"):
        drift(first, first[:0])
    with pytest.raises(TableError, match="reference has 'age' twice"):
        drift(first[["age", "age"]], first)
    with pytest.raises(SpecError, match="bins is 1"):
        drift(first, first, bins=1)
