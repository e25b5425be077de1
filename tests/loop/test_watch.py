"""Watching: a home, a log of decisions, a test that is replayed, campaigns of which no effect can be told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cjlab._random import uniform
from cjlab.errors import EvidenceError, SpecError
from cjlab.loop import Aim, Evidence, monitor, observe, play, replay, watch
from cjlab.loop._promised import promised
from cjlab.loop._watch import _of_all
from cjlab.loop.cycle._home import Home
from cjlab.tables import Log
from tests.loop import market
from tests.loop.decided import after, decided
from tests.loop.test_play import CYCLE, WORLD

if TYPE_CHECKING:
    from pathlib import Path


def trial(seed: int, *, rows: int = 6_000, useful: float = 1.0) -> Evidence:
    """Return a test in which a mail is good for some and as bad for others."""
    drawn = np.random.default_rng(seed)
    X = pd.DataFrame({"age": drawn.normal(size=rows), "noise": drawn.normal(size=rows)})
    arm = drawn.choice(["none", "mail"], rows, p=[0.3, 0.7])
    y = drawn.normal(2.0, 1.0, rows) + (arm == "mail") * useful * X["age"]
    return Evidence(X, y.to_numpy(), arm, "none", {"none": 0.3, "mail": 0.7}, costs={"mail": 0.01})


def test_choosing_brings_what_it_truly_brings() -> None:
    """The best policy brings E[max(age, 0)] = 0.399 beside nobody, and as much beside everybody."""
    found = replay(trial(0), batches=3).to_frame().set_index(["batch", "against"])
    for against in ("everybody", "nobody"):
        assert found.loc[("pooled", against), "low"] < 0.395 < found.loc[("pooled", against), "high"] + 0.01
        assert found.loc[("pooled", against), "low"] > 0.3
    assert found.loc[("pooled", "nobody"), "contacted"] == pytest.approx(2_000, rel=0.1)
    assert found.index.get_level_values("batch").unique().tolist() == ["2", "3", "pooled"]


def test_where_a_mail_does_nothing_choosing_brings_nothing() -> None:
    found = [replay(trial(seed, rows=2_000, useful=0.0), batches=3).batches[-1] for seed in range(25)]
    assert sum(one.low <= 0 for one in found) >= 22  # a cost of .01 at most: low lies above 0 by chance alone


def test_no_batch_is_decided_on_by_a_model_that_has_seen_it() -> None:
    """Outcomes of the last batch are turned round: what was chosen for it, and for those before, stays."""
    known = trial(1)
    last = uniform("loop/replay/replay", np.asarray(known.X.index)) >= 2 / 3
    turned = replace(known, outcome=np.where(last, -known.outcome, known.outcome))
    chosen = [replay(one, batches=3).to_frame()["contacted"].tolist() for one in (known, turned)]
    assert chosen[0] == chosen[1]
    assert 0 < chosen[0][2] < 2_000


def test_batches_that_lack_an_arm_are_refused() -> None:
    known = trial(2, rows=40)
    with pytest.raises(EvidenceError, match="ask for fewer batches"):
        replay(known, batches=40)
    with pytest.raises(SpecError, match="batches is 1"):
        replay(known, batches=1)


def test_the_share_of_all_messages_answered_knows_whose_they_are() -> None:
    """By hand: 2 of 8 messages, 2 a customer; so that residuals are ±0.25; t(3) = 3.1824."""
    of = [("a", True), ("a", False), ("b", True), ("b", False), ("c", False), ("c", False), ("d", False), ("d", False)]
    contacts = pl.LazyFrame(of, schema=["customer_id", "answered"], orient="row").with_columns(sent=pl.lit(value=True))
    found = _of_all(contacts)
    assert found.estimate == 0.25
    assert found.high == pytest.approx(0.25 + 3.1824 * np.sqrt((2 * 0.25**2 + 2 * 0.25**2) / 3 / 4), abs=1e-4)
    assert found.low == 0.0  # cut: the other end lies below
    assert np.isnan(_of_all(contacts.with_columns(sent=pl.lit(value=False))).low)


def test_a_home_is_watched_with_what_was_agreed(tmp_path: Path) -> None:
    played = play(CYCLE, WORLD, folder=tmp_path / "home", turns=2, before=90)
    found = watch(played.home, CYCLE.aim, cycle=CYCLE)
    assert found.kind == "loop"
    assert found.monitored is not None
    assert len(found.monitored.waves) == 2
    assert found.drifted is not None
    assert found.drifted.rows[0] > 0
    CYCLE.write(played.home / "cycle.toml")
    assert watch(played.home, CYCLE.aim).monitored is not None


def test_promises_of_a_home_are_those_that_were_logged_while_its_versions_are_there(
    grown: list[Path], tmp_path: Path
) -> None:
    home = shutil.copytree(grown[7], tmp_path / "home")
    seen = observe(Log.read(home / "log"), market.CYCLE.aim, as_of=market.day(8))
    told = promised(Home.at(home), "spring", seen)
    assert told is not None
    contacted = seen.rows[(seen.rows["arm"] == "mail") & (seen.rows["model_version"] != "none")]
    assert len(contacted) > 1_000
    assert (told.loc[contacted.index, "mail"] == contacted["score"]).all()
    assert told[seen.rows["model_version"] == "none"].isna().all(axis=None)
    found = watch(home, market.CYCLE.aim, as_of=market.day(8), cycle=market.CYCLE).monitored
    shutil.rmtree(home / "registry")
    blind = watch(home, market.CYCLE.aim, as_of=market.day(8), cycle=market.CYCLE).monitored
    assert found is not None
    assert blind is not None
    names = ["top_tenth", "slope", "slope_low", "slope_high"]
    assert found.waves[names].equals(monitor(seen, scores=told).waves[names])
    assert blind.waves[names].equals(monitor(seen).waves[names])
    assert not found.waves[names].equals(blind.waves[names])


def test_a_log_of_decisions_is_a_loop_and_contacts_without_chances_are_campaigns() -> None:
    log = decided([(1, 3, "purchase", 10.0), (2, 30, "purchase", 1.0)])
    assert watch(log, Aim(), as_of=after(40)).kind == "loop"
    bare = log.contacts.drop("decision_id", "propensity")
    sent = type(log).of(events=log.events, contacts=bare, customers=log.customers, timezone="UTC")
    found = watch(sent, Aim(), as_of=after(40))
    assert (found.kind, found.monitored, found.replayed) == ("campaigns", None, None)
    assert found.to_frame()[["contacts", "sent", "answered"]].to_numpy().tolist() == [[4, 3, 0]]
    with pytest.raises(EvidenceError, match="no contact before 2024-12-30"):
        watch(log, Aim(), as_of="2024-12-30")


def test_hillstrom_replayed_is_no_better_than_writing_to_everybody(data: Path) -> None:
    assert data.exists()
    aim = Aim(within="14D", column=None, event="visit", late=None)
    found = watch("hillstrom", aim, control="No E-Mail", costs=0.03)
    assert found.kind == "test"
    assert found.replayed is not None
    everybody, nobody = found.replayed.batches[-2:]
    assert everybody.low < 0 < everybody.high
    assert nobody.low > 0.03
    assert nobody.other == pytest.approx(0.106, abs=0.004)  # 10.62 % of the control visit
    assert found.drifted is not None
    assert set(found.drifted.features["verdict"]) <= {"as before"}


def test_campaigns_of_the_grocer_are_counted_and_no_effect_is_told(data: Path) -> None:
    assert data.exists()
    found = watch("complete_journey", Aim(column="amount"))
    assert found.kind == "campaigns"
    assert len(found.campaigns) == 27
    assert found.campaigns["sent"].sum() == 6_589
    assert found.monitored is found.replayed is None
