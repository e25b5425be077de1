"""Rules between tables: what one row says agrees with the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import listed
from cjlab.tables.contract._rule import Rule, Sound
from cjlab.tables.contract._schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TOLERANCE = 1e-6  # probabilities written with six decimals still sum to 1
_CONSENTED = ("customer_id", "channel", "purpose")


def relation_rules(sound: Sound, arms: Sequence[str] | None) -> Iterator[Rule]:
    """Return the rules that rows break together, for all tables that are sound enough to tell."""
    yield from _customers(sound)
    yield from _arms(sound, arms)
    yield from _answers(sound)
    yield from _eligible(sound)
    yield from _consents(sound)


def _customers(sound: Sound) -> Iterator[Rule]:
    if not sound.has("customers", "customer_id"):
        return
    known = sound.frames["customers"].select("customer_id")
    for name, frame in sound.frames.items():
        if name != "customers" and sound.has(name, "customer_id"):
            broken = frame.filter(pl.col("customer_id").is_not_null()).join(known, on="customer_id", how="anti")
            wrong = "is not among customers.customer_id"
            yield Rule("unknown customer", name, "customer_id", broken, wrong, "add the customer, or leave the row out")


def _arms(sound: Sound, arms: Sequence[str] | None) -> Iterator[Rule]:
    if arms is not None and sound.has("contacts", "arm"):
        broken = sound.frames["contacts"].filter(~pl.col("arm").is_in(list(arms)))
        wrong = f"is an unknown arm; allowed: {listed(arms) or 'none'}"
        yield Rule("unknown arm", "contacts", "arm", broken, wrong, "declare the arm, or correct the contact")


def _answers(sound: Sound) -> Iterator[Rule]:
    if not (sound.has("events", "contact_id") and sound.has("contacts", "contact_id")):
        return
    answers = sound.frames["events"].filter(pl.col("contact_id").is_not_null())
    contacts = sound.frames["contacts"]
    unknown = answers.join(contacts.select("contact_id"), on="contact_id", how="anti")
    wrong = "answers a contact that contacts does not have"
    yield Rule("unknown contact", "events", "contact_id", unknown, wrong, "add the contact, or null contact_id")
    if sound.has("events", "at") and sound.has("contacts", "at"):
        sent = contacts.group_by("contact_id").agg(pl.col("at").min().alias("sent_at"))
        early = answers.join(sent, on="contact_id").filter(pl.col("at") < pl.col("sent_at"))
        wrong = "answers a contact before contacts.at"
        yield Rule(
            "early answer", "events", "contact_id", early, wrong, "correct the time of the event or of the contact"
        )


def _eligible(sound: Sound) -> Iterator[Rule]:
    if not sound.has("contacts", "eligible"):
        return
    contacts = sound.frames["contacts"].filter(pl.col("eligible").is_not_null())
    share = pl.element().struct.field("probability")
    total = pl.col("eligible").list.eval(share).list.sum()
    outside = pl.col("eligible").list.eval(share.is_between(0, 1).fill_null(value=False).not_()).list.any()
    broken = contacts.filter(outside | ~((total - 1).abs() <= _TOLERANCE))
    wrong = "does not hold probabilities from 0 to 1 that sum to 1"
    yield Rule("probabilities", "contacts", "eligible", broken, wrong, "log every arm that could have been chosen")
    if sound.has("contacts", "arm"):
        yield _chosen(contacts, logged=sound.has("contacts", "propensity"))


def _chosen(contacts: pl.LazyFrame, *, logged: bool) -> Rule:
    """Rule that the arm is among the eligible ones, with the propensity that was logged."""
    row, option = "\0row", "\0option"
    numbered = contacts.with_row_index(row)
    options = numbered.select(row, "arm", *(["propensity"] if logged else []), pl.col("eligible").alias(option))
    pair = pl.col(option).struct
    possible = pl.col("propensity").is_between(0, 1, closed="right")  # any other is a fault of its own
    agrees = (pair.field("probability") - pl.col("propensity")).abs() <= _TOLERANCE
    same = (agrees | ~possible).fill_null(value=True) if logged else pl.lit(value=True)
    chosen = options.explode(option).filter((pair.field("arm") == pl.col("arm")) & same)
    broken = numbered.join(chosen.select(row), on=row, how="anti").drop(row)
    wrong = "does not hold the arm with its propensity"
    return Rule(
        "chosen arm", "contacts", "eligible", broken, wrong, "log the probabilities that the choice was made with"
    )


def _consents(sound: Sound) -> Iterator[Rule]:
    needed = ("customer_id", "at", "channel")
    if not (sound.has("contacts", *needed, "sent") and sound.has("consents", *needed, "purpose", "granted")):
        return
    sent = _judged(sound).drop_nulls(needed).sort("at")
    consents = _granted(sound).drop_nulls([*_CONSENTED, "at"]).sort("at", "allowed", descending=[False, True])
    asked = sent.join_asof(consents, on="at", by=list(_CONSENTED), strategy="backward", check_sortedness=False)
    inside = pl.col("allowed") & (pl.col("ends").is_null() | (pl.col("at") < pl.col("ends")))
    broken = asked.filter(~inside.fill_null(value=False))
    wrong = "has no consent of the customer for its channel and purpose at that time"
    yield Rule("consent", "contacts", "sent", broken, wrong, "record the consent, or do not count the contact as sent")


def _judged(sound: Sound) -> pl.LazyFrame:
    """Return the contacts that were sent to known customers; one without a purpose is marketing, the strictest reading.

    An unknown customer or purpose is a fault of its own.
    """
    purpose = pl.col("purpose") if sound.has("contacts", "purpose") else pl.lit(None, pl.String)
    contacts = sound.frames["contacts"].with_columns(purpose.fill_null("marketing").alias("purpose"))
    sent = contacts.filter(pl.col("sent") & pl.col("purpose").is_in(SCHEMA["contacts"]["purpose"].allowed))
    if not sound.has("customers", "customer_id"):
        return sent
    return sent.join(sound.frames["customers"].select("customer_id"), on="customer_id", how="semi")


def _granted(sound: Sound) -> pl.LazyFrame:
    ends = pl.col("until") if sound.has("consents", "until") else pl.lit(None, pl.Datetime("us", "UTC"))
    return sound.frames["consents"].select(*_CONSENTED, "at", pl.col("granted").alias("allowed"), ends.alias("ends"))
