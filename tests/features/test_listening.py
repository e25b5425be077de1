"""Who still listens, counted again by hand and in plain Python, in a made-up year and in a real one."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from scipy.stats import binomtest, t

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.features import Listening

START, END = "2024-04-01", "2025-04-01"


@cache
def shop() -> Log:
    return cj.datasets.simulated_shop(n_customers=700, seed=3)


@cache
def found() -> Listening:
    return cj.features.Listening.of(shop(), END)


def rows(frame: pl.LazyFrame, start: str, end: str, zone: str) -> list[dict[str, Any]]:
    """Read the rows of customers that happened in a time, and were known by its end."""
    begin, stop = (dt.datetime.fromisoformat(one).replace(tzinfo=ZoneInfo(zone)) for one in (start, end))
    every = frame.collect().with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)).to_dicts()
    return [
        row
        for row in every
        if row["customer_id"] is not None and begin <= row["at"] < stop and (row.get("known_at") or row["at"]) < stop
    ]


def test_silences_and_costs_are_those_of_plain_python() -> None:
    log = shop()
    acts: dict[str, set[int]] = defaultdict(set)
    for row in rows(log.events, START, END, log.timezone):
        if row["event"] in {"visit", "purchase"} or (row["event"] in {"opened", "clicked"} and not row["machine"]):
            acts[row["event"]].add(row["customer_id"])
    sent = [
        row for row in rows(log.contacts, START, END, log.timezone) if row["sent"] and row["purpose"] == "marketing"
    ]
    costs: Counter[int] = Counter()
    for row in sent:
        costs[row["customer_id"]] += row["cost"]
    silent, table = set(costs), found().silences
    assert table.loc["written", "customers"] == found().written == len(silent)
    assert table["customers"].dtype.kind == "i"
    for name, act in (
        ("no_open", "opened"),
        ("no_click", "clicked"),
        ("no_visit", "visit"),
        ("no_purchase", "purchase"),
    ):
        silent -= acts[act]
        assert table.loc[name, "customers"] == len(silent)
        assert table.loc[name, "cost"] == pytest.approx(sum(costs[one] for one in silent))
        ends = binomtest(len(silent), len(costs)).proportion_ci(method="wilson")
        assert table.loc[name, ["low", "high"]].tolist() == pytest.approx([ends.low, ends.high])
    assert len(table) == 5


def test_it_is_the_audit_of_features() -> None:
    audit = cj.features.engagement_audit(shop(), END)
    told = found().silences.rename(index={"written": "targeted"})
    assert audit.pop("lacking").eq("").all()
    assert told.columns.tolist() == audit.columns.tolist()
    assert told.to_numpy() == pytest.approx(audit.to_numpy(), nan_ok=True)  # all of it has no ends


def test_an_audit_of_a_log_that_lacks_columns_says_which() -> None:
    whole = shop()
    bare = replace(whole, events=whole.events.drop("machine"), contacts=whole.contacts.drop("cost"), stored=None)
    people = replace(whole, events=whole.events.with_columns(machine=pl.lit(value=False)), stored=None)
    found, expected = (cj.features.engagement_audit(log, END) for log in (bare, people))
    assert found["lacking"].eq("machine, cost").all()
    assert expected["lacking"].eq("").all()
    ours = ["customers", "share", "low", "high"]
    assert found[ours].equals(expected[ours])
    assert found[["cost", "cost_share", "cost_low", "cost_high"]].isna().all(axis=None)


def test_an_audit_of_acts_that_the_log_does_not_have_leaves_them_out() -> None:
    log = small([(1, "2024-03-02", "opened"), (3, "2024-05-01", "purchase")], [(1, "2024-03-01", True)] * 2)
    found = cj.features.engagement_audit(log, "2024-05-02")
    assert found.index.tolist() == ["targeted", "no_open", "no_purchase"]
    assert found["customers"].tolist() == [1, 0, 0]
    assert found["lacking"].eq("machine, cost, purpose").all()


@pytest.mark.parametrize(("source", "date"), [("complete_journey", "2018-01-01"), ("online_retail", "2011-12-01")])
def test_real_logs_are_audited_as_on_their_page(source: str, date: str, data: Path) -> None:
    assert data
    log = cj.datasets.named(source)
    audit, page = cj.features.engagement_audit(log, date), cj.features.Listening.of(log, date).silences
    ours = ["customers", "share", "low", "high"]
    assert audit.index.tolist() == ["targeted", "no_purchase"]  # of all acts these logs have purchases alone
    assert audit["lacking"].str.startswith("machine, cost").all()
    assert len(page) in {0, 2}  # of nobody written to there is no line
    assert page[ours].to_numpy().tolist() == audit[ours].head(len(page)).to_numpy().tolist()


def test_a_cautious_audit_has_wider_ends() -> None:
    usual, cautious = (cj.features.engagement_audit(shop(), END, confidence=level) for level in (0.95, 0.99))
    assert cautious[["share", "cost_share"]].equals(usual[["share", "cost_share"]])
    for low, high in (("low", "high"), ("cost_low", "cost_high")):
        silent = cautious.index[1:]
        assert (cautious.loc[silent, low] < usual.loc[silent, low]).all()
        assert (cautious.loc[silent, high] > usual.loc[silent, high]).all()


def test_groups_part_those_who_are_written_to() -> None:
    groups, log = found().groups, shop()
    assert groups["customers"].sum() == found().written
    assert groups.loc["silent", "customers"] == found().silences.loc["no_purchase", "customers"]
    assert groups.loc["reads", "customers"] == found().written - found().silences.loc["no_click", "customers"]
    per = Counter(
        row["customer_id"]
        for row in rows(log.contacts, START, END, log.timezone)
        if row["sent"] and row["purpose"] == "marketing"
    )
    assert (groups["messages"] * groups["customers"]).sum() == pytest.approx(per.total())
    listens = {
        row["customer_id"]
        for row in rows(log.events, START, END, log.timezone)
        if row["event"] in {"opened", "clicked"} and not row["machine"]
    }
    counts = [per[one] for one in per if one in listens]
    middle, spread = sum(counts) / len(counts), pl.Series(counts).std()
    assert isinstance(spread, float)
    reach = t.ppf(0.975, len(counts) - 1) * spread / math.sqrt(len(counts))
    line = groups.loc["reads", ["messages", "messages_low", "messages_high"]]
    assert line.tolist() == pytest.approx([middle, middle - reach, middle + reach])


def test_machines_would_hide_some_of_the_silent() -> None:
    log = shop()
    seen = {row["customer_id"] for row in rows(log.events, START, END, log.timezone) if row["event"] == "opened"}
    sent = {row["customer_id"] for row in rows(log.contacts, START, END, log.timezone) if row["sent"]}
    share = len(sent - seen) / len(sent)
    assert found().with_machines[0] == pytest.approx(share)
    assert share < found().silences.loc["no_open", "share"]


def test_scenarios_are_replayed_as_plain_python_counts_them() -> None:
    log, last = shop(), dict[int, dt.datetime]()
    for row in rows(log.events, START, END, log.timezone):
        if row["event"] in {"opened", "clicked", "redeemed"} and not row["machine"]:
            last[row["customer_id"]] = max(row["at"], last.get(row["customer_id"], row["at"]))
    got, runs, cost = defaultdict[str, set[int]](set), Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for row in rows(log.contacts, START, END, log.timezone):
        name, who = row["scenario"] or row["campaign"], row["customer_id"]
        got[name].add(who)
        if who not in last or row["at"] > last[who]:
            runs[name, who] += 1
            cost[name, who] += row["cost"]
    assert set(found().scenarios.index) == set(got)
    for name, line in found().scenarios.iterrows():
        often = [one for one in runs if one[0] == name and runs[one] >= 6]
        assert line["customers"] == len(got[str(name)])
        assert line["replayed"] == len(often)
        assert line["messages"] == sum(runs[one] for one in often)
        assert line["cost"] == pytest.approx(sum(cost[one] for one in often))


def test_the_scenario_for_the_indifferent_is_found() -> None:
    assert found().scenarios["share"].idxmax() in {"endless_day", "newsletter"}
    assert found().scenarios.loc["endless_day", "share"] > 0.3
    assert found().scenarios.loc["catalogue", "replayed"] == 0


def test_who_is_late_is_who_has_stopped_by_his_own_rhythm() -> None:
    change = cj.features.RhythmChange.fitted(shop(), END)
    rhythm = cj.features.Rhythm(**change.prior._asdict())
    people = cj.features.Recipe(rhythm, change, cj.features.Audit()).build(shop(), END)
    judged = people[people["rhythm_purchase_gaps"] >= 4]
    late = judged["rhythm_change_purchase_stopped_since"].notna()
    assert found().late.loc["all", ["judged", "late"]].tolist() == [len(judged), late.sum()]
    aside = judged["targeted"] == 0
    assert found().late.loc["unwritten", ["judged", "late"]].tolist() == [aside.sum(), (late & aside).sum()]
    assert found().late["judged"].iloc[1:].sum() == len(judged)


def test_who_has_no_contract_any_more_is_counted_as_in_plain_python() -> None:
    world = cj.simulator.World.telecom(n_customers=800, seed=5)
    log = cj.simulator.simulate(world, cj.simulator.RandomContacts(rate=0.1), days=400).log
    start, end = "2024-06-01", "2025-01-15"
    runs: dict[int, dict[int, bool]] = defaultdict(dict)
    for row in rows(log.events, "1990-01-01", end, log.timezone):
        if row["contract_id"] is not None:
            mine = runs[row["customer_id"]]
            mine[row["contract_id"]] = mine.get(row["contract_id"], True) and row["event"] != "contract_ended"
    lost = {who for who, mine in runs.items() if not any(mine.values())}
    opened = {
        row["customer_id"]
        for row in rows(log.events, start, end, log.timezone)
        if row["event"] == "opened" and not row["machine"]
    }
    written = {row["customer_id"] for row in rows(log.contacts, start, end, log.timezone) if row["sent"]}
    told = cj.features.Listening.of(log, end, window="228D")
    assert told.silences.loc["no_open", "customers"] == len(written - opened)
    assert told.left == len((written - opened) & lost) > 11
    assert found().left == 0  # a shop has no contracts


def test_nothing_after_the_date_changes_anything() -> None:
    log = shop()
    cut = dt.datetime(2025, 1, 1, tzinfo=ZoneInfo(log.timezone)).astimezone(dt.UTC)
    events = log.events.filter(pl.max_horizontal("at", "known_at") < cut)
    before = replace(log, events=events, contacts=log.contacts.filter(pl.col("at") < cut))
    whole, past = cj.features.Listening.of(log, "2025-01-01"), cj.features.Listening.of(before, "2025-01-01")
    for name in ("silences", "groups", "channels", "scenarios", "late"):
        assert getattr(whole, name).equals(getattr(past, name)), name


def small(events: list[tuple[int, str, str]], contacts: list[tuple[int, str, bool]], **more: pl.Series) -> Log:
    """Make a log by hand: who, which day, and what; who, which day, and whether it was sent."""
    acts = pl.DataFrame(events, schema=["customer_id", "at", "event"], orient="row").with_columns(channel=pl.lit("web"))
    sent = pl.DataFrame(contacts, schema=["customer_id", "at", "sent"], orient="row").with_columns(
        contact_id=pl.int_range(pl.len()),
        campaign=pl.lit("spring"),
        arm=pl.lit("mail"),
        channel=pl.lit("email"),
        **more,
    )
    day = pl.col("at").str.to_datetime("%Y-%m-%d", time_zone="UTC")
    people = pl.DataFrame({"customer_id": [1, 2, 3], "joined": [dt.datetime(2024, 1, 1, tzinfo=dt.UTC)] * 3})
    return Log.of(events=acts.with_columns(at=day), contacts=sent.with_columns(at=day), customers=people)


def test_a_small_log_is_counted_as_by_hand() -> None:
    sent = [(1, "2024-03-01", True), (2, "2024-03-01", True), (2, "2024-04-01", True), (3, "2024-03-01", False)]
    log = small([(1, "2024-03-02", "opened"), (2, "2024-03-15", "opened"), (3, "2024-05-01", "purchase")], sent)
    seen = cj.features.Listening.of(log, repeats=2)
    assert seen.told == ("opened", "purchase")
    assert seen.lacking == ("machine", "cost", "purpose")
    assert seen.silences["customers"].to_dict() == {"written": 2, "no_open": 0, "no_purchase": 0}  # 3 was not sent his
    assert seen.scenarios.loc["spring", ["customers", "replayed"]].tolist() == [2, 0]  # 2 opened in between
    assert all(map(math.isnan, seen.with_machines))
    assert not len(seen.late)
    assert seen.as_of == dt.datetime(2024, 5, 2, tzinfo=dt.UTC)
    assert (seen.days, seen.customers) == (62, 3)


def test_the_moment_itself_is_not_read() -> None:
    log = small(
        [(1, "2024-03-02", "opened"), (2, "2024-05-01", "opened")], [(1, "2024-03-01", True), (2, "2024-03-01", True)]
    )
    assert cj.features.Listening.of(log, "2024-05-01").silences.loc["no_open", "customers"] == 1
    assert cj.features.Listening.of(log, "2024-05-02").silences.loc["no_open", "customers"] == 0


def test_without_messages_only_lateness_is_told(data: Path) -> None:
    assert data
    seen = cj.features.Listening.of(cj.datasets.online_retail())
    assert (seen.written, len(seen.silences), len(seen.scenarios), len(seen.channels)) == (0, 0, 0, 0)
    assert seen.late.loc["all"].equals(seen.late.loc["unwritten"])
    assert seen.late.loc["all", "judged"] > 1000


def test_what_a_log_does_not_have_is_no_silence(data: Path) -> None:
    assert data
    log = cj.datasets.complete_journey()
    seen = cj.features.Listening.of(log)
    assert seen.told == ("purchase",)
    assert seen.silences.index.tolist() == ["written", "no_purchase"]
    bought = {
        row["customer_id"]
        for row in rows(log.events, "2017-01-01", "2018-01-01", log.timezone)
        if row["event"] == "purchase"
    }
    sent = {row["customer_id"] for row in rows(log.contacts, "2017-01-01", "2018-01-01", log.timezone)}
    assert seen.silences["customers"].tolist() == [len(sent), len(sent - bought)]
    assert seen.groups.loc["reads", "customers"] == 0


def test_what_cannot_be_asked_is_named() -> None:
    with pytest.raises(SpecError, match=r"log is 3; give a cj\.tables\.Log"):
        cj.features.Listening.of(3)  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="repeats is 1; give a whole number"):
        cj.features.Listening.of(shop(), repeats=1)
    with pytest.raises(SpecError, match="window is '1 year'"):
        cj.features.Listening.of(shop(), window="1 year")
    with pytest.raises(EvidenceError, match="the log has no event"):
        cj.features.Listening.of(Log.of())
