"""What came of customers equals what plain Python finds, and rests on nothing that it must not see."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjlab import datasets, simulator
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.features import Contract, Eligible, Labels, Recipe, Rhythm, Silence, Where, churned, outcome, spent
from cjlab.tables import Log, moment

ZONE = "Europe/Paris"
BEGIN = dt.datetime(2024, 3, 20, tzinfo=dt.UTC)  # clocks change on the 31st
KINDS = {
    "customer_id": pl.Int64,
    "at": pl.Datetime("us", "UTC"),
    "known_at": pl.Datetime("us", "UTC"),
    "event": pl.String,
    "channel": pl.String,
    "amount": pl.Float64,
    "order_id": pl.Int64,
    "contract_id": pl.Int64,
    "reason": pl.String,
}
Row = dict[str, Any]
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def log_of(*rows: Row, **tables: Any) -> Log:
    """Return a log of rows; what a row does not say is unknown, and its channel the web."""
    full = [{name: row.get(name, "web" if name == "channel" else None) for name in KINDS} for row in rows]
    return Log.of(events=pl.DataFrame(full, schema=KINDS), timezone=ZONE, **tables)


def day(number: float) -> dt.datetime:
    """Return noon in Paris, some days after the first of January."""
    return dt.datetime(2024, 1, 1, 11, tzinfo=dt.UTC) + dt.timedelta(days=number)


@st.composite
def stories(draw: st.DrawFn) -> list[Row]:
    """Draw rows with ties, returns, late ones, and contracts that end."""
    rows = []
    for _ in range(draw(st.integers(1, 30))):
        at = BEGIN + dt.timedelta(hours=draw(st.integers(0, 24 * 24)))
        late = draw(st.sampled_from((None, None, 0, 50)))
        event = draw(st.sampled_from(("visit", "purchase", "return", "contract_started", "contract_ended", "invoice")))
        bound = event.startswith("contract") or event == "invoice"
        rows.append(
            {
                "customer_id": draw(st.integers(1, 3)),
                "at": at,
                "known_at": None if late is None else at + dt.timedelta(hours=late),
                "event": event,
                "amount": {"purchase": 10.0, "return": draw(st.sampled_from((-10.0, -4.0)))}.get(event),
                "order_id": draw(st.sampled_from((None, 1, 2))) if event in {"purchase", "return"} else None,
                "contract_id": draw(st.integers(1, 2)) if bound else None,
                "reason": draw(st.sampled_from(("left", "unpaid", "died"))) if event == "contract_ended" else None,
            }
        )
    return rows


START, END = "2024-03-29", "2024-04-05"  # a week with 167 hours
LAST = "2024-05-01"


def known(row: Row) -> dt.datetime:
    """Return from when a row was known."""
    return max(row["at"], row["known_at"] or row["at"])


def parts(rows: list[Row]) -> dict[int, list[Row]]:
    """Return the rows of each customer who was seen before the date."""
    start = moment(START, ZONE)
    who = sorted({row["customer_id"] for row in rows if known(row) < start})
    return {one: [row for row in rows if row["customer_id"] == one] for one in who}


def inside(rows: list[Row]) -> list[Row]:
    """Return the rows of the week after the date."""
    return [row for row in rows if moment(START, ZONE) <= row["at"] < moment(END, ZONE)]


def kept(rows: list[Row]) -> bool:
    """Tell whether one buys something that is not taken back."""
    bought = [row for row in inside(rows) if row["event"] == "purchase"]
    back = [row for row in inside(rows) if row["event"] == "return"]
    for order in {row["order_id"] for row in bought}:
        returned = [row["amount"] for row in back if order is not None and row["order_id"] == order]
        paid = [row["amount"] for row in bought if row["order_id"] == order]
        if not returned or sum(paid) + sum(returned) > 0:
            return True
    return False


def ended(rows: list[Row]) -> tuple[float, str | None] | str:
    """Return whether one is gone and why, or why he is left out."""
    start, end = moment(START, ZONE), moment(END, ZONE)
    contracts = {row["contract_id"] for row in rows if row["contract_id"] is not None and row["at"] < end}
    held, stays, ends, seen = False, False, [], False
    for one in contracts:
        mine = [row for row in rows if row["contract_id"] == one and row["at"] < end]
        past = [row for row in mine if known(row) < start]
        over = any(row["event"] == "contract_ended" for row in past)
        later = [row for row in mine if row["event"] == "contract_ended" and known(row) >= start]
        seen |= bool(past)
        held |= bool(past) and not over
        stays |= not over and not later
        ends += [(row["at"], row["reason"]) for row in later]
    if not seen:
        return "without a contract"
    if not held:
        return "already churned"
    if stays:
        return 0.0, None
    latest = max(at for at, _ in ends)
    reasons = {reason for at, reason in ends if at == latest}
    if len(reasons) > 1:
        return "tie"
    reason = reasons.pop()
    return (1.0, reason) if reason in {"left", "unpaid", "competitor"} else "ended for another reason"


@few
@given(stories())
def test_outcomes_equal_plain_python(rows: list[Row]) -> None:
    log, people = log_of(*rows), parts(rows)
    asked: dict[str, Any] = {"as_of": START, "within": "7D", "until": LAST}
    assert outcome(log, "purchase", **asked).y.to_dict() == {one: float(kept(his)) for one, his in people.items()}
    both = outcome(log, {"visit": 0.5, "purchase": 2}, **asked).y.to_dict()
    visited = {one: any(row["event"] == "visit" for row in inside(his)) for one, his in people.items()}
    assert both == {one: 0.5 * visited[one] + 2 * kept(his) for one, his in people.items()}
    net = {one: sum(row["amount"] or 0 for row in inside(his)) for one, his in people.items()}
    assert spent(log, **asked).y.to_dict() == pytest.approx(net)


@few
@given(stories())
def test_ends_of_contracts_equal_plain_python(rows: list[Row]) -> None:
    found = churned(log_of(*rows), as_of=START, within="7D", until=LAST)
    expected = {one: ended(his) for one, his in parts(rows).items()}
    if "tie" in expected.values():
        return
    assert found.y.to_dict() == {one: said[0] for one, said in expected.items() if not isinstance(said, str)}
    left_out = [said for said in expected.values() if isinstance(said, str)]
    assert dict(found.excluded) == {why: left_out.count(why) for why in sorted(set(left_out))}
    reasons = {} if found.reason is None else found.reason.dropna().to_dict()
    assert reasons == {one: said[1] for one, said in expected.items() if not isinstance(said, str) and said[1]}


@few
@given(stories(), stories())
def test_nothing_after_the_time_counts_and_late_knowledge_is_no_less_true(rows: list[Row], other: list[Row]) -> None:
    end = moment(END, ZONE)
    told = [row for row in rows if row["at"] < end]
    if not any(known(row) < moment(START, ZONE) for row in told):
        return
    after = [row for row in other if row["at"] >= end]
    for ask in (lambda log: outcome(log, "purchase", **WEEK), lambda log: churned(log, **WEEK)):
        one, two = ask(log_of(*told)), ask(log_of(*told, *after))
        assert one.y.equals(two.y)
        assert dict(one.excluded) == dict(two.excluded)


WEEK: dict[str, Any] = {"as_of": START, "within": "7D", "until": LAST}


def silence(days: list[float], **given: Any) -> Labels:
    """Ask whether somebody who bought on some days falls silent within the days 100 to 130."""
    rows = [{"customer_id": 1, "at": day(one), "event": "purchase"} for one in days]
    return churned(log_of(*rows), as_of="2024-04-10", within="30D", until="2024-06-01", by=Silence(**given))


def test_silence_is_longer_than_his_own_law_explains() -> None:
    days = [20.0, 40.0, 65.0, 80.0]
    rhythm = Rhythm(mean=20.0, shape=3.0)
    made = Recipe(rhythm)
    log = log_of(*({"customer_id": 1, "at": day(one), "event": "purchase"} for one in days))
    late = {one: made.build(log, one).loc[1, "rhythm_purchase_lateness"] for one in ("2024-04-10", "2024-05-10")}
    assert (late["2024-04-10"] < 0.7, late["2024-05-10"] > 0.9) == (
        True,
        True,
    )
    for quantile in (0.75, 0.9, late["2024-05-10"] - 1e-9):
        assert silence(days, of=rhythm, quantile=quantile).y.to_dict() == {1: 1.0}
        assert silence([*days, 110], of=rhythm, quantile=quantile).y.to_dict() == {1: 0.0}  # silent for 20 days then
    assert dict(silence(days, of=rhythm, quantile=late["2024-05-10"]).excluded) == {"rhythm longer than the time": 1}
    assert dict(silence(days, of=rhythm, quantile=late["2024-04-10"] - 1e-9).excluded) == {"already churned": 1}


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ([50.0, 80.0], "without a rhythm"),
        ([2.0, 4.0, 6.0, 8.0, 10.0, 12.0], "already churned"),
        ([10.0, 50.0, 95.0], "rhythm longer than the time"),
    ],
)
def test_who_cannot_be_told_by_his_rhythm_is_counted(days: list[float], why: str) -> None:
    assert dict(silence(days).excluded) == {why: 1}


def test_times_that_are_not_over_are_pending_whatever_happened() -> None:
    rows = [{"customer_id": one, "at": day(number), "event": "purchase"} for one in (1, 2) for number in (0, 20)]
    found = outcome(log_of(*rows), "purchase", as_of=["2024-01-10", "2024-01-15"], within="10D")
    assert dict(found.excluded) == {"pending": 2}  # the log tells until the end of the 21st of January
    assert found.y.index.get_level_values(0).unique().strftime("%F").tolist() == ["2024-01-10"]
    assert outcome(log_of(*rows), "purchase", as_of="2024-01-12", within="10D").y.tolist() == [1.0, 1.0]
    cut = outcome(log_of(*rows), "purchase", as_of="2024-01-10", within="10D", until="2024-01-19")
    assert (len(cut.y), dict(cut.excluded)) == (0, {"pending": 2})
    assert repr(cut) == "Labels(purchase: 0 customers; excluded: 2 pending)"


def test_rules_leave_out_and_count_under_the_first_that_holds() -> None:
    rows = [{"customer_id": one, "at": day(number), "event": "visit"} for one, number in ((1, 0), (2, 0), (3, 28))]
    rows += [{"customer_id": one, "at": day(25), "event": "visit"} for one in (1, 4)]
    joined = pl.DataFrame({"customer_id": [1, 2, 3, 4], "joined": [day(0), day(0), day(28), day(-300)]})
    consents = pl.DataFrame(
        {
            "customer_id": [1, 1, 4, 4, 4, 3],
            "at": [day(1), day(40), day(1), day(2), day(1), day(1)],
            "channel": ["web", "web", "web", "web", "app", "web"],
            "purpose": ["profiling"] * 6,
            "granted": [True, False, True, False, True, True],
            "until": [None, None, None, None, day(20), None],
        }
    )
    log = log_of(*rows, customers=joined, consents=consents)
    every = Eligible(tenure="10D", active="15D", consent="profiling")
    found = outcome(log, "visit", as_of="2024-01-31", within="1D", until="2024-03-01", among=every)
    assert found.y.to_dict() == {1: 0.0}  # 2 was last seen on the first day, 3 is new, 4 withdrew and his other ran out
    assert dict(found.excluded) == {"already churned": 1, "too new": 1, "without consent": 1}
    assert log.check().ok


def test_a_return_takes_back_the_whole_of_its_order_or_nothing() -> None:
    at = {name: day(number) for number, name in enumerate(("seen", "bought", "back"))}
    seen = {"customer_id": 1, "at": at["seen"], "event": "visit"}
    bought = {"customer_id": 1, "at": at["bought"], "event": "purchase", "amount": 0.1 + 0.2, "order_id": 7}
    whole = {"customer_id": 1, "at": at["back"], "event": "return", "amount": -0.3, "order_id": 7}
    for back, expected in ((whole, 0), (whole | {"amount": -0.1}, 1), (whole | {"order_id": 8}, 1), (seen, 1)):
        found = outcome(log_of(seen, bought, back), "purchase", as_of="2024-01-02", within="2D", until="2024-02-01")
        assert found.y.tolist() == [expected]
    every = log_of(seen, bought, whole)
    day_after: dict[str, Any] = {"as_of": "2024-01-02", "within": "1D", "until": "2024-02-01"}
    assert outcome(every, "purchase", **day_after).y.tolist() == [1.0]  # taken back after the time was over
    assert outcome(every, "return", as_of="2024-01-02", within="2D", until="2024-02-01").y.tolist() == [1.0]


def test_several_dates_are_dates_one_by_one() -> None:
    log = simulator.simulate(simulator.World.telecom(n_customers=150), days=150).log
    dates = ["2024-02-01", "2024-03-01", "2024-03-31"]
    for ask in (
        lambda as_of: outcome(log, "visit", as_of=as_of, within="14D"),
        lambda as_of: churned(log, as_of=as_of, within="30D"),
        lambda as_of: churned(log, as_of=as_of, within="30D", by=Silence(Where("visit"))),
        lambda as_of: spent(log, as_of=as_of, within="30D", column="margin"),
    ):
        together = ask(dates)
        alone = [ask(one) for one in dates]
        assert together.y.tolist() == [value for one in alone for value in one.y]
        for why, count in together.excluded.items():
            assert count == sum(one.excluded.get(why, 0) for one in alone)


def test_who_left_and_who_did_not_pay_equal_the_truth_of_a_simulation() -> None:
    run = simulator.simulate(simulator.World.telecom(n_customers=1_500), days=200)
    truth = run.truth.customers.to_pandas().set_index("customer_id")
    begin, end = 60, 180
    dates: dict[str, Any] = {"as_of": "2024-03-01", "within": f"{end - begin}D"}
    told = set(run.log.events.filter(event="contract_ended").collect()["customer_id"].to_list())
    for reason in ("left", "unpaid"):
        found = churned(run.log, **dates, by=Contract(reasons=(reason,)))
        theirs = truth.loc[found.y.index]
        gone = (theirs["gone"] >= begin) & (theirs["gone"] < end) & (theirs["reason"].astype(str) == reason)
        labelled, true = set(found.y.index[found.y == 1.0]), set(gone.index[gone])
        assert labelled
        assert labelled <= true
        assert not (true - labelled) & told  # some leave without being recognised: the brand cannot see it


@pytest.mark.usefixtures("data")
def test_online_retail_equals_what_is_counted_by_hand() -> None:
    log = datasets.online_retail()
    zone = ZoneInfo("Europe/London")
    start, end = (dt.datetime(2011, month, 1, tzinfo=zone) for month in (6, 8))
    events = log.events.select("customer_id", "at", "event", "amount").collect()
    first: dict[int, dt.datetime] = {}
    net: dict[int, float] = {}
    buys: set[int] = set()
    for customer, at, event, amount in events.iter_rows():
        first[customer] = min(at, first.get(customer, at))
        if start <= at < end:
            net[customer] = net.get(customer, 0.0) + amount
            buys |= {customer} if event == "purchase" else set()
    there = sorted(one for one, at in first.items() if at < start)
    asked: dict[str, Any] = {"as_of": "2011-06-01", "within": "61D"}
    assert outcome(log, "purchase", **asked).y.to_dict() == {one: float(one in buys) for one in there}
    assert spent(log, **asked).y.to_dict() == pytest.approx({one: net.get(one, 0.0) for one in there}, abs=1e-6)
    by_item = outcome(log, "purchase", **asked, undone={"return": "item"})
    assert by_item.y.sum() <= outcome(log, "purchase", **asked).y.sum()


@pytest.mark.usefixtures("data")
def test_complete_journey_has_outcomes_and_silences() -> None:
    log = datasets.complete_journey()
    bought = outcome(log, "purchase", as_of="2017-07-01", within="30D", among=Eligible(tenure="30D"))
    assert len(bought.y) + sum(bought.excluded.values()) == 2_379 - _unseen(log, "2017-07-01")
    silent = churned(log, as_of="2017-07-01", within="60D", by=Silence())
    assert len(silent.y) + sum(silent.excluded.values()) == 2_379 - _unseen(log, "2017-07-01")
    assert 0 < silent.y.mean() < 0.5


def _unseen(log: Log, date: str) -> int:
    joined = log.customers.select(pl.col("joined") >= moment(date, log.timezone)).collect().to_series()
    return int(joined.sum())


SIMPLE = log_of({"customer_id": 1, "at": day(0), "event": "visit"})


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: outcome(SIMPLE, "visit", as_of=[], within="1D"), SpecError, "as_of is empty"),
        (lambda: outcome(SIMPLE, "visit", as_of="soon", within="1D"), SpecError, "'soon' is no date"),
        (lambda: outcome(SIMPLE, "visit", as_of="2024-01-02", within="30 days"), SpecError, "within is '30 days'"),
        (lambda: outcome(SIMPLE, {}, as_of="2024-01-02", within="1D"), SpecError, "event is empty"),
        (lambda: outcome(SIMPLE, {"visit": "x"}, as_of="2024-01-02", within="1D"), SpecError, "'visit' is 'x'"),
        (
            lambda: outcome(SIMPLE, Where(table="contacts"), as_of="2024-01-02", within="1D"),
            SpecError,
            "what comes of customers are events",
        ),
        (lambda: outcome("log", "visit", as_of="2024-01-02", within="1D"), SpecError, "log is 'log'"),
        (
            lambda: outcome(SIMPLE, Where(device="phone"), as_of="2024-01-02", within="1D"),
            TableError,
            "events have no column 'device'",
        ),
        (lambda: outcome(log_of(), "visit", as_of="2024-01-02", within="1D"), EvidenceError, "the log has no event"),
        (lambda: outcome(SIMPLE, "visit", as_of="2024-01-02", within="1D", undone="x"), SpecError, "undone is 'x'"),
        (lambda: outcome(SIMPLE, "visit", as_of="2024-01-02", within="1D", among="x"), SpecError, "among is 'x'"),
        (lambda: spent(SIMPLE, as_of="2024-01-02", within="1D", column="cost"), SpecError, "column is 'cost'"),
        (lambda: churned(SIMPLE, as_of="2024-01-02", within="1D", by="x"), SpecError, "by is 'x'"),
        (lambda: Silence(quantile=1.0), SpecError, "quantile is 1.0; give a number above 0 and below 1"),
        (lambda: Silence(least=0), SpecError, "least is 0"),
        (lambda: Contract(reasons={"left"}), SpecError, "reasons is {'left'}"),
        (lambda: Eligible(tenure="-3D"), SpecError, "tenure is '-3D'"),
        (
            lambda: outcome(SIMPLE, "visit", as_of="2024-01-02", within="1h", among=Eligible(consent="profiling")),
            TableError,
            "the log has no consents",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(ask: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ask()


def test_an_outcome_of_no_contract_column_is_refused() -> None:
    bare = replace(SIMPLE, events=SIMPLE.events.drop("contract_id"))
    with pytest.raises(TableError, match="events have no column 'contract_id'"):
        churned(bare, as_of="2024-01-02", within="1D", until="2024-02-01")
