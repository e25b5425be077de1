"""A simulated market that lives from turn to turn under a cycle: the loop's own code, on a log whose truth is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cjlab._checks import instance, listed, whole
from cjlab._display import Shown
from cjlab.errors import SpecError
from cjlab.loop.cycle import Cycle, Turns
from cjlab.loop.cycle import turns as taken
from cjlab.simulator import Contacts, Nobody, Run, World, simulate
from cjlab.tables import Log, moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cjlab.simulator import View

_MOST: Final = 120
_TIMES: Final = {"customers": "joined", "links": "starts", "items": None}


@dataclass(frozen=True, eq=False, repr=False)
class Played(Shown):
    """A market that lived under a cycle; made by :func:`play`.

    Parameters
    ----------
    run : Run
        The market: what happened, and the truth behind it.
    home : pathlib.Path
        The loop's home.
    turns : Turns
        The turns.

    Examples
    --------
    >>> import datetime as dt, pathlib, cjlab as cj
    >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
    >>> turn = cj.loop.Turn(name="spring", day="2024-01-31", as_of=dt.datetime(2024, 1, 31, tzinfo=dt.UTC))
    >>> played = cj.loop.Played(run, pathlib.Path("spring"), cj.loop.Turns((turn,)))
    >>> played.run.days, len(played.turns.rows)
    (30, 1)
    """

    run: Run
    home: Path
    turns: Turns

    def onward(
        self, cycle: Cycle, turns: int = 1, *, days: int = 30, changed: Mapping[int, World] | None = None
    ) -> Played:
        """Live on under a cycle, the same or another, for some turns.

        Parameters
        ----------
        cycle : Cycle
            The loop.
        turns : int, default: 1
            How many turns more.
        days : int, default: 30
            From one turn to the next; of the days so far a part.
        changed : mapping of int to World, optional
            What the market becomes with the n-th of these turns, counted from 0: other effects, the same people.

        Returns
        -------
        Played
            The market after the last turn's days, and all turns of the home.

        Raises
        ------
        TurnError
            As :meth:`Cycle.turn` does.

        Examples
        --------
        >>> import tempfile, cjlab as cj
        >>> cycle = cj.loop.Cycle(
        ...     name="spring",
        ...     rules=cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.01),)),
        ...     terms=cj.decisions.Terms("spring"),
        ...     recipe=cj.features.Recipe(cj.features.Recency("purchase")),
        ... )
        >>> with tempfile.TemporaryDirectory() as home:
        ...     played = cj.loop.play(cycle, cj.simulator.World.retail(n_customers=200), folder=home, turns=1)
        ...     len(played.onward(cycle, 1).turns.rows)
        2
        """
        run = self.run
        for number in range(whole(turns, name="turns", least=1, most=_MOST)):
            run = _on(cycle, run, self.home, days, (changed or {}).get(number))
        return Played(run, self.home, taken(self.home))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a turn, as :meth:`Turns.to_frame` does.

        Returns
        -------
        pandas.DataFrame
            The turns.

        Examples
        --------
        >>> import datetime as dt, pathlib, cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=30)
        >>> turn = cj.loop.Turn(name="spring", day="2024-01-31", as_of=dt.datetime(2024, 1, 31, tzinfo=dt.UTC))
        >>> played = cj.loop.Played(run, pathlib.Path("spring"), cj.loop.Turns((turn,)))
        >>> played.to_frame()["day"].tolist()
        ['2024-01-31']
        """
        return self.turns.to_frame()


@dataclass(frozen=True, eq=False)
class Wave:
    """A policy for one day: what was decided, and nothing after."""

    day: int
    contacts: Contacts
    per_customer: bool = False

    @property
    def every(self) -> int:
        """Days from one decision to the next: the whole stretch."""
        return max(self.day, 1)

    def decide(self, view: View) -> Contacts | None:
        """Return the contacts on their day."""
        return self.contacts if view.day == self.day else None


def play(
    cycle: Cycle,
    world: World,
    *,
    folder: str | Path,
    turns: int = 12,
    days: int = 30,
    before: int = 90,
    changed: Mapping[int, World] | None = None,
) -> Played:
    """Let a simulated market live under a cycle, a turn after another.

    The market runs for some days without contacts, its log is stored in the home, and then turn by turn: the cycle
    decides on the log so far, the simulator carries out what was decided, and what the brand saw of it is added to the
    log, the answers tied to the decisions. Called again on the same folder the turns that were taken stand.

    Parameters
    ----------
    cycle : Cycle
        The loop; the names of its actions are actions of the world.
    world : World
        The market.
    folder : str or path
        The loop's home, which is made.
    turns : int, default: 12
        How many turns.
    days : int, default: 30
        From one turn to the next.
    before : int, default: 90
        Days before the first turn: a multiple of ``days``.
    changed : mapping of int to World, optional
        What the market becomes with the n-th turn, counted from 0: other effects, the same people.

    Returns
    -------
    Played
        The market after the last turn's days, and the turns.

    Raises
    ------
    SpecError
        When an action is none of the world's, or a number is out of range.
    TurnError
        As :meth:`Cycle.turn` does.

    Examples
    --------
    >>> import tempfile, cjlab as cj
    >>> cycle = cj.loop.Cycle(
    ...     name="spring",
    ...     rules=cj.decisions.Rules((cj.decisions.Action("reminder", "email", 0.01),)),
    ...     terms=cj.decisions.Terms("spring"),
    ...     recipe=cj.features.Recipe(cj.features.Recency("purchase")),
    ... )
    >>> with tempfile.TemporaryDirectory() as home:
    ...     played = cj.loop.play(cycle, cj.simulator.World.retail(n_customers=200), folder=home, turns=2)
    >>> played.run.days, played.to_frame()["day"].tolist()
    (150, ['2024-03-31', '2024-04-30'])
    """
    instance(cycle, Cycle, name="cycle")
    instance(world, World, name="world")
    if whole(before, name="before", least=1) % whole(days, name="days", least=1):
        raise SpecError(f"before is {before} and days are {days}; give a multiple of the days between turns")
    strange = [name for name in cycle.rules.names if name not in world.actions]
    if strange:
        raise SpecError(f"the cycle's actions name {strange[0]!r}; those of the world are {listed(world.actions)}")
    home, run = Path(folder), simulate(world, Nobody(), days=before)
    if not (home / "log").exists():
        _told(run).write(home / "log", shards=1)
    return Played(run, home, Turns(())).onward(cycle, turns, days=days, changed=changed)


def _on(cycle: Cycle, run: Run, home: Path, days: int, world: World | None) -> Run:
    """Take a turn, and live on to the next."""
    day = run.world.start + dt.timedelta(days=run.days)
    cycle.turn(home, day)
    at = moment(day, run.world.timezone)
    decided = Log.read(home / "log").contacts.filter(pl.col("at") == at, pl.col("sent"))
    wave = Wave(run.days, _handed(decided.sort("customer_id").collect(), cycle.name))
    after = run.onward(wave, days, world=world)
    lately = _told(after, since=at)
    grown = replace(lately, events=_tied(lately.events, after, home))
    Log.extend(home / "log", lambda stored: None if _there(stored, grown) else grown)
    return after


def _handed(decided: pl.DataFrame, campaign: str) -> Contacts:
    """Return decisions as the simulator carries them out."""
    return Contacts(
        customers=decided["customer_id"].to_numpy(),
        actions=decided["arm"].cast(pl.String).to_numpy().astype(str),
        propensity=decided["propensity"].to_numpy(),
        slice=decided["slice"].cast(pl.String).to_numpy().astype(str),
        campaign=campaign,
    )


def _told(run: Run, since: dt.datetime | None = None) -> Log:
    """Return what the brand came to see, from a turn on, until the run's last day is over; contacts are the loop's."""
    until = moment(run.world.start + dt.timedelta(days=run.days), run.world.timezone)
    tables: dict[str, Any] = {}
    for name, frame in run.log.tables.items():
        at = _TIMES.get(name, "at")
        if name != "contacts" and (at or since is None):
            lately = frame if at is None else frame.filter(pl.col(at) < until)
            tables[name] = lately if since is None else lately.filter(pl.col(str(at)) >= since)
    tables["events"] = pl.concat([tables["events"], tables.pop("unassigned")])
    return Log.of(**tables, timezone=run.world.timezone)


def _tied(events: pl.LazyFrame, run: Run, home: Path) -> pl.LazyFrame:
    """Let events name the decision that they answer."""
    day = pl.col("at").dt.convert_time_zone(run.world.timezone).dt.date()
    sent = run.contacts.lazy().filter("sent").select("customer_id", day.alias("day"), pl.col("contact_id"))
    stored = Log.read(home / "log").contacts.filter("sent")
    named = stored.select("customer_id", day.alias("day"), pl.col("contact_id").alias("decision"))
    pairs = sent.join(named, on=["customer_id", "day"], how="inner").select("contact_id", "decision").collect().lazy()
    tied = events.join(pairs, on="contact_id", how="left", maintain_order="left")
    return tied.with_columns(pl.col("decision").alias("contact_id")).drop("decision")


def _there(stored: Log, grown: Log) -> bool:
    """Tell whether these days are in the log already."""
    last = grown.events.select(pl.col("at").max()).collect().item()
    return last is not None and bool(stored.events.filter(pl.col("at") >= last).head(1).collect().height)
