from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

import cjlab as cj
from benchmarks.proof.fitting import known, lived
from cjlab.errors import SpecError
from cjlab.simulator import Fit, Run, Validity, simulate, validity
from cjlab.simulator.judging._telling import area


@cache
def run() -> Run:
    return lived(0, customers=700)


@cache
def same() -> Validity:
    return validity(run().log, lived(1, customers=700))


def test_another_seed_of_one_world_holds() -> None:
    assert same().fails == ()
    assert len(same().holds) >= 0.7 * len(same().judged)
    assert same()["real told from simulated"].low <= 0.55


def test_a_world_with_other_rhythms_does_not_hold() -> None:
    world = known(1, customers=700)
    slow = world.but(personas={name: replace(one, gap=3 * one.gap) for name, one in world.personas.items()})
    found = validity(run().log, slow)
    assert "days between orders" in found.fails
    assert "orders a customer" in found.fails
    assert "real told from simulated" in found.fails


def test_a_world_is_run_over_the_logs_days_with_as_many_contacts() -> None:
    found = validity(run().log, known(1, customers=700))
    assert found.fails == same().fails
    assert {one.name for one in found.judged} >= {"opened, after 0 contacts in 14 days", "unsubscribed, a contact"}


def test_what_is_absent_from_the_simulated_log_does_not_hold() -> None:
    quiet = simulate(known(1, customers=700), days=365)
    found = validity(run().log, quiet)
    assert found["opened, after 0 contacts in 14 days"].verdict == "does not hold"
    assert found["opened, after 0 contacts in 14 days"].n_simulated == 0


def test_a_tolerance_is_the_readers_own() -> None:
    strict = validity(run().log, run().log, tolerances={"kolmogorov-smirnov": 0.0})
    assert strict["days between orders"].tolerance == 0.0
    assert strict["days between orders"].distance == 0.0
    with pytest.raises(SpecError, match="tolerances is 'chi'"):
        validity(run().log, run().log, tolerances={"chi": 0.1})
    with pytest.raises(SpecError, match="simulated is a int; give a World, a Run or a Log"):
        validity(run().log, 3)  # type: ignore[arg-type]


def test_the_real_log_stands_beside_itself() -> None:
    frame = same().to_frame()
    assert frame["own"].between(0, 0.5).all()
    assert (frame["low"] <= frame["high"]).all()
    assert set(frame["verdict"]) <= {"holds", "does not hold", "not known"}
    assert repr(same()).startswith("Validity(")
    assert "days between orders" in same()._repr_html_()
    with pytest.raises(KeyError):
        same()["nothing"]


def test_the_area_is_scikit_learns_and_its_interval_delongs() -> None:
    rng = np.random.default_rng(0)
    real, other = np.round(rng.normal(0.5, 1, 300), 1), np.round(rng.normal(0, 1, 200), 1)
    label = np.repeat([1, 0], [300, 200])
    found = area(real, other)
    assert found.estimate == pytest.approx(roc_auc_score(label, np.concatenate([real, other])))
    drawn = [area(rng.normal(0.5, 1, 300), rng.normal(0, 1, 200)).estimate for _ in range(400)]
    assert (found.high - found.low) / 3.92 == pytest.approx(np.std(drawn), rel=0.15)


def test_records_of_music_hold(data: object) -> None:
    del data
    log = cj.datasets.cdnow_sample()
    found = validity(log, cj.simulator.fit(log, personas=2).world)
    for name in ("days between orders", "orders a customer", "days since the last order", "customers with one order"):
        assert found[name].verdict == "holds", found[name]
    assert log.events.select(pl.len()).collect().item() == 6_919


def test_a_grocers_margins_hold_and_his_customers_are_nearly_told_apart(grocer: Fit) -> None:
    found = validity(cj.datasets.complete_journey(), grocer.world)
    assert found.fails == ()
    assert set(found.holds) >= {one.name for one in found.judged} - {"real told from simulated"}
    assert found["what follows what"].distance == pytest.approx(0.048, abs=0.01)  # coupons are redeemed in the real one


def test_one_kind_of_event_on_one_side_is_still_followed_by_itself() -> None:
    events = run().log.events.filter(pl.col("event").is_in(["purchase", "return"])).collect()
    bare = cj.tables.Log.of(events=events.filter(pl.col("event") == "purchase"))
    found = validity(cj.tables.Log.of(events=events), bare)["what follows what"]
    assert found.n_simulated > 0
    assert found.distance < 0.5
