"""A run that is written shard by shard is the run in memory, whatever the shards, the threads and the engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from cjlab.errors import SpecError, TableError
from cjlab.scale import _session
from cjlab.simulator import (
    Budgeted,
    Contacts,
    Interpreted,
    Nobody,
    Plan,
    RandomContacts,
    Rules,
    World,
    simulate,
)
from cjlab.simulator._contacts import contacts_of
from cjlab.simulator._engine import Engine
from cjlab.simulator._sharded import Plot
from cjlab.simulator._spill import Spill
from cjlab.simulator._view import view_of
from cjlab.simulator.kernel import Sent
from cjlab.tables import Log, shard_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cjlab.simulator import View

DAYS = 40
WORLD = World.retail(n_customers=150, seed=11)
CART = Rules((Plan(actions=("reminder",), on="cart", cap=2), Plan(actions=("news",), every=5, share=0.5)), holdout=0.1)


class Shared:
    """A policy of one's own that shares a budget and answers events."""

    per_customer, every = False, 3

    def decide(self, view: View) -> Contacts:
        first = np.argsort(view.draw("who"))[:9]
        return Contacts(customers=view.customers[first], actions="news", campaign="nine")

    def on_event(self, view: View, events: pl.DataFrame) -> Contacts:
        carts = events.filter(pl.col("event") == "cart").group_by("customer_id").agg(pl.col("second").max())
        few = carts.sort("second", "customer_id").head(3)
        return Contacts(
            customers=few["customer_id"], actions="reminder", second=few["second"], campaign=f"{view.day % 3}"
        )


POLICIES = {
    "nobody": Nobody(),
    "random": RandomContacts(rate=0.1),
    "rules": CART,
    "python": Interpreted(CART),
    "budget": Budgeted("reminder", n=7, every=3),
    "own": Shared(),
}


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """Return the fingerprint of each policy's run in memory."""
    return {name: simulate(WORLD, policy, days=DAYS).log.fingerprint() for name, policy in POLICIES.items()}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("shards", "threads"), [(1, 1), (2, 2), (7, 1), (7, 2)])
def test_neither_shards_nor_threads_change_a_row(
    said: dict[str, str], tmp_path: Path, policy: str, shards: int, threads: int
) -> None:
    run = simulate(WORLD, POLICIES[policy], days=DAYS, folder=tmp_path / "log", shards=shards, threads=threads)
    assert Log.verify(tmp_path / "log").fingerprint() == run.log.fingerprint() == said[policy]
    assert run.log.check().ok or policy == "own"  # which asks for nobody's consent
    assert [one.name for one in tmp_path.iterdir()] == ["log"]
    known = {int(one.name[6:]) for one in (tmp_path / "log/customers").iterdir()}
    assert known == set(range(shards))


def test_compiled_and_in_python_a_policy_writes_the_same(said: dict[str, str]) -> None:
    assert said["rules"] == said["python"]
    assert len(set(said.values())) == len(said) - 1


@pytest.mark.parametrize("world", ["telecom", "insurance", "travel", "car_brand"])
def test_every_market_can_be_sharded(tmp_path: Path, world: str) -> None:
    market = getattr(World, world)(n_customers=90, seed=3)
    run = simulate(market, RandomContacts(rate=0.1), days=30)
    simulate(market, RandomContacts(rate=0.1), days=30, folder=tmp_path / "log", shards=4)
    assert Log.verify(tmp_path / "log").fingerprint() == run.log.fingerprint()


def test_a_stored_run_is_the_run_in_memory(tmp_path: Path) -> None:
    kept, run = simulate(WORLD, CART, days=DAYS, folder=tmp_path / "log", shards=3), simulate(WORLD, CART, days=DAYS)
    assert repr(kept) == f"Run('retail', 150 customers, 40 days, {str(tmp_path / 'log')!r})"
    assert kept.to_frame().equals(run.to_frame())
    assert kept.events.equals(run.events)
    assert (kept.people == run.people).all()
    assert kept.branch(20, Nobody()).log.fingerprint() == run.branch(20, Nobody()).log.fingerprint()
    assert kept.truth.customers.equals(run.truth.customers)


@pytest.mark.parametrize("end", range(20, 150, 10))
def test_the_last_of_some_is_not_sent_what_others_are_to_get(end: int) -> None:
    engine = Engine(WORLD, 3)
    everybody = engine.people(np.arange(1, WORLD.n_customers + 1))
    view = view_of(WORLD, 0, everybody)
    handed = contacts_of(Contacts(customers=view.customers, actions="catalogue", campaign="all"), view, [])
    parts = [part.copy().sent for part in engine.run(everybody[:end].copy(), 0, 3, handed=handed)]
    assert np.concatenate(parts)["customer"].tolist() == handed["customer"][handed["customer"] <= end].tolist()


def test_a_run_in_which_nothing_happens_is_stored_like_any_other(tmp_path: Path) -> None:
    quiet = World.retail(n_customers=3, newcomers=1.0, horizon=36_500)
    run = simulate(quiet, days=2)
    assert run.events.height == 0
    simulate(quiet, days=2, folder=tmp_path / "log", shards=2)
    assert Log.verify(tmp_path / "log").fingerprint() == run.log.fingerprint()


class Tuned:
    """A policy of one's own that has settings, and no words for them."""

    per_customer = True

    def __init__(self, share: float, weights: np.ndarray) -> None:
        self.share, self.weights = share, weights

    def decide(self, view: View) -> None:
        """Decide nothing."""


def test_another_setting_of_a_policy_is_another_run() -> None:
    many = np.arange(5_000.0)
    other = np.where(many == 2_500, 0.0, many)
    policies = [Tuned(0.1, many), Tuned(0.2, many), Tuned(0.1, other)]
    told = [Plot.of(WORLD, policy, 9, None).about for policy in policies]
    assert len(set(told)) == 3
    assert max(map(len, told)) < 400
    assert Plot.of(WORLD, Tuned(0.1, many.copy()), 9, None).about == told[0]
    assert "0x" not in Plot.of(WORLD, Tuned(0.1, Shared()), 9, None).about  # type: ignore[arg-type]


def test_records_that_find_no_room_on_the_disk_are_told(tmp_path: Path, room_for: Any) -> None:
    spill = Spill(tmp_path / "rows", Sent, np.zeros(3, np.int16), 1)
    records = np.zeros(1_000, Sent)
    records["customer"] = 1
    with room_for(10_000), pytest.raises(TableError, match=r"cannot be written \(File too large\); .*see to its space"):
        spill.add(records)


class Fragile(Shared):
    """A policy that fails on a day with the people of one shard, unless it is mended."""

    per_customer, every, broken = True, 1, True

    def __repr__(self) -> str:
        return "Fragile"

    def decide(self, view: View) -> Contacts:
        if self.broken and view.day == 3 and (shard_of(view.customers, count=6) == 3).any():
            raise ZeroDivisionError("day 3")
        return Contacts(customers=view.customers[view.draw("who") < 0.1], actions="news")

    def on_event(self, view: View, events: pl.DataFrame) -> None:
        """Answer nothing."""


def test_a_run_that_failed_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    policy, folder = Fragile(), tmp_path / "log"
    with pytest.raises(ZeroDivisionError, match="day 3"):
        simulate(WORLD, policy, days=9, folder=folder, shards=6, threads=1)
    there = sorted((tmp_path / ".log.unfinished").glob("shard=*/receipt.json"))
    assert len(there) == 3
    times = [one.stat().st_mtime_ns for one in there]
    with pytest.raises(TableError, match=r"unfinished log of other 'about' .*10 days.*remove the folder"):
        simulate(WORLD, policy, days=10, folder=folder, shards=6)
    with pytest.raises(TableError, match=r"unfinished log of other 'about'"):
        simulate(World.retail(n_customers=150, seed=12), policy, days=9, folder=folder, shards=6)
    policy.broken = False
    assert [one.stat().st_mtime_ns for one in there] == times
    simulate(WORLD, policy, days=9, folder=folder, shards=6)
    assert Log.verify(folder).fingerprint() == simulate(WORLD, policy, days=9).log.fingerprint()


_KILLED = """
import os, sys
from cjlab.simulator import Budgeted, RandomContacts, World, simulate

lives = int(sys.argv[2])

def die(event, arguments):
    global lives
    if event == "os.rename" and str(arguments[0]).startswith(sys.argv[1]):
        lives -= 1
        if lives < 0:
            os.kill(os.getpid(), 9)

sys.addaudithook(die)
policy = Budgeted("reminder", n=7, every=3) if sys.argv[3] == "budget" else RandomContacts(rate=0.1)
simulate(World.retail(n_customers=150, seed=11), policy, days=40, folder=sys.argv[1] + "/log", shards=3, threads=2)
"""


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["random", "budget"])
@pytest.mark.parametrize("lives", [1, 3, 6, 15])
def test_a_run_that_was_killed_goes_on(said: dict[str, str], tmp_path: Path, policy: str, lives: int) -> None:
    command = [sys.executable, "-c", _KILLED, str(tmp_path), str(lives), policy]
    killed = subprocess.run(command, check=False, cwd=Path(__file__).parents[2])
    assert killed.returncode == -9
    assert [one.name for one in tmp_path.iterdir()] == [".log.unfinished"]
    simulate(WORLD, POLICIES[policy], days=DAYS, folder=tmp_path / "log", shards=3)
    assert Log.verify(tmp_path / "log").fingerprint() == said[policy]
    assert [one.name for one in tmp_path.iterdir()] == ["log"]


def test_a_shard_holds_about_a_million_customer_days() -> None:
    world = World.retail(n_customers=1_000_000)
    assert Plot.of(world, Nobody(), 365, None).shards == 349
    assert Plot.of(world, Nobody(), 365, 5).shards == 5
    assert Plot.of(WORLD, Nobody(), 1, None).shards == 1


def test_what_says_how_a_folder_is_written_needs_one(tmp_path: Path) -> None:
    for given in ({"shards": 2}, {"threads": 2}, {"engine": "spark"}):
        with pytest.raises(SpecError, match=f"{next(iter(given))} is .*, but a run without a folder is in memory"):
            simulate(WORLD, days=3, **given)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="shards is 0; give a whole number from 1 to 9,999"):
        simulate(WORLD, days=3, folder=tmp_path / "log", shards=0)
    with pytest.raises(SpecError, match="engine is 'dask'"):
        simulate(WORLD, days=3, folder=tmp_path / "log", engine="dask")
    (tmp_path / "log").mkdir()
    (tmp_path / "log/file").touch()
    with pytest.raises(TableError, match="log exists"):
        simulate(WORLD, days=3, folder=tmp_path / "log")


@pytest.fixture(scope="module")
def started(spark: str) -> Iterator[str]:
    """Start Spark once for several runs."""
    with _session.session(2):
        yield spark


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.parametrize("policy", ["rules", "python", "budget", "own"])
def test_spark_writes_the_same(said: dict[str, str], started: str, tmp_path: Path, policy: str) -> None:
    simulate(WORLD, POLICIES[policy], days=DAYS, folder=tmp_path / "log", shards=3, engine=started)
    assert Log.verify(tmp_path / "log").fingerprint() == said[policy]
