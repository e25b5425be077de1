"""Declarations and what they find are values: compared, hashed, copied and pickled as one."""

from __future__ import annotations

import copy
import pickle
from dataclasses import fields

import pandas as pd
import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import SpecError

E = cj.experiments


@pytest.fixture(scope="module")
def readout() -> E.Readout:
    test = E.Experiment.read("notebooks/experiments/promotion.toml")
    return test.read_out(cj.datasets.promotion_test(n_customers=3_000))


def test_equal_declarations_are_one_key() -> None:
    one, other = (E.Experiment.read("notebooks/experiments/promotion.toml") for _ in range(2))
    both = [[test, *test.arms, *test.metrics, *test.segments] for test in (one, other)]
    for left, right in zip(*both, strict=True):
        assert left is not right
        assert len({left, right}) == 1


def test_lists_are_kept_as_tuples() -> None:
    segment = E.Segment(name="regulars", field="tier", equals=["gold", "silver"])
    assert segment == E.Segment(name="regulars", field="tier", equals=("gold", "silver"))
    assert hash(segment) == hash(copy.deepcopy(segment))


def test_a_readout_and_a_design_are_values(readout: E.Readout) -> None:
    design = readout.experiment.design(cj.datasets.promotion_test(n_customers=3_000), as_of="2025-09-01")
    assert hash(readout) == hash(copy.copy(readout))
    assert hash(design) == hash(copy.copy(design))
    assert pickle.loads(pickle.dumps(design)) == design  # noqa: S301 - its own bytes
    again = pickle.loads(pickle.dumps(readout))  # noqa: S301 - its own bytes
    pd.testing.assert_frame_equal(again.to_frame(), readout.to_frame())


def test_a_column_has_its_type_whether_or_not_it_is_known(readout: E.Readout) -> None:
    frame = readout.to_frame()
    bare = E.Readout(**{one.name: getattr(readout, one.name) for one in fields(readout)} | {"segments": (), "days": ()})
    assert bare.to_frame().dtypes.to_dict() == frame.dtypes.to_dict()
    assert (str(frame["segment"].dtype), str(frame["day"].dtype)) == ("str", "Float64")
    assert pl.from_pandas(bare.to_frame()).schema == pl.from_pandas(frame).schema


def test_a_wrong_name_is_told_the_right_ones(readout: E.Readout) -> None:
    with pytest.raises(SpecError, match=r"metric is 'spnd'; allowed: 'purchase', .*'spend'.* or 'net'"):
        readout.effect("spnd", "reminder")
    with pytest.raises(SpecError, match="arm is 'no_contact'; allowed: 'reminder' or 'discount'"):
        readout.effect("spend", "no_contact")
    with pytest.raises(SpecError, match="arm is 'remindr'; allowed: 'no_contact', 'reminder' or 'discount'"):
        readout.level("spend", "remindr")
    with pytest.raises(SpecError, match="metric is 'net'; allowed: "):
        readout.level("net", "reminder")
