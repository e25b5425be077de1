"""Contracts, what binds to them, and what is paid, as plain Python has them."""

from __future__ import annotations

import datetime as dt
from itertools import takewhile
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import SpecError, TableError
from cjlab.features import Contracts, LifeEvents, Payments, Recipe, families
from cjlab.tables import Log, arranged

Row = dict[str, Any]
BEGIN = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
JOINED = dt.datetime(2020, 6, 1, tzinfo=dt.UTC)
DATES = ("2024-01-02", "2024-02-01", "2024-03-15", "2024-07-01")
DAY = dt.timedelta(days=1)
PEOPLE = 60
ACTS = (
    *("contract_started", "contract_renewed", "contract_ended", "termination_asked"),
    *("invoice", "payment", "payment_missed", "visit"),
)
OFTEN = (0.1, 0.1, 0.05, 0.08, 0.2, 0.2, 0.17, 0.1)


def drawn(seed: int) -> Log:
    """Draw what became of the contracts of sixty people: several each, late rows, ties, unknown dates and amounts."""
    draw = np.random.default_rng(seed)
    n = 15 * PEOPLE
    at = [BEGIN + int(hours) * dt.timedelta(hours=1) for hours in draw.integers(0, 24 * 120, n) // 6 * 6]
    late = draw.choice([0, 0, 0, 24, 500], n)
    contract = draw.integers(0, 4, n)
    binds = draw.integers(-30, 400, n)
    rows = {
        "customer_id": draw.integers(1, PEOPLE + 1, n),
        "at": at,
        "known_at": [
            one + int(hours) * dt.timedelta(hours=1) if hours else None for one, hours in zip(at, late, strict=True)
        ],
        "event": draw.choice(ACTS, n, p=OFTEN).tolist(),
        "channel": "web",
        "contract_id": [None if one == 0 else int(one) for one in contract],
        "due_at": [None if days % 3 == 0 else one + int(days) * DAY for one, days in zip(at, binds, strict=True)],
        "amount": [None if days % 5 == 0 else float(days % 7) for days in binds],
    }
    moments = dict.fromkeys(("at", "known_at", "due_at"), pl.Datetime("us", "UTC"))
    events = pl.DataFrame(rows, schema_overrides={**moments, "contract_id": pl.Int64, "amount": pl.Float64})
    people = {"customer_id": range(1, PEOPLE + 1), "joined": [JOINED + 20 * one * DAY for one in range(PEOPLE)]}
    customers = pl.DataFrame(people, schema_overrides={"joined": pl.Datetime("us", "UTC")})
    return Log.of(events=events, customers=customers, timezone="Europe/Paris")


def bound(rows: list[Row], as_of: dt.datetime, joined: dt.datetime) -> list[float]:
    """Work out what the contracts of one customer are at a date."""
    mine: dict[int, list[Row]] = {}
    for row in rows:
        if row["contract_id"] is not None:
            mine.setdefault(row["contract_id"], []).append(row)
    over = {one for one, told in mine.items() if any(row["event"] == "contract_ended" for row in told)}
    running = [told for one, told in mine.items() if one not in over]
    of = lambda told, *names: [row for row in told if row["event"] in names]  # noqa: E731 - used five times
    started = [of(told, "contract_started")[-1]["at"] for told in running if of(told, "contract_started")]
    dues = [
        [row["due_at"] for row in of(told, "contract_started", "contract_renewed") if row["due_at"]] for told in running
    ]
    binds = [told[-1] for told in dues if told]
    asked = [of(told, "termination_asked")[-1]["due_at"] for told in running if of(told, "termination_asked")]
    ends = [one for one in asked if one is not None]
    since = (as_of - min([*started] or [joined])) / DAY
    while since >= 0:
        since -= 365.25
    return [
        len(running),
        len(over),
        (as_of - min(started)) / DAY if started else np.nan,
        -since if running else np.nan,
        sum(len(of(told, "contract_renewed")) for told in running),
        (max(binds) - as_of) / DAY if binds else np.nan,
        (min(ends) - as_of) / DAY if ends else np.nan,
    ]


def paid(rows: list[Row], as_of: dt.datetime) -> list[float]:
    """Work out what one customer paid and missed."""
    tried = [row["event"] for row in rows if row["event"] in {"payment", "payment_missed"}][::-1]
    missed = [row["at"] for row in rows if row["event"] == "payment_missed"]
    bills = [row["amount"] for row in rows if row["event"] == "invoice" and row["amount"] is not None]
    return [
        min(12, len(list(takewhile(lambda event: event == "payment_missed", tried)))),
        (as_of - missed[-1]) / DAY if missed else np.nan,
        bills[-1] if bills else np.nan,
        bills[-1] - np.mean(bills[:-1]) if len(bills) > 1 else np.nan,
    ]


@pytest.mark.parametrize("seed", range(3))
def test_sixty_customers_equal_plain_python(seed: int) -> None:
    log = drawn(seed)
    made = Recipe(Contracts(), Payments()).build(log, DATES)
    rows = arranged(log.events.collect(), "events").to_dicts()
    assert len(made.loc[DATES[-1]]) == PEOPLE
    for (stamp, customer), line in made.iterrows():
        as_of = stamp.to_pydatetime().astimezone(dt.UTC)
        mine = [row for row in rows if row["customer_id"] == customer]
        joined = JOINED + 20 * (customer - 1) * DAY
        known = [row for row in mine if max(row["at"], row["known_at"] or row["at"]) < as_of]
        np.testing.assert_allclose(
            line.to_numpy(), [*bound(known, as_of, joined), *paid(known, as_of)], rtol=1e-12, atol=1e-12
        )
    for name in made.columns:
        assert (made[name] != made[name].iloc[0]).any(), name


def told(*lines: tuple[str, str, str | None, int]) -> Log:
    """Let one customer's contracts live: what happened, when, until when, and to which of them."""
    rows = [
        {"customer_id": 1, "at": at, "event": event, "channel": "web", "contract_id": contract, "due_at": due}
        for event, at, due, contract in lines
    ]
    stamps = [pl.col(name).str.to_datetime("%Y-%m-%d", time_zone="UTC", time_unit="us") for name in ("at", "due_at")]
    return Log.of(events=pl.DataFrame(rows, schema_overrides={"due_at": pl.String}).with_columns(stamps))


def test_a_renewal_binds_anew_and_notice_is_counted_down() -> None:
    log = told(
        ("contract_started", "2023-01-01", "2024-01-01", 7),
        ("contract_renewed", "2024-01-01", "2025-01-01", 7),
        ("termination_asked", "2024-03-01", "2024-03-11", 7),
        ("contract_ended", "2024-03-11", None, 7),
        ("contract_started", "2024-03-05", None, 8),
    )
    made = Recipe(Contracts()).build(log, ["2023-12-31", "2024-01-02", "2024-03-04", "2024-03-12"])
    expected = [
        [1, 0, 364, 1.25, 0, 1, np.nan],
        [1, 0, 366, 364.5, 1, 365, np.nan],
        [1, 0, 428, 302.5, 1, 303, 7],
        [1, 1, 7, 358.25, 0, np.nan, np.nan],
    ]
    np.testing.assert_array_equal(made.to_numpy(), expected)


def test_notice_that_was_taken_back_is_seen_to_have_passed() -> None:
    log = told(("termination_asked", "2024-03-01", "2024-03-11", 7))
    assert Recipe(Contracts()).build(log, "2024-03-21").loc[1, "notice_left"] == -10


def test_the_default_recipe_knows_the_commitment_of_a_simulated_market() -> None:
    world = cj.simulator.World.insurance(n_customers=1_500, seed=3)
    log = cj.simulator.simulate(world, days=420).log
    made = families(log, "2025-02-01")
    assert [type(one) for one in made["contract"]] == [Contracts, Payments]
    assert [type(one) for one in made["life"]] == [LifeEvents]
    X = Recipe(*made["contract"]).build(log, "2025-02-01")
    assert (X["commitment_left"] - X["anniversary_left"])[X["commitment_left"] > 0].abs().lt(5).mean() > 0.99
    running = X["contracts_running"] > 0
    assert X.loc[running, "commitment_left"].dropna().between(-31, 365).all()
    old = log.customers.filter(pl.col("joined") < pl.datetime(2024, 1, 1, time_zone="UTC")).collect()["customer_id"]
    assert X.loc[running & X.index.isin(old), "commitment_left"].notna().mean() > 0.99  # all were renewed since
    gone = log.events.filter(
        pl.col("event") == "contract_ended", pl.col("at") < pl.datetime(2025, 2, 1, time_zone="UTC")
    )
    assert X["contracts_over"].sum() == gone.select("contract_id").collect().n_unique()


def test_a_log_without_contracts_gets_none_of_them() -> None:
    log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=60).log
    assert "contract" not in families(log, "2024-02-15")


def test_without_the_day_until_which_it_binds_the_rest_is_told() -> None:
    log = drawn(1)
    bare = Log.of(events=log.events.drop("due_at"), customers=log.customers, timezone=log.timezone)
    whole = Recipe(Contracts()).build(log, DATES)
    with pytest.raises(TableError, match="events have no column 'due_at', which feature 'contracts_running' asks for"):
        Recipe(Contracts()).build(bare, DATES)
    pd.testing.assert_frame_equal(Recipe(Contracts(due=False)).build(bare, DATES), whole.iloc[:, :5])
    assert families(bare, DATES[-1])["contract"][0].said["due"] is False


def test_shards_change_nothing(tmp_path: Any) -> None:
    log, recipe = drawn(2), Recipe(Contracts(), Payments())
    stored = log.write(tmp_path / "log", shards=3)
    pd.testing.assert_frame_equal(recipe.build(stored, DATES), recipe.build(log, DATES), check_exact=True)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Contracts("a", "a"), "started, renewed, ended, asked names 'a' more than once"),
        (lambda: Contracts(asked=""), "asked"),
        (lambda: Contracts(due=1), "due is 1; give true or false"),
        (lambda: Payments("a", "a"), "missed and paid are both 'a'; name the events that tell them apart"),
    ],
)
def test_what_cannot_be_is_named(make: Any, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        make()
