"""What no world and no run can hold is refused at once, by its name, its value and what is allowed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cjlab.errors import SpecError
from cjlab.simulator import Budgeted, RandomContacts, World, portrait, simulate
from cjlab.simulator.world import Observation, Regime, Topic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORLD = World.retail(n_customers=10)


def topics(**told: Topic) -> dict[str, Any]:
    assert WORLD.service is not None
    return {"service": replace(WORLD.service, topics=told)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"start": dt.date.min}, r"start is datetime.date\(1, 1, 1\); input should be greater than .* 1800-01-01"),
        ({"start": dt.date.max}, r"start is datetime.date\(9999, 12, 31\); input should be less than .* 2100-12-31"),
        ({"timezone": "localtime"}, "timezone is 'localtime'; give a zone of the IANA list, such as 'Europe/Paris'"),
        ({"timezone": "Factory"}, "timezone is 'Factory'; give a zone"),
        ({"name": " "}, "name is ' '; give text that is not blank and has no control characters"),
        ({"name": "a\x7f"}, r"name is 'a\\x7f'; give text that is not blank"),
        ({"places": {"": 1.0}}, "places names ''; string should have at least 1 character"),
        ({"places": {"\t": 1.0}}, r"places names '\\t'; give text that is not blank and has no control characters"),
        ({"places": {3: 1.0}}, "places names 3; input should be a valid string"),
        (topics(left=Topic(share=1.0)), "two things are told as reason 'left'; give one of them another name"),
        (
            topics(a=Topic(share=1.0, words=("help",)), b=Topic(share=1.0, words=("help",))),
            "two things are told as text 'help'",
        ),
        (
            {"actions": {"control": WORLD.actions["news"]}, "habits": {}, "orders": ()},
            "two things are told as arm 'control'",
        ),
    ],
)
def test_a_world_that_cannot_be(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        WORLD.but(**changes)


def test_a_cookie_lasts_a_day_at_least() -> None:
    with pytest.raises(SpecError, match="cookie_days is 0; input should be greater than or equal to 1"):
        Observation(cookie_days=0)


@pytest.mark.parametrize("start", [dt.date(1800, 1, 1), dt.date(2100, 12, 31)])
def test_the_first_and_the_last_start_can_be_run(start: dt.date) -> None:
    world = WORLD.but(start=start, history=36_500)
    run = simulate(world, RandomContacts(rate=0.3), days=20)
    assert run.log.check().ok


def test_factors_without_end_stay_numbers() -> None:
    world = WORLD.but(regimes=(Regime(day=0, factor="needs", by=1e6),) * 100)
    assert simulate(world, days=5).log.check().ok


def test_a_packaged_world_may_be_called_otherwise() -> None:
    assert World.retail(name="mine").name == "mine"
    assert World.read("retail", name="mine") == World.retail(name="mine")


def test_effects_of_what_is_not_there() -> None:
    with pytest.raises(SpecError, match="action is 'letter'; allowed: 'reminder'"):
        WORLD.effect("letter", "faithful")
    with pytest.raises(SpecError, match="persona is 'nobody'; allowed: 'faithful'"):
        WORLD.effect("reminder", "nobody")


@pytest.mark.parametrize("path", [None, 3, b"retail", "x" * 5_000])
def test_what_is_no_path(path: Any) -> None:
    with pytest.raises(SpecError, match=r"cannot be read \(.*\); give the path of a world's TOML file, or 'retail'"):
        World.read(path)


@pytest.mark.parametrize("said", ["a = " + "[" * 100_000, "a = " + "1" * 10_000])
def test_a_file_without_end(said: str, tmp_path: Path) -> None:
    file = tmp_path / "endless.toml"
    file.write_text(said, encoding="utf-8")
    with pytest.raises(SpecError, match=r"endless\.toml is not TOML"):
        World.read(file)


@pytest.mark.parametrize(("policy", "folder"), [(None, None), (None, "run"), (Budgeted("news", n=5), "run")])
def test_more_people_than_fit_are_refused_before_room_is_taken(
    policy: Any, folder: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sysconf", {"SC_PHYS_PAGES": 4_000_000, "SC_PAGE_SIZE": 4_096}.__getitem__)
    with pytest.raises(SpecError, match=r"n_customers is 1,000,000,000, who take .* GB; this machine has 16 GB; take"):
        simulate(World.retail(n_customers=10**9), policy, folder=folder and tmp_path / folder)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", [lambda: portrait(3), lambda: portrait("retail")])  # type: ignore[arg-type]
def test_a_portrait_of_no_run(make: Callable[[], object]) -> None:
    with pytest.raises(SpecError, match=r"run is .*; give a run, such as"):
        make()


def test_a_portrait_of_nobody() -> None:
    assert portrait(simulate(WORLD.but(newcomers=1.0, horizon=36_500), days=1)).empty
