"""Who is in the test: counted by arm, and refused where the assignment cannot be what was declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import listed
from cjlab.errors import EvidenceError, TableError
from cjlab.experiments import _columns as col

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from cjlab.experiments._experiment import Experiment

_CLOSE = 1e-6
_FIRST = 5


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Customers of a test by arm.

    Parameters
    ----------
    customers : dict of str to int
        Customers assigned, by arm, in the order declared.
    mature : dict of str to int
        Those among them whose horizon has passed.
    contacted : dict of str to int
        Those among them who were sent at least one contact.
    first, last : datetime or None
        First and last entry into the test; None where the rows had no times.
    """

    customers: dict[str, int] = field(hash=False)
    mature: dict[str, int] = field(hash=False)
    contacted: dict[str, int] = field(hash=False)
    first: dt.datetime | None
    last: dt.datetime | None

    @property
    def total(self) -> int:
        """All customers assigned."""
        return sum(self.customers.values())

    @property
    def mature_share(self) -> float:
        """Share of the customers whose horizon has passed."""
        return sum(self.mature.values()) / self.total


def enrolment(experiment: Experiment, rows: Path) -> Enrolment:
    """Count the customers of each arm, or say why they are no randomised test as declared.

    Raises
    ------
    TableError
        When an arm was not declared, or a field that should be a number is none.
    EvidenceError
        When an arm is empty, a customer is in two arms, a row stands twice, a propensity is missing or is not the
        declared allocation, or the cost of a contact is unknown.
    """
    frame = pl.scan_parquet(rows)
    times = "entry" in frame.collect_schema()
    by_arm = frame.group_by("arm").agg(
        pl.len().alias("customers"),
        pl.col(col.MATURE).sum().alias("mature"),
        pl.col(col.CONTACTED).sum().alias("contacted"),
        pl.col("propensity").null_count().alias("unlogged"),
        pl.col("propensity").min().alias("least"),
        pl.col("propensity").max().alias("most"),
        pl.col("cost_unknown").sum(),
        *([pl.col("entry").min().alias("first"), pl.col("entry").max().alias("last")] if times else []),
    )
    found = {row["arm"]: row for row in by_arm.collect().iter_rows(named=True)}
    _refuse_unknown_arms(experiment, found, table="contacts" if times else "rows")
    _refuse_two_arms(frame)
    _refuse_text(experiment, frame, table="profiles" if times else "rows")
    for arm in experiment.arms:
        _refuse_arm(experiment, arm.name, found.get(arm.name), logged=times)
    entered = [row for row in found.values() if times]
    return Enrolment(
        customers={arm.name: found[arm.name]["customers"] for arm in experiment.arms},
        mature={arm.name: found[arm.name]["mature"] for arm in experiment.arms},
        contacted={arm.name: found[arm.name]["contacted"] for arm in experiment.arms},
        first=min((row["first"] for row in entered), default=None),
        last=max((row["last"] for row in entered), default=None),
    )


def _refuse_unknown_arms(experiment: Experiment, found: dict[str, dict[str, object]], *, table: str) -> None:
    unknown = sorted(set(found) - set(experiment.shares), key=str)
    if unknown:
        raise TableError(
            f"{table}: arm is {listed(unknown)}, which experiment {experiment.name!r} does not declare; "
            f"its arms are {listed(experiment.shares)}"
        )


def _refuse_two_arms(frame: pl.LazyFrame) -> None:
    """Refuse a customer in two arms, and (in a person's own frame) a customer who stands twice."""
    two = frame.filter(pl.col("arms") > 1).select(col.CUSTOMER).collect().to_series()
    if len(two):
        raise EvidenceError(
            f"contacts: {len(two)} customers are in two arms (first: {_first(two)}); "
            "a customer belongs to one arm for the whole test: find how he was assigned twice"
        )
    twice = frame.select(col.CUSTOMER).group_by(col.CUSTOMER).len().filter(pl.col("len") > 1).collect()
    if twice.height:
        raise EvidenceError(
            f"rows: {twice.height} customers stand in more than one row (first: {_first(twice[col.CUSTOMER])}); "
            "give one row a customer"
        )


def _refuse_text(experiment: Experiment, frame: pl.LazyFrame, *, table: str) -> None:
    """Refuse a field that must be a number and holds something else, or nothing at all."""
    for trait in col.numeric(experiment):
        text, number = pl.col(col.trait(trait)), pl.col(col.number(trait))
        wrong, known = text.filter(text.is_not_null() & number.is_null()), number.count()
        found = frame.select(wrong.len().alias("count"), wrong.first().alias("first"), known.alias("known")).collect()
        count, first, numbers = found.row(0)
        if count or not numbers:
            said = f"{count} values that are no number (first: {first!r})" if count else "no value before the contact"
            raise TableError(
                f"{table}: field {trait!r} holds {said}; balance, before_profile, at_least and below need numbers: "
                "leave the field out there, or correct it"
            )


def _first(customers: pl.Series) -> str:
    return ", ".join(str(one) for one in customers.sort().head(_FIRST))


def _refuse_arm(experiment: Experiment, arm: str, row: dict[str, float] | None, *, logged: bool) -> None:
    table = "contacts" if logged else "rows"
    if row is None:
        raise EvidenceError(
            f"arm {arm!r} of experiment {experiment.name!r} has no customer; "
            "check the campaign and the names of the arms, or leave the arm out of the declaration"
        )
    if row["unlogged"] and logged:
        raise EvidenceError(
            f"contacts: propensity is missing for {row['unlogged']} customers of arm {arm!r}; "
            "a contact whose probability was not logged was not randomised as far as anyone knows"
        )
    share = experiment.shares[arm]
    ends = [row["least"], row["most"]] if row["least"] is not None else []
    if any(abs(end - share) > _CLOSE for end in ends):
        raise EvidenceError(
            f"{table}: propensity of arm {arm!r} runs from {row['least']:g} to {row['most']:g}, and the experiment "
            f"declares {share:g}; declare the allocation that was drawn, or read out with off-policy weights"
        )
    if row["cost_unknown"] and experiment.value is not None:
        raise EvidenceError(
            f"{table}: cost is unknown for {row['cost_unknown']} customers of arm {arm!r}, and the test has a value; "
            f"give the arm a cost in the declaration, 0 if it has none"
        )
