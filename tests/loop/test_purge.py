"""What is older than a date leaves a home, as far as no rule looks back at it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from click.testing import CliRunner

import cjlab as cj
from cjlab.cli import main
from cjlab.errors import SpecError
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deaths import Deaths


def files(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*")}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a home with a loop that is declared, three turns, a state and stored features."""
    home = tmp_path / "home"
    world = cj.simulator.World.retail(n_customers=80)
    log = cj.simulator.simulate(world, cj.simulator.RandomContacts(rate=0.1), days=90).log.write(home / "log")
    rules = cj.decisions.Rules(
        (cj.decisions.Action("reminder", "email", 0.02),),
        caps=(cj.decisions.Cap(2, "14D"),),
        coolings=(cj.decisions.Cooling("complaint", "21D"),),
    )
    recipe = cj.features.Recipe(
        cj.features.Recency("purchase"),
        cj.features.Frequency("visit", window="10D"),
        cj.features.Frequency("visit", window="60D"),
    )
    aim = cj.loop.Aim(within="14D")
    terms = cj.decisions.Terms("spring")
    cj.loop.Cycle(name="spring", rules=rules, terms=terms, aim=aim, recipe=recipe).write(home / "cycle.toml")
    for day in ("2024-01-20", "2024-02-20", "2024-03-20"):
        folder = home / "turns" / day
        folder.mkdir(parents=True)
        (folder / "turn.json").write_text(json.dumps({"as_of": f"{day}T00:00:00+00:00", "files": {}}))
    cj.features.State.of(recipe, log, "2024-03-01", folder=home / "state")
    for day in ("2024-01-25", "2024-03-01"):
        recipe.store(log, day, folder=home / f"table {day}")
    return home


def test_what_is_older_goes_and_what_sees_less_is_named(home: Path) -> None:
    counted = cj.loop.purge(home, "2024-02-01", dry=True)
    assert (home / "turns/2024-01-20").exists()
    done = cj.loop.purge(home, "2024-02-01")
    assert counted.lines == done.lines
    log = Log.verify(home / "log")
    assert log.events.select(pl.col("at").min()).collect().item() >= done.before
    assert log.contacts.select(pl.col("at").min()).collect().item() >= done.before
    assert not log.check().to_frame()["rule"].tolist()
    assert sorted(one.name for one in home.iterdir()) == ["cycle.toml", "log", "table 2024-03-01", "turns"]
    assert sorted(one.name for one in (home / "turns").iterdir()) == ["2024-02-20", "2024-03-20"]
    assert [feature for feature, _ in done.less] == ["recency_purchase", "frequency_visit_60D"]
    assert dict(done.less)["recency_purchase"] == "for ever"
    assert dict(done.less)["frequency_visit_60D"].startswith("until 2024-04-0")
    assert cj.loop.purge(home, "2024-02-01").lines == ()


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("2024-03-01", "complaint in 21D looks back to 2024-02-28"),
        ("2024-03-07", "cap of 2 in 14D looks back to 2024-03-06"),
    ],
)
def test_a_date_is_refused_that_a_rule_looks_back_beyond(home: Path, before: str, said: str) -> None:
    fingerprint = Log.read(home / "log").fingerprint()
    with pytest.raises(SpecError, match=f"{said} .* from the last turn; give that or an earlier date"):
        cj.loop.purge(home, before)
    assert Log.read(home / "log").fingerprint() == fingerprint


@pytest.mark.slow
def test_a_killed_purge_is_finished_when_called_again(home: Path, deaths: Deaths) -> None:
    (home / "turns/.2024-01-10.part").mkdir()
    lived = shutil.copytree(home, home.with_name("lived"))
    cj.loop.purge(lived, "2024-02-01")
    before, after = (Log.verify(one / "log").fingerprint() for one in (home, lived))
    for died in deaths(lambda place: cj.loop.purge(place, "2024-02-01"), home):
        place = died / "log"
        assert Log.verify(place / "log").fingerprint() in {before, after}
        cj.loop.purge(place, "2024-02-01")
        assert Log.verify(place / "log").fingerprint() == after
        assert files(place) == files(lived)


def test_a_shell_can_ask_for_it(home: Path) -> None:
    def said(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["purge", "--home", str(home), *arguments], catch_exceptions=False)

    dry = said("--before", "2024-02-01", "--dry-run")
    assert dry.exit_code == 0
    assert "frequency_visit_60D sees less than it is called, until 2024-04-0" in dry.stdout
    assert dry.stdout.endswith("nothing was done yet: this was a dry run\n")
    done = json.loads(said("--before", "2024-02-01", "--json").stdout)
    assert {one["where"] for one in done["done"]} >= {"log/events", "log/contacts", "turns/2024-01-20", "state"}
    assert said("--before", "2024-02-01").stdout.startswith("nothing of before it was there")
    assert said("--before", "2024-03-19").exit_code == 1
    assert said().exit_code == 2
