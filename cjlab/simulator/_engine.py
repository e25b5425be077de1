"""The engine: people of a shard taken through days, under a policy, leaving rows behind."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.errors import EvidenceError, TableError
from cjlab.simulator._contacts import contacts_of
from cjlab.simulator._memory import Memory, remembered
from cjlab.simulator._outside import outside
from cjlab.simulator._plan import tabulated_plans
from cjlab.simulator._policy import Answering, Planned, answering, compiled, every_of
from cjlab.simulator._records import added, chosen
from cjlab.simulator._tabulated import tabulated
from cjlab.simulator._view import view_of
from cjlab.simulator._written import NONE, Written
from cjlab.simulator.kernel import CIRCLE, ROWS_A_DAY, Person, Row, Sent, Today, advance, bear, begins_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl
    from numpy.typing import NDArray

    from cjlab.simulator._policy import Policy
    from cjlab.simulator._view import View
    from cjlab.simulator.world import World

_ROWS, _CONTACTS = 1 << 17, 1 << 15  # room of a buffer: small enough to stay in the cache's neighbourhood
_SPAN = 30  # days of a circle for which there is room
_NO_TALLY = np.zeros((0, 5))
_BLOCK = 1365  # circles of people on whom a policy that needs no others decides together every day
_SPARE = 4  # of them, this part where it decides seldom: then they stay nearer than a further question costs


@dataclass(eq=False)
class Book:
    """Room in which parts are kept behind each other: it grows, and is filled again and again.

    Parameters
    ----------
    rows : ndarray
        Room for what happened.
    sent : ndarray
        Room for contacts.
    """

    rows: NDArray[np.void] = field(default_factory=lambda: np.empty(_ROWS, Row))
    sent: NDArray[np.void] = field(default_factory=lambda: np.empty(_CONTACTS, Sent))

    def filled(self, parts: Iterable[Written], people: NDArray[np.int64]) -> Written:
        """Keep parts behind each other, in place of what was kept before."""
        n_rows = n_sent = 0
        for part in parts:
            self.rows, n_rows = added(self.rows, n_rows, part.rows)
            self.sent, n_sent = added(self.sent, n_sent, part.sent)
        return Written(self.rows[:n_rows], self.sent[:n_sent], people)


class Desk(NamedTuple):
    """Where people write: who they are, and room for what they do and are sent, which is filled again and again."""

    ids: NDArray[np.int64]
    rows: NDArray[np.void]
    sent: NDArray[np.void]

    @classmethod
    def of(cls, people: NDArray[np.void], days: int) -> Desk:
        """Make room for stretches of so many days."""
        rows = np.empty(max(_ROWS, 2 * days * ROWS_A_DAY), Row)
        return cls(np.ascontiguousarray(people["customer"]), rows, np.empty(_CONTACTS, Sent))


@dataclass(eq=False)
class Engine:
    """A world made ready to run for some days.

    Parameters
    ----------
    world : World
        The market.
    days : int
        For how many days it is made ready.
    """

    world: World
    days: int
    tables: NDArray[np.void] = field(init=False)
    outside: NDArray[np.void] = field(init=False)

    def __post_init__(self) -> None:
        """Turn the description into tables."""
        self.tables = tabulated(self.world)
        self.outside = outside(self.world, self.days)

    def people(self, ids: NDArray[np.int64]) -> NDArray[np.void]:
        """Return the people with these ids as they are when they join."""
        people = np.zeros(len(ids), Person)
        bear(people, self.tables, np.uint64(self.world.seed), np.ascontiguousarray(ids, dtype=np.int64))
        return people

    def lived(
        self,
        people: NDArray[np.void],
        policy: Policy | Planned,
        first: int,
        last: int,
        campaigns: list[str],
        *,
        before: pl.DataFrame | None = None,
    ) -> Iterator[Written]:
        """Take people, with the contacts that went before, from one day to another; yield what each wrote in turn."""
        if isinstance(policy, Planned) and self.world.social is None:
            yield from self.as_written(people, policy, first, last, campaigns)
            return
        book = Book()
        for some in _blocks(people, _together(policy) if policy.per_customer else len(people)):
            parts = self.as_written(some, policy, first, last, campaigns, before=before)
            yield book.filled(parts, np.ascontiguousarray(some["customer"]))

    def as_written(
        self,
        people: NDArray[np.void],
        policy: Policy | Planned,
        first: int,
        last: int,
        campaigns: list[str],
        *,
        before: pl.DataFrame | None = None,
    ) -> Iterator[Written]:
        """Take people through days together, and yield what they wrote as they wrote it."""
        if isinstance(policy, Planned):
            campaigns[:] = [plan.campaign for plan in policy.plans(self.world)]
            yield from self.run(people, first, last, plans=compiled(policy, self.world))
        else:
            ids = np.ascontiguousarray(people["customer"])
            memory = Memory(self.world, 0) if before is None else Memory.before(self.world, first, before)
            yield from self._decided(people, policy, (first, last), campaigns, memory.of(ids, remembered(policy)))

    def run(
        self,
        people: NDArray[np.void],
        first: int,
        last: int,
        *,
        plans: NDArray[np.void] | None = None,
        handed: NDArray[np.void] = NONE,
        living: bool = True,
        desk: Desk | None = None,
    ) -> Iterator[Written]:
        """Take people through days once, with compiled plans or contacts handed in."""
        ids, rows, sent = Desk.of(people, last - first) if desk is None else desk
        for start, end in self._spans(first, last):
            begin, given = 0, handed if end - start == last - first else _within(handed, start, end)
            while begin < len(people):
                begin, n_rows, n_sent = self._advance(
                    people, plans, (ids, given), (rows, sent, _NO_TALLY), (start, end, begin, living)
                )
                yield Written(rows[:n_rows], sent[:n_sent], ids)

    def _spans(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Cut days so that those of a whole circle find room; where nobody talks they are left whole."""
        step = _SPAN if self.world.social else max(last - first, 1)
        for start in range(first, last, step):
            yield start, min(start + step, last)

    def tally(
        self, people: NDArray[np.void], first: int, last: int, *, handed: NDArray[np.void] = NONE
    ) -> NDArray[np.float64]:
        """Return what each does in these days, ``(n, 5)``: purchases, amount, margin, visits, cost of contacts."""
        sums = np.zeros((len(people), 5))
        ids, nowhere = np.ascontiguousarray(people["customer"]), (np.empty(0, Row), np.empty(0, Sent), sums)
        self._advance(people, None, (ids, handed), nowhere, (first, last, 0, True))
        return sums

    def _advance(
        self,
        people: NDArray[np.void],
        plans: NDArray[np.void] | None,
        given: tuple[NDArray[np.int64], NDArray[np.void]],
        buffers: tuple[NDArray[np.void], NDArray[np.void], NDArray[np.float64]],
        span: tuple[int, int, int, bool],
    ) -> tuple[int, int, int]:
        today = np.zeros(1, Today)
        today["seed"] = self.world.seed
        begins = np.zeros(len(people) + 1, np.int64)
        ids, handed = given
        if len(handed):
            begins_of(handed, ids, begins)
        known = tabulated_plans((), self.world) if plans is None else plans
        answer: tuple[int, int, int] = advance(
            people, self.tables, today, known, self.outside, handed, begins, *buffers, *span
        )
        if today["lost"][0]:
            raise EvidenceError(
                f"world {self.world.name!r} has a day on which one customer does more than can be written;"
                " lower its rates, or contact less"
            )
        return answer

    def _decided(
        self,
        people: NDArray[np.void],
        policy: Policy,
        span: tuple[int, int],
        campaigns: list[str],
        memory: Memory,
    ) -> Iterator[Written]:
        """Stop on every decision day to ask the policy."""
        every, (day, last) = every_of(policy), span
        answers, desk, book = answering(policy), Desk.of(people, min(every, last - day)), Book()
        while day < last:
            handed = NONE
            if day % every == 0:
                view = view_of(self.world, day, people, memory.on(day))
                with _named(policy, view):
                    handed = contacts_of(policy.decide(view), view, campaigns)
            step = 1 if answers else min(every - day % every, last - day)
            lived = memory.keeping(self.run(people, day, day + step, handed=handed, desk=desk), campaigns)
            if answers:
                written = book.filled(lived, desk.ids)
                yield written
                view = view_of(self.world, day, people, memory.on(day))
                answered = self._answered(people, answers, view, written.rows, campaigns, desk)
                yield from memory.keeping(answered, campaigns)
            else:
                yield from lived
            day += step

    def _answered(
        self,
        people: NDArray[np.void],
        policy: Answering,
        view: View,
        rows: NDArray[np.void],
        campaigns: list[str],
        desk: Desk,
    ) -> Iterator[Written]:
        """Let a policy answer what the brand saw today, when the day is over."""
        from cjlab.simulator._ledger import happened

        events = happened(rows, self.world)
        with _named(policy, view):
            handed = contacts_of(policy.on_event(view, events), view, campaigns)
            _after(handed, events)
        if len(handed):
            yield from self.run(people, view.day, view.day + 1, handed=handed, living=False, desk=desk)


@contextmanager
def _named(policy: object, view: View) -> Iterator[None]:
    """Say of whatever a policy raises which policy it was, and on which day."""
    try:
        yield
    except Exception as fault:  # a policy is anybody's code: whatever it raises goes on, named
        fault.add_note(f"policy {type(policy).__name__}, day {view.day} ({view.date})")
        raise


def _after(handed: NDArray[np.void], events: pl.DataFrame) -> None:
    """Refuse an answer that is sent before anything happened to the customer."""
    import polars as pl

    first = events.group_by("customer_id").agg(pl.col("second").min()).sort("customer_id")
    known, seconds = first["customer_id"].to_numpy(), first["second"].to_numpy()
    place = np.searchsorted(known, handed["customer"])
    found = np.append(known, -1)[place] == handed["customer"]
    early = ~found | (handed["second"] < np.append(seconds, 0)[place])
    if early.any():
        who, when = handed["customer"][early][0], handed["second"][early][0]
        raise TableError(
            f"the policy's contacts answer customer {who} at second {when}, before anything of his was seen that day;"
            " give a second after the event"
        )


def _together(policy: Policy | Planned) -> int:
    """Return on how many people, in whole circles, a policy decides at a time that needs no others."""
    return _BLOCK // min(every_of(policy), _SPARE) * CIRCLE


def _blocks(people: NDArray[np.void], size: int) -> Iterator[NDArray[np.void]]:
    return (people[begin : begin + size] for begin in range(0, len(people), max(size, 1)))


def _within(handed: NDArray[np.void], first: int, last: int) -> NDArray[np.void]:
    return chosen(handed, (handed["day"] >= first) & (handed["day"] < last))
