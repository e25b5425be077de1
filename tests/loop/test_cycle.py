"""A cycle learns what pays, proves it before it serves, stops what does not, and says why."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from cjlab.decisions import Action, Rules, Terms
from cjlab.errors import RegistryError, SpecError, TableError, TurnError
from cjlab.features import Recency, Recipe
from cjlab.loop import Aim, Cycle, Limits, Registry, erase, turns
from cjlab.models import Uplift
from cjlab.tables import Key, Log
from tests.loop.market import CUSTOMERS, CYCLE, START, but, day, events, founded, lived, moment, turned

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cjlab.loop import Turn


@pytest.fixture(scope="session")
def long(grown: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Turn]]:
    """Take four turns more, in a market that has turned round."""
    home = shutil.copytree(grown[-1], tmp_path_factory.mktemp("long") / "home")
    turned(home, 4, liked=-3.0)
    return home, list(turns(home).rows)


def codes(turn: Turn) -> list[str]:
    return [step.code for step in turn.steps]


def test_everybody_is_drawn_for_until_a_version_has_passed(long: tuple[Path, list[Turn]]) -> None:
    first, second, third = long[1][:3]
    assert first.steps[0].said == "no decision has been taken yet"
    for turn in (first, second):
        assert turn.champion is None
        assert turn.counts["random"] == pytest.approx(0.5 * (CUSTOMERS - turn.counts["holdout"]), rel=0.1)
        assert turn.counts["contacted"] == pytest.approx(turn.counts["random"] / 2, rel=0.15)
    assert "not due" in codes(second)
    assert second.steps[2].said == "1 waves are mature; 1 are kept to judge on, and one more is needed to learn from"
    assert third.learnt is not None
    assert third.learnt.turns == (first.day,)  # the last wave is kept for the challenge


def test_what_passed_decides_for_some_and_then_for_all(long: tuple[Path, list[Turn]]) -> None:
    home, taken = long
    ramp = next(place for place, turn in enumerate(taken) if turn.challenger is not None)
    assert taken[ramp].counts["ramp"] == pytest.approx(0.1 * CUSTOMERS, rel=0.3)
    assert all(gate.passed for gate in taken[ramp].gates)
    after = taken[ramp + 1]
    assert after.champion == taken[ramp].challenger
    assert [gate.name for gate in after.gates][:1] != ["ramp"] or after.gates[0].passed
    moves = [(move.alias, move.kind, move.after) for move in Registry(home / "registry").history("spring").moves[:3]]
    number = after.champion
    assert moves == [
        ("challenger", "promotion", number),
        ("champion", "promotion", number),
        ("challenger", "retirement", None),
    ]


def test_the_policy_contacts_those_who_like_it(long: tuple[Path, list[Turn]]) -> None:
    home, taken = long
    serving = next(turn for turn in taken if turn.champion is not None)
    rows = Log.read(home / "log").contacts.filter(pl.col("at") == serving.as_of, pl.col("slice") == "policy").collect()
    liked = rows["customer_id"] % 2 == 1
    assert (rows["sent"] == liked).mean() > 0.97
    assert set(rows["model_version"]) == {str(serving.champion)}
    assert serving.counts["expected"] / liked.sum() == pytest.approx(3.0, rel=0.5)


def test_an_action_that_stops_paying_is_demoted_and_only_the_random_slice_gives_it(
    long: tuple[Path, list[Turn]],
) -> None:
    home, taken = long
    demoted = [turn for turn in taken if turn.demoted]
    assert demoted
    assert demoted[0].demoted == ("mail",)
    assert "demoted" in codes(demoted[0])
    contacts = Log.read(home / "log").contacts
    for turn in demoted:
        sent = contacts.filter(pl.col("at") == turn.as_of, pl.col("sent")).collect()
        assert set(sent["slice"].cast(pl.String)) == {"random"}
    assert taken.index(demoted[0]) <= 9  # two turns after the market had turned


def test_what_a_turn_did_is_kept_and_read_back(long: tuple[Path, list[Turn]]) -> None:
    home, taken = long
    read = turns(home)
    assert [turn.day for turn in read.rows] == [day(place).isoformat() for place in range(len(taken))]
    frame = read.to_frame()
    assert frame["decided"].tolist() == [CUSTOMERS] * len(taken)
    assert json.loads((home / "turns" / taken[0].day / "turn.json").read_bytes())["format"] == 1
    assert Log.verify(home / "log").check(arms=["none", "mail"]).ok


def test_a_date_has_one_turn(long: tuple[Path, list[Turn]]) -> None:
    home, taken = long
    before = Log.read(home / "log").fingerprint()
    assert CYCLE.turn(home, day(3)).said == taken[3].said
    assert Log.read(home / "log").fingerprint() == before
    with pytest.raises(
        TurnError, match=r"2025-12-27 has had its turn, and 2025-03-20 lies before it; turns go forward"
    ):
        CYCLE.turn(home, "2025-03-20")
    with pytest.raises(TurnError, match=r"has had its turn, of the cycle 'spring'; give 'other' its own home"):
        but(name="other").turn(home, day(3))
    with pytest.raises(TurnError, match=r"the turns here are of the cycle 'spring'; give 'other' its own home"):
        but(name="other").turn(home, "2026-01-20")


def test_versions_say_what_they_learnt_from_and_the_holdout_is_not_in_it(long: tuple[Path, list[Turn]]) -> None:
    home, taken = long
    registry = Registry(home / "registry")
    version = registry.versions("spring").rows[-1]
    assert version.trained_on["turns"] == taken[0].day
    held = taken[0].counts["holdout"]
    assert int(version.trained_on["rows"]) == registry.card("spring", 1).rows == CUSTOMERS - held
    features = pl.read_parquet(home / "turns" / taken[0].day / "features.parquet")
    assert features.height == CUSTOMERS - held
    with pytest.raises(RegistryError, match="there is no version 99"):
        registry.load("spring", 99)


def test_a_dry_turn_changes_nothing(after: Callable[[int], Path]) -> None:
    home = after(2)
    files = {file: file.read_bytes() for file in home.rglob("*") if file.is_file()}
    dry = CYCLE.turn(home, day(2), dry=True)
    assert (dry.dry, dry.learnt is not None) == (True, True)
    assert {file: file.read_bytes() for file in home.rglob("*") if file.is_file()} == files
    wet = CYCLE.turn(home, day(2))
    assert wet.counts == dry.counts
    again = turns(home).rows[-1]
    assert again.said == wet.said
    assert again.to_frame().equals(wet.to_frame())
    assert (again.shifts, again.learnt, again.demoted, again.gates) == (wet.shifts, wet.learnt, (), wet.gates)


def test_where_nothing_was_drawn_nothing_is_learnt(after: Callable[[int], Path]) -> None:
    home = after(5)
    quiet = but(terms=Terms("spring", explore=0.0))
    later = turned(home, 3, cycle=quiet)
    assert "no overlap" in codes(later[-1])
    said = next(step.said for step in later[-1].steps if step.code == "no overlap")
    assert "was decided without chance" in said
    assert later[-1].champion == later[0].champion is not None


def test_contacts_that_lose_money_take_the_champion_back(after: Callable[[int], Path]) -> None:
    home, cycle = after(5), but(ramp=None, patience=1)
    assert turns(home).rows[-1].champion is not None
    later = turned(home, 4, cycle=cycle, liked=-5.0)
    stopped = next(turn for turn in later if turn.stopped)
    assert stopped.champion is None
    assert not stopped.guards[0].passed
    sent = Log.read(home / "log").contacts.filter(pl.col("at") == stopped.as_of, pl.col("sent")).collect()
    assert set(sent["slice"].cast(pl.String)) == {"random"}
    assert later[-1].stopped == stopped.stopped  # until another is proven


def test_a_second_champion_that_loses_is_rolled_back_to_the_first(after: Callable[[int], Path]) -> None:
    home, cycle = after(6), but(ramp=None, every="999D", patience=1)
    taken = turns(home).rows
    first, registry = taken[-1].champion, Registry(home / "registry")
    assert first is not None
    wrong = Uplift()
    table = pl.read_parquet(home / "turns" / taken[-1].day / "features.parquet").to_pandas().set_index("customer_id")
    arm = ["mail" if place % 2 else "none" for place in range(len(table))]
    liked = (table.index.to_numpy() % 2 == 1) * 2.0 - 1
    brings = [-one if what == "mail" else 0.0 for one, what in zip(liked, arm, strict=True)]
    wrong.fit(table, brings, arm=arm, control="none", propensity={"none": 0.5, "mail": 0.5})
    second = registry.register("spring", wrong, registry.card("spring", first)).number
    registry.promote("spring", second, "a hand's choice")
    later = turned(home, 2, cycle=cycle, others=-4.0)
    back = next(turn for turn in later if any(one.kind == "rollback" for one in turn.shifts))
    assert (later[0].champion, back.champion) == (second, first)
    assert registry.history("spring").holder() == first
    assert "its contacts bring -" in back.shifts[0].why


def test_a_turn_without_its_registry_lets_the_known_champion_serve(after: Callable[[int], Path]) -> None:
    home = after(6)
    champion = turns(home).rows[-1].champion
    assert champion is not None
    database = home / "registry" / "registry.db"
    database.rename(home / "away")
    away = turned(home, 1)[0]
    assert away.champion == champion
    assert codes(away)[0] == "away"
    assert f"version {champion} serves on" in away.steps[0].said
    assert away.learnt is None
    (home / "away").rename(database)
    assert codes(turned(home, 1)[0])[0] == "observed"


def test_a_hand_that_moves_an_alias_is_not_overruled(after: Callable[[int], Path]) -> None:
    home = after(4)
    number = next(turn.challenger for turn in turns(home).rows if turn.challenger)
    registry = Registry(home / "registry")
    registry.promote("spring", number, "a hand's choice")
    turn = turned(home, 1)[0]
    assert turn.champion == number
    assert registry.history("spring").holder() == number


def test_a_cycle_is_written_down_and_read_back(tmp_path: Path) -> None:
    cycle = but(
        learner=Uplift("r", folds=3), ramp=None, unsubscribed=0.01, limits=Limits(promise=3.0), memory=4,
        segment="tier", aim=Aim(within="20D", column=None, worth={"unsubscribed": -2.0}),
    )  # fmt: skip
    for file in (tmp_path / "cycle.toml", tmp_path / "cycle.json"):
        cycle.write(file)
        again = Cycle.read(file)
        assert again == cycle
        assert again.fingerprint == cycle.fingerprint
        assert again.learner.get_params() == cycle.learner.get_params()
    assert cycle != CYCLE
    assert hash(CYCLE) == hash(Cycle.of(CYCLE.said))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "no name"}, r"cycle: name is 'no name'; give letters, digits"),
        ({"rules": None}, "cycle: rules is a NoneType; give one of the class Rules"),
        ({"every": "soon"}, "cycle: every is 'soon'"),
        ({"held": 0}, "cycle: held is 0; give a whole number from 1"),
        ({"folds": 0}, "cycle: folds is 0; give a whole number from 1"),
        ({"pilot": 0.9}, "cycle: pilot is 0.9; give a number from 0 to 0.5"),
        ({"segment": ""}, "cycle: segment is ''"),
        ({"ramp": 1.0}, "cycle: ramp is 1.0; give a number above 0 and below 1"),
        ({"pilot": 0.0, "terms": Terms("a", explore=0.0)}, "nothing can ever be learnt"),
        ({"terms": Terms("a", capacity={"emial": 5})}, "capacity names 'emial', .*; allowed: 'email'"),
        ({"terms": Terms("a", stock={"gift": 5})}, "stock names 'gift', which no action promises; allowed: none"),
    ],
)
def test_what_a_cycle_cannot_be_is_named(changed: dict[str, object], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        replace(CYCLE, **changed)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({**CYCLE.said, "evry": "3D"}, "the cycle has an unknown name 'evry'; did you mean 'every'"),
        ({**CYCLE.said, "learner": "r"}, "learner is 'r'; give a table"),
        ({**CYCLE.said, "learner": {"lerner": "r"}}, "learner has an unknown name 'lerner'; known names: "),
        ({"name": "a", "builders": CYCLE.said["builders"]}, "the rules have no action"),
        ({name: one for name, one in CYCLE.said.items() if name != "terms"}, "the cycle does not say terms"),
        ("spring", "a cycle is 'spring'; give names and values"),
    ],
)
def test_a_fault_in_what_was_said_is_named(said: object, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        Cycle.of(said)  # type: ignore[arg-type] # what a file might hold


def test_a_folder_without_a_log_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(TurnError, match="is no home of a loop: it has no folder 'log'"):
        CYCLE.turn(tmp_path, day(0))


def test_features_with_a_byte_changed_are_not_learnt_from(after: Callable[[int], Path]) -> None:
    home = after(2)
    first = turns(home).rows[0]
    file = home / "turns" / first.day / "features.parquet"
    file.write_bytes(file.read_bytes() + b"?")
    with pytest.raises(TurnError, match=r"features\.parquet is not as it was written; restore it from a copy"):
        CYCLE.turn(home, day(2))


def test_only_the_recipe_of_today_is_learnt_from(after: Callable[[int], Path]) -> None:
    home = after(2)
    other = but(recipe=Recipe(Recency("visit")))
    turn = turned(home, 1, cycle=other)[0]
    assert turn.learnt is None
    assert "of another recipe" in turn.said


def test_features_that_moved_are_learnt_from_before_the_time(after: Callable[[int], Path]) -> None:
    home, slow = after(6), but(every="999D")
    calm = slow.turn(home, day(6), dry=True)
    rows = Log.read(home / "log").customers.collect()["customer_id"].to_numpy()
    visits = events(rows.repeat(9), "visit", day(5))  # everybody visits more than ever
    Log.of(events=visits).append(home / "log")
    slow.turn(home, day(6))
    moved = slow.turn(home, day(7), dry=True)
    assert [("drift" in codes(turn), turn.learnt is not None) for turn in (calm, moved)] == [
        (False, False),
        (True, True),
    ]
    assert "'frequency_visit_60D'" in moved.said


def test_a_champion_that_learnt_from_somebody_erased_is_replaced_before_the_time(after: Callable[[int], Path]) -> None:
    home, slow = after(6), but(every="999D")
    champion = turns(home).rows[-1].champion
    one = int(pl.read_parquet(home / "turns" / day(0).isoformat() / "features.parquet")["customer_id"][0])
    erase(home, one, key=Key(b"a second key, of thirty-two bytes"))
    turn = turned(home, 1, cycle=slow)[0]
    assert turn.learnt is not None
    assert (
        f"erased: version {champion} was trained on somebody who was erased since, so it learns before its time"
        in turn.said
    )
    assert Registry(home / "registry").versions("spring").rows[0].erased == ""
    again = turned(home, 2, cycle=slow)[-1]  # what was learnt since is without him: once is enough
    assert ("erased" in codes(again), again.learnt) == (False, None)


def test_a_challenger_is_asked_in_every_segment_that_was_known_when_it_was_decided(
    after: Callable[[int], Path],
) -> None:
    home = after(3)
    told = day(2) - dt.timedelta(days=1)
    who = np.arange(1, CUSTOMERS + 1)
    with pytest.raises(TableError, match=r"the log has no profiles, and the cycle's segment is their field 'tier'"):
        but(segment="tier").turn(home, day(3))
    Log.of(profiles=pl.DataFrame({"customer_id": who, "field": "city", "at": moment(told), "value": "Lyon"})).append(
        home / "log"
    )
    with pytest.raises(TableError, match=r"profiles: field never is 'tier', the cycle's segment; it has 'city'"):
        but(segment="tier").turn(home, day(3))
    values = np.where(who % 2 == 1, "gold", "plain")
    profiles = pl.DataFrame({"customer_id": who, "field": "tier", "at": moment(told), "value": values})
    later = profiles.with_columns(at=moment(day(2)), value=pl.lit("gold"))  # too late for the decisions of that moment
    few = pl.concat([profiles.filter(pl.col("customer_id") > 300), later]).with_columns(source=pl.lit("declared"))
    Log.of(profiles=few).append(home / "log")
    turn = but(segment="tier").turn(home, day(3))
    gates = {gate.name: gate for gate in turn.gates}
    assert {name for name in gates if name.startswith("segment")} == {
        "segment gold",
        "segment plain",
        "segment unknown",
    }
    assert gates["segment gold"].low > 1.0
    assert gates["segment plain"].figure == 0.0  # those who do not like it are left alone, as before


def test_what_was_learnt_from_judges_too_by_folds_but_not_what_the_champion_learnt_from(tmp_path: Path) -> None:
    home, cycle = founded(tmp_path), but(folds=5, ramp=None, every="1D", enough=1)
    found = [one for one in turned(home, 7, cycle) if one.learnt]
    alone = {folds: but(folds=folds).turn(home, day(7), dry=True) for folds in (1, 5)}
    last = alone[5]
    served = next(one for one in found if one.learnt.version == last.champion)
    assert [gate.name for gate in served.gates] == [
        *("data", "unseen", "kept", "fast", "lately", "ranking", "promise", "value")
    ]
    held, rows = alone[1].gates[0].figure, last.learnt.rows
    assert "lately" not in {gate.name for gate in alone[1].gates}
    assert held < last.gates[0].figure < held + rows
    assert set(served.learnt.turns) < set(last.learnt.turns)


def test_two_actions_and_a_channel_that_few_granted(tmp_path: Path) -> None:
    home = founded(tmp_path)
    rules = Rules((Action("mail", "email", 0.1), Action("text", "sms", 0.2)))
    turn = but(rules=rules).turn(home, dt.date(2025, 3, 2))
    lived(home, turn)
    assert {row["action"]: row["sent"] > 0 for row in turn.plan} == {"mail": True, "text": False}
    assert any(row["reason"] == "no consent known" for row in turn.excluded)


def test_an_action_that_few_could_get_is_left_out_and_the_others_are_learnt(tmp_path: Path) -> None:
    home = founded(tmp_path)
    few = pl.DataFrame({"customer_id": range(1, 31), "at": moment(START), "channel": "sms", "purpose": "marketing"})
    Log.of(consents=few.with_columns(granted=True)).append(home / "log")
    rules = Rules((Action("mail", "email", 0.1), Action("text", "sms", 0.2)))
    last = turned(home, 4, but(rules=rules))[-1]
    assert "left out" in codes(last)
    assert "'text' was given by chance to" in next(step.said for step in last.steps if step.code == "left out")
    model = Registry(home / "registry").load(CYCLE.name, last.learnt.version)[0]
    assert model.arms_ == ("mail",)
    assert last.learnt.rows > 1_000
    assert turns(home).last.learnt.without == ("text",)


def test_a_version_on_the_ramp_chooses_between_actions(tmp_path: Path) -> None:
    home = founded(tmp_path)
    everybody = pl.DataFrame({"customer_id": range(1, CUSTOMERS + 1), "at": moment(START)})
    granted = everybody.with_columns(channel=pl.lit("sms"), purpose=pl.lit("marketing"), granted=True)
    Log.of(consents=granted).append(home / "log")
    rules = Rules((Action("mail", "email", 0.1), Action("text", "sms", 0.2)))
    found = turned(home, 6, but(rules=rules, ramp=0.3))
    assert any(turn.counts["ramp"] > 0 for turn in found)
    last = found[-1]
    assert last.champion is not None
    assert {row["action"] for row in last.plan if row["sent"]} == {
        "mail",
        "text",
    }  # a text does nothing, but for chance
    by = {row["action"]: row["sent"] for row in last.plan}
    assert by["mail"] > 3 * by["text"]
