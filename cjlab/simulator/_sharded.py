"""A run that is written as it goes: shard by shard of customers, into the folder of a log."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.scale import each
from cjlab.simulator._companions import of_people, of_world
from cjlab.simulator._crew import Crew
from cjlab.simulator._engine import Engine
from cjlab.simulator._ledger import told
from cjlab.simulator._spill import Spill
from cjlab.simulator._stored import Stored
from cjlab.simulator._stretch import Stretch
from cjlab.simulator._written import Written
from cjlab.simulator.kernel import Person, Row, Sent
from cjlab.tables import Log, shard_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from cjlab.simulator._policy import Planned, Policy
    from cjlab.simulator.world import World
    from cjlab.tables import Writer

_DAYS_A_SHARD = 1 << 20  # customer-days: half a million events, as many as a shard of a log should have
_MOST_SHARDS = 9_999
_BRIEF = 200


@dataclass(frozen=True)
class Plot:
    """What is run: a market, its policy, its days; and whom each shard holds."""

    world: World
    policy: Policy | Planned
    days: int
    shards: int

    @classmethod
    def of(cls, world: World, policy: Policy | Planned, days: int, shards: int | None) -> Plot:
        """Choose as many shards as keep each at about half a million events, unless their number is given."""
        enough = math.ceil(world.n_customers * days / _DAYS_A_SHARD)
        return cls(world, policy, days, min(max(enough, 1), _MOST_SHARDS) if shards is None else shards)

    @property
    def about(self) -> str:
        """Say what is run, the same in every process."""
        said = self.world.fingerprint()[:16]
        return f"cjlab {version('cjlab')}, world {self.world.name} {said}, {self.days} days, {_named(self.policy)}"

    @property
    def members(self) -> tuple[NDArray[np.int64], ...]:
        """Return the customers of each shard, rising."""
        return _members(self.world.n_customers, self.shards)

    def log(self, written: Stretch, people: NDArray[np.void]) -> Log:
        """Return what some people did and were sent as a log."""
        tables = of_people(self.world, people, written.events, self.days)
        tables |= {"events": told(written.events, self.world).lazy(), "contacts": written.contacts.lazy()}
        return Log.of(**tables, timezone=self.world.timezone)  # type: ignore[arg-type]

    def rest(self, events: pl.LazyFrame) -> Log:
        """Return the tables that have no customers, of all that happened."""
        return Log.of(**of_world(self.world, events, self.days), timezone=self.world.timezone)  # type: ignore[arg-type]


def _named(policy: object) -> str:
    """Say which policy it is by all that it holds, and by no place in memory."""
    kind = type(policy)
    with np.printoptions(threshold=sys.maxsize):
        own = kind.__repr__ is object.__repr__
        said = f"{kind.__module__}.{kind.__qualname__}{getattr(policy, '__dict__', '')}" if own else repr(policy)
    told = re.sub(r" at 0x[0-9a-fA-F]+", "", said)
    return told if len(told) <= _BRIEF else f"{told[:_BRIEF]}… {sha256(told.encode()).hexdigest()[:16]}"


@lru_cache(maxsize=1)
def _members(customers: int, shards: int) -> tuple[NDArray[np.int64], ...]:
    everybody = np.arange(1, customers + 1)
    where = shard_of(everybody, count=shards)
    return tuple(
        np.split(everybody[np.argsort(where, kind="stable")], np.cumsum(np.bincount(where, minlength=shards))[:-1])
    )


@dataclass(frozen=True)
class Apart:
    """One shard of a run whose customers are decided on apart: lived and written by whoever is called with it."""

    plot: Plot
    writer: Writer

    def __call__(self, shard: int) -> None:
        """Live one shard, and write it."""
        plot, names = self.plot, list[str]()
        engine = Engine(plot.world, plot.days)
        people = engine.people(plot.members[shard])
        parts = engine.lived(people, plot.policy, 0, plot.days, names)
        self.writer.add(shard, plot.log(Stretch.of(parts, plot.world, names), people))


@dataclass(frozen=True)
class Together:
    """One shard of a run whose customers were decided on together: what all of them did waits by shard."""

    plot: Plot
    writer: Writer
    campaigns: tuple[str, ...]
    rows: Spill
    sent: Spill
    people: Spill

    def __call__(self, shard: int) -> None:
        """Write one shard."""
        people = self.people.of(shard)
        written = Written(self.rows.of(shard), self.sent.of(shard), np.ascontiguousarray(people["customer"]))
        stretch = Stretch.of([written], self.plot.world, self.campaigns)
        self.writer.add(shard, self.plot.log(stretch, people))


def stored_run(plot: Plot, folder: str | Path, *, threads: int | None, engine: str) -> Stored:
    """Run a market into the folder of a log; one that was interrupted goes on with the shards that are not there."""
    opened = Log.writer(folder, shards=plot.shards, timezone=plot.world.timezone, about=plot.about)
    with opened as writer:
        if writer.missing:
            apart = plot.policy.per_customer and plot.world.social is None
            work = Apart(plot, writer) if apart else _together(plot, writer, threads)
            each(writer.missing, work, engine=engine, threads=threads, name="shards")
        writer.finish(None if writer.whole else plot.rest(_everything(writer)))
        return Stored(plot.world, plot.policy, plot.days, writer.folder)


def _everything(writer: Writer) -> pl.LazyFrame:
    """Return all that was told; where nothing happened at all, no table has the column of answers."""
    answers = pl.LazyFrame(schema={"score": pl.Float64})
    return pl.concat([*(writer.rows(name) for name in ("events", "unassigned")), answers], how="diagonal")


def _together(plot: Plot, writer: Writer, threads: int | None) -> Together:
    """Let customers live who depend on each other, and keep by shard what they did."""
    crew, names = Crew(plot.world, plot.days, threads), list[str]()
    everybody = np.arange(1, plot.world.n_customers + 1)
    where = shard_of(everybody, count=plot.shards).astype(np.int16)
    rows, sent, people = (
        Spill(writer.scratch / name, kind, where, plot.shards)
        for name, kind in (("rows", Row), ("sent", Sent), ("people", Person))
    )
    for ids in crew.batches(plot.policy):
        them = crew.people(ids)
        for part in crew.as_written(them, plot.policy, 0, plot.days, names):
            rows.add(part.rows)
            sent.add(part.sent)
        people.add(them)
    return Together(plot, writer, tuple(names), rows, sent, people)
