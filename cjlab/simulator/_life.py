"""One customer's life: what happened, what the brand saw of it, and what lay behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.simulator._engine import Engine
from cjlab.simulator._policy import answering
from cjlab.simulator._records import chosen, joined
from cjlab.simulator._talk import circle_around
from cjlab.simulator.kernel import STAGES, Sent

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.simulator._run import Run

_DAY, _PERSON = 86_400, 2**31
_ANSWERS = ("bounced", "delivered", "opened", "clicked", "redeemed", "unsubscribed", "spam_reported")  # rising


@dataclass(frozen=True, eq=False, repr=False)
class Life(Shown):
    """One customer of a run.

    Parameters
    ----------
    customer : int
        Who.
    persona : str
        What kind of person, in truth.
    start : datetime.date
        The run's first day.
    events : polars.DataFrame
        All that happened: ``day``, ``at``, ``event``, ``channel``, ``amount``, and whether the brand ``knew`` who it
        was.
    contacts : polars.DataFrame
        All that was sent or withheld: ``day``, ``at``, ``channel``, ``action``, ``sent``, and the last ``answer``.
    states : polars.DataFrame
        The truth at the end of each day since the customer joined: ``day``, ``stage``, ``satisfaction``.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=50)
    >>> life = cj.simulator.simulate(world, policy=cj.simulator.Everyone(every=7), days=60).life(3)
    >>> life.persona, life.states.columns
    ('indifferent', ['day', 'stage', 'satisfaction'])
    """

    customer: int
    persona: str
    start: dt.date
    events: pl.DataFrame
    contacts: pl.DataFrame
    states: pl.DataFrame

    def __repr__(self) -> str:
        """Say whose life it is, and how much happened."""
        happened = f"{self.events.height:,} events, {self.contacts.height:,} contacts"
        return f"Life(customer {self.customer}, {self.persona!r}, {self.states.height:,} days, {happened})"

    def to_frame(self) -> pd.DataFrame:
        """Return all that happened, in the order of time.

        Returns
        -------
        pandas.DataFrame
            ``date``, ``channel``, ``what``, ``amount``, and whether the brand ``knew`` who it was.

        Examples
        --------
        >>> import cjlab as cj
        >>> run = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=60)
        >>> run.life(3).to_frame().columns.tolist()
        ['date', 'channel', 'what', 'amount', 'knew']
        """
        sent = self.contacts.select(
            "at",
            "channel",
            what=pl.when("sent").then(pl.lit("sent: ")).otherwise(pl.lit("withheld: ")) + pl.col("action"),
            amount=pl.lit(None, pl.Float64),
            knew=pl.lit(value=True),
            day="day",
        )
        happened = self.events.select("at", "channel", pl.col("event").alias("what"), "amount", "knew", "day")
        rows = pl.concat([sent, happened]).sort("at", maintain_order=True)
        dates = pl.lit(self.start) + pl.duration(days=pl.col("day"))
        return rows.select(date=dates, channel="channel", what="what", amount="amount", knew="knew").to_pandas()


def life_of(run: Run, customer: int) -> Life:
    """Return one customer's life."""
    events, at = _mine(run.written.events, run.written.events_at, customer)
    contacts, sent_at = _mine(run.written.contacts, run.written.contacts_at, customer)
    place = int(np.searchsorted(run.people["customer"], customer))
    words = pl.col(pl.Enum).cast(pl.String)
    happened = events.with_columns(words).select(
        "at", "event", "channel", "amount", "contact_id", knew=pl.col("customer_id").is_not_null(), day=_days(at)
    )
    answers = (
        happened.filter(pl.col("event").is_in(_ANSWERS))
        .with_columns(rank=pl.col("event").replace_strict(list(_ANSWERS), list(range(7)), return_dtype=pl.Int64))
        .group_by("contact_id")
        .agg(answer=pl.col("event").sort_by("rank").last())
    )
    written = contacts.with_columns(words).select(
        "at", "channel", "sent", "contact_id", action="template", day=_days(sent_at)
    )
    return Life(
        customer,
        list(run.world.personas)[int(run.people["persona"][place])],
        run.world.start,
        happened.drop("contact_id"),
        written.join(answers, on="contact_id", how="left", maintain_order="left").drop("contact_id"),
        _states(run, customer),
    )


def _mine(frame: pl.DataFrame, at: NDArray[np.int64], customer: int) -> tuple[pl.DataFrame, NDArray[np.int64]]:
    first, last = np.searchsorted(at, [customer * _PERSON, (customer + 1) * _PERSON])
    return frame[int(first) : int(last)], at[first:last] % _PERSON


def _days(at: NDArray[np.int64]) -> pl.Series:
    return pl.Series(at // _DAY)


def _states(run: Run, customer: int) -> pl.DataFrame:
    """Live the same days once more, and look at the person every evening."""
    world, rows = run.world, []
    for day, person in _lived(run, customer):
        if person["joined"] <= day:
            left = np.exp(-(day - person["settled"]) / world.trade.recovery)
            satisfaction = person["content"] + (person["satisfaction"] - person["content"]) * left
            rows.append((day, STAGES[int(person["stage"])], float(satisfaction)))
    return pl.DataFrame(rows, schema={"day": pl.Int64, "stage": pl.String, "satisfaction": pl.Float64}, orient="row")


def _lived(run: Run, customer: int) -> Iterator[tuple[int, np.void]]:
    """Yield the person's record every evening: those who talk with him live beside him."""
    engine = Engine(run.world, run.days)
    circle = circle_around(run.people, customer)
    people = engine.people(circle)
    seat = int(np.searchsorted(circle, customer))
    before = run.contacts.filter(pl.col("customer_id").is_in(circle))
    handed = joined([_handed(run, int(one)) for one in circle], Sent)
    for first, last, policy in run.course.stretches(0, run.days):
        if not policy.per_customer and answering(policy):
            raise EvidenceError(
                f"policy {type(policy).__name__} shares a budget and answers events;"
                " one life under it cannot be told apart from the others'"
            )
        for day in range(first, last):
            if policy.per_customer:
                steps = engine.lived(people, policy, day, day + 1, [], before=before)
            else:
                steps = engine.run(people, day, day + 1, handed=chosen(handed, handed["day"] == day))
            for _ in steps:
                pass
            yield day, people[seat]


def _handed(run: Run, customer: int) -> NDArray[np.void]:
    """Return what a person was sent, as contacts to be handed in."""
    contacts, sent_at = _mine(run.written.contacts, run.written.contacts_at, customer)
    handed = np.zeros(len(sent_at), Sent)
    names = list(run.world.actions)
    handed["customer"], handed["day"], handed["second"] = customer, sent_at // _DAY, sent_at % _DAY
    handed["action"] = [names.index(name) for name in contacts["template"].cast(pl.String)]
    handed["sent"], handed["propensity"] = contacts["sent"].to_numpy(), np.nan
    return handed
