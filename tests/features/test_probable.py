"""Customer ids that are probably one person: found by what profiles say, never by what is known later."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.features import probable, resolved
from cjlab.tables import Log

FIELDS = ("born", "name", "postcode", "surname")
BEGIN, DATE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), "2024-06-01"


def people(n: int, *, again: float = 0.3, late: int = 0) -> tuple[Log, set[tuple[int, int]]]:
    """Make a log of customers, some of whom came twice under another id, with slips; and the pairs that are true."""
    draw = np.random.default_rng(n)
    firsts = [a + b for a in ("mar", "jean", "lou", "an", "pa", "cla", "so", "ni") for b in ("ie", "ise", "na", "phie")]
    lasts = [
        a + b for a in ("dup", "mart", "bern", "rob", "pet", "dur", "ler") for b in ("ont", "in", "ard", "eau", "el")
    ]
    rows: list[tuple[int, str, str, dt.datetime]] = []
    true, customer = set[tuple[int, int]](), 0
    for _ in range(n):
        born = f"19{draw.integers(40, 99)}-{draw.integers(1, 13):02}-{draw.integers(1, 29):02}"
        told = [
            born,
            str(draw.choice(firsts)),
            f"{draw.integers(10, 95)}{draw.integers(0, 30):03}",
            str(draw.choice(lasts)),
        ]
        times = 1 + int(draw.random() < again)
        for time in range(times):
            slip = draw.integers(0, 4) if time and draw.random() < 0.4 else -1
            said = [f"{one[:-1]}x" if place == slip else one for place, one in enumerate(told)]
            at = BEGIN + dt.timedelta(days=int(draw.integers(0, 100)) + (late if time else 0))
            rows += [(customer, field, value, at) for field, value in zip(FIELDS, said, strict=True)]
            customer += 1
        if times > 1:
            true.add((customer - 2, customer - 1))
    frame = pl.DataFrame(rows, schema=["customer_id", "field", "value", "at"], orient="row")
    events = frame.select("customer_id", "at", event=pl.lit("visit"), channel=pl.lit("web")).unique("customer_id")
    return Log.of(events=events, profiles=frame.with_columns(source=pl.lit("declared"))), true


def test_people_who_came_under_two_ids_are_one_person() -> None:
    pytest.importorskip("splink", reason="no splink: install requirements-spark.lock")
    log, true = people(1_500)
    linked = probable(log, DATE, fields=FIELDS)
    assert linked.links is not None
    found = set(linked.links.select("customer_id", "identifier").collect().iter_rows())
    assert len(found & true) / len(found) >= 0.95
    assert len(found & true) / len(true) >= 0.85
    persons = resolved(linked, DATE).persons
    assert persons["person"].n_unique() == len(persons) - len(found)


def test_nothing_known_later_is_read() -> None:
    pytest.importorskip("splink", reason="no splink: install requirements-spark.lock")
    log, _ = people(600, late=90)
    assert log.profiles is not None
    early = Log.of(
        events=log.events, profiles=log.profiles.filter(pl.col("at") < pl.lit(BEGIN + dt.timedelta(days=100)))
    )
    one, two = (probable(which, "2024-04-10", fields=FIELDS).links for which in (log, early))
    assert one is not None
    assert two is not None
    assert one.collect().equals(two.collect())
    later = probable(log, DATE, fields=FIELDS)
    assert resolved(later, "2024-03-01").persons.filter(pl.col("identifier") != pl.col("person")).height < 5


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"fields": ("name",)}, SpecError, r"fields is \('name',\); give two or more"),
        ({"fields": ("name", "shoe")}, TableError, "profiles.field has no 'shoe' before 2024-06-01"),
        ({"confidence": 2.0}, SpecError, "confidence is 2.0"),
        ({}, EvidenceError, "customer ids have any of born, name, postcode, surname before 2024-06-01, too few"),
    ],
)
def test_what_cannot_be_is_named(given: dict[str, Any], error: type[Exception], message: str) -> None:
    log, _ = people(30)
    with pytest.raises(error, match=message):
        probable(log, DATE, **{"fields": FIELDS, **given})


def test_a_log_without_profiles_is_named() -> None:
    with pytest.raises(TableError, match="the log has no profiles, by which customer ids are compared"):
        probable(Log.of(), DATE, fields=FIELDS)
