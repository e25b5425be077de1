"""A plan keeps its limits, comes near its bound, logs true propensities, and decides on one as it does among all."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from benchmarks.proof.planned import AT, RULES, asked, propensities, terms, worth
from cjlab.decisions import Action, Eligibility, Prices, Rules, Terms, eligible, plan
from cjlab.errors import SpecError, TableError
from cjlab.tables import Log
from tests.decisions.rows import NOW, ago, log_of

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.decisions import Plan

PAIR = Rules((Action("mail", "email", 1.0), Action("call", "phone", 3.0)))


@pytest.fixture(scope="module")
def made() -> Plan:
    """Plan for two thousand under limits that bind."""
    return plan(asked(2_000), worth(2_000), terms(2_000), model_version="7", recipe="ab")


def free(n: int, rules: Rules = PAIR) -> Eligibility:
    """Return customers to whom everything is allowed."""
    nothing = np.zeros((n, len(rules.actions)), np.uint64)
    return Eligibility(np.arange(n), rules, AT, nothing, np.zeros(n, np.bool_), np.zeros((n, 5), np.int64))


def valued(rows: Any, rules: Rules = PAIR) -> pd.DataFrame:
    return pd.DataFrame(rows, pd.Index(range(len(rows)), name="customer_id"), rules.names)


def test_a_plan_by_hand() -> None:
    value = valued([[5.0, 4.0], [3.0, 9.0], [1.5, 3.5], [0.5, 1.0]])
    everything = plan(free(4), value, Terms("a", explore=0.0))
    assert everything.done.own.tolist() == [1, 2, 1, 0]  # nets: 4, 1 | 2, 6 | 0.5, 0.5 → by hash | none
    assert everything.worth == pytest.approx(4 + 6 + 0.5)
    scarce = plan(free(4), value, Terms("a", budget=4.0, explore=0.0))
    assert scarce.done.own.tolist() == [1, 2, 0, 0]
    assert scarce.cost == 4.0
    assert scarce.gap == pytest.approx(0.0, abs=1e-6)
    calls = plan(free(4), value, Terms("a", capacity={"phone": 0}, explore=0.0))
    assert calls.done.own.tolist() == [1, 1, 1, 0]
    assert calls.limits()["price"].item() > 4.0 - 1e-3  # a call would bring 6 instead of 2


@given(
    st.lists(st.tuples(st.integers(-2, 9), st.integers(-2, 12)), min_size=1, max_size=6),
    st.one_of(st.none(), st.integers(0, 12)),
    st.one_of(st.none(), st.integers(0, 3)),
)
def test_whole_numbers_find_what_trying_everything_finds(rows: Any, budget: int | None, calls: int | None) -> None:
    said = Terms("a", budget=budget, capacity={} if calls is None else {"phone": calls}, explore=0.0, exact=True)
    value = valued(np.array(rows, float))
    best = 0.0
    for arms in itertools.product([0, 1, 2], repeat=len(rows)):
        fits = budget is None or sum((0, 1, 3)[arm] for arm in arms) <= budget
        if fits and (calls is None or arms.count(2) <= calls):
            best = max(best, sum((0.0, row[0] - 1.0, row[1] - 3.0)[arm] for row, arm in zip(rows, arms, strict=True)))
    whole, prices = plan(free(len(rows)), value, said), plan(free(len(rows)), value, replace(said, exact=False))
    assert whole.worth == pytest.approx(best, abs=1e-5)
    assert prices.worth <= best + 1e-5 <= prices.bound + 2e-5
    for one in (whole, prices):
        limits = one.limits()
        assert (limits["used"] <= limits["limit"]).all()


@pytest.mark.parametrize("share", [0.005, 0.05, 0.25, 1.0])
def test_prices_come_within_a_thousandth_of_the_bound(share: float) -> None:
    n = 30_000
    one = plan(asked(n), worth(n), replace(terms(n), budget=share * n, explore=0.0, exact=False))
    assert one.gap < 1e-3
    assert one.worth <= one.bound
    assert (one.limits()["used"] <= one.limits()["limit"]).all()


def test_what_everybody_wants_alike_is_shared_out_by_hash() -> None:
    n = 1_000
    one = plan(free(n), valued(np.full((n, 2), 4.0)), Terms("a", budget=300.0, explore=0.0, exact=False))
    assert one.cost == 300.0  # mail is worth 3 for 1: just so many get it, though all are equal
    assert set(np.flatnonzero(one.done.own)) != set(range(300))
    other = plan(free(n), valued(np.full((n, 2), 4.0)), Terms("b", budget=300.0, explore=0.0, exact=False))
    assert set(np.flatnonzero(one.done.own)) != set(np.flatnonzero(other.done.own))


def test_logged_propensities_are_the_frequencies_of_the_draws() -> None:
    rates = list(propensities(40, 1_000))
    assert len(rates) > 10
    for rate in rates:
        assert binomtest(rate.count, rate.runs, rate.nominal).pvalue > 1e-4, rate


def test_the_policys_own_choice_does_not_look_at_the_draws(made: Plan) -> None:
    for salt in range(5):
        other = plan(asked(2_000), worth(2_000), terms(2_000, f"other {salt}"))
        assert (other.done.own == made.done.own).all()
        assert (other.done.arms != made.done.arms).any()


def test_the_random_slice_is_drawn_for_a_customer_whoever_else_is_there(made: Plan) -> None:
    everybody = asked(2_000)
    half = np.arange(0, 2_000, 2)
    some = replace(everybody, **{k: getattr(everybody, k)[half] for k in ("customers", "why", "held", "since")})
    other = plan(some, worth(2_000), terms(1_000, "0"))
    random = made.done.slices == 1
    assert (random[half] == (other.done.slices == 1)).all()
    both = other.done.slices == 1
    assert (other.done.arms[both] == made.done.arms[half][both]).all()


def test_one_customer_alone_gets_what_he_gets_in_the_plan(made: Plan) -> None:
    names, propensity = ["none", *RULES.names], made.propensities()
    value, allowed = worth(2_000), made.eligibility.allowed
    assert not made.exact
    for row in range(0, 2_000, 3):
        if made.eligibility.held[row]:
            continue
        may = [name for name, there in zip(RULES.names, allowed[row], strict=True) if there]
        one = made.prices.choose(row, {name: float(value.loc[row, name]) for name in may}, allowed=may)
        assert one.action == names[made.done.arms[row]]
        assert one.own == names[made.done.own[row]]
        assert one.slice == ("policy", "random", "control")[made.done.slices[row]]
        assert one.eligible == {name: propensity[row, names.index(name)] for name in ["none", *may]}
        assert one.propensity == one.eligible[one.action]
        assert sum(one.eligible.values()) == pytest.approx(1.0)
        assert min(one.eligible.values()) > 0


def test_prices_from_a_file_decide_as_the_plan(made: Plan, tmp_path: Path) -> None:
    made.prices.write(tmp_path / "prices.json")
    read = Prices.read(tmp_path / "prices.json")
    assert read == made.prices
    names, chances = ("none", *made.eligibility.rules.names), made.propensities()
    for row in range(0, len(made), 7):
        if made.eligibility.held[row]:
            continue
        allowed = [name for name, there in zip(names[1:], made.eligibility.allowed[row], strict=True) if there]
        values = dict(zip(names[1:], made.values[row], strict=True))
        choice = read.choose(int(made.eligibility.customers[row]), values, allowed=allowed)
        assert choice.action == names[made.done.arms[row]]
        assert choice.propensity == chances[row, made.done.arms[row]]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"format": 2}, "it says .* of format 1"),
        ({"at": "2025-06-01T00:00:00"}, "which has no zone"),
        ({"shadow": ["much"]}, "shadow is 'much'"),
        ({"terms": {"salt": "a", "budgets": 1}}, "terms has an unknown name 'budgets'"),
        ({"actions": 7}, "not iterable"),
    ],
)
def test_a_file_that_holds_no_prices_is_refused(
    made: Plan, tmp_path: Path, change: dict[str, Any], refused: str
) -> None:
    file = tmp_path / "prices.json"
    made.prices.write(file)
    file.write_text(json.dumps(json.loads(file.read_text()) | change))
    with pytest.raises(SpecError, match=f"holds no prices: .*{refused}.*; write them anew with Prices.write"):
        Prices.read(file)


def test_no_more_units_are_promised_than_there_are() -> None:
    shoe = (Action("shoe mail", "email", 0.1, item="shoe"), Action("shoe call", "phone", 0.5, item="shoe"))
    rules = Rules((*shoe, Action("hat", "email", 0.1, item=7)))
    value = valued(np.random.default_rng(3).gamma(2.0, 2.0, (3_000, 3)), rules)
    limits = Terms("a", stock={"shoe": 400, "7": 900, "scarf": 1}, explore=0.1)
    made = plan(free(3_000, rules), value, limits)
    sent = np.bincount(made.done.arms, minlength=4)
    assert 300 < sent[1] + sent[2] <= 400
    assert 700 < sent[3] <= 900
    assert made.limits()["limit"].tolist() == [400, 900]
    assert made.gap < 1e-3


def test_customers_called_by_names_are_drawn_for_alike() -> None:
    given, value = asked(1_000), worth(1_000)
    names = np.array([f"c{n:04}" for n in range(1_000)])
    one = plan(replace(given, customers=names), value.set_axis(pd.Index(names, name="customer_id")), terms(1_000))
    may = [name for name, there in zip(RULES.names, given.allowed[5], strict=True) if there]
    alone = one.prices.choose("c0005", {name: float(value.loc[5, name]) for name in may}, allowed=may)
    assert alone.action == ["none", *RULES.names][one.done.arms[5]]


def test_decisions_are_rows_of_the_log(made: Plan) -> None:
    rows = made.contacts()
    allowed = made.eligibility.allowed.any(axis=1)
    assert rows.height == np.count_nonzero(allowed | made.eligibility.held)
    shares = rows["slice"].value_counts(normalize=True)
    assert set(shares["slice"]) == {"policy", "random", "control", "holdout"}
    held = rows.filter(slice="holdout")
    assert held["customer_id"].to_list() == np.flatnonzero(made.eligibility.held).tolist()
    assert held.select("sent", "arm", "propensity").unique().rows() == [(False, "none", 1.0)]
    random = rows.filter(slice="random")
    assert 0.03 < random.height / rows.height < 0.07
    assert random.filter(arm="none")["sent"].unique().to_list() == [False]
    control = rows.filter(slice="control")
    assert control["arm"].unique().to_list() == ["none"]
    assert not control["choice"].is_in(["none"]).any()
    assert rows["cost"].sum() == pytest.approx(made.cost)
    assert rows["contact_id"].n_unique() == rows.height
    assert rows.select("model_version", "recipe").unique().rows() == [("7", "ab")]
    assert made.contacts(alone=False).height == rows.filter((pl.col("slice") != "policy") | pl.col("sent")).height


def test_a_decision_has_one_name_however_often_it_is_taken(made: Plan) -> None:
    again = plan(asked(2_000), worth(2_000), terms(2_000), model_version="7", recipe="ab")
    assert again.contacts().equals(made.contacts())
    other = plan(asked(2_000), worth(2_000), terms(2_000), model_version="8", recipe="ab")
    assert not set(other.contacts()["contact_id"]) & set(made.contacts()["contact_id"])


def test_the_contract_of_the_log_holds_for_decisions(rules: Rules) -> None:
    people = range(60)
    pairs = [(one.channel, one.purpose) for one in rules.actions]
    said = [(n, ago(90), *pair, n % 7 > 0, None) for n in people for pair in dict.fromkeys(pairs)]
    told = [(n, "phone", ago(3), "+33", None) for n in people]
    log = log_of(consents=said, profiles=told, item_states=[("shoe", ago(3), None, 4.0)])
    open_ = eligible(log, NOW, rules)
    one = plan(open_, valued(np.full((60, 4), 5.0), rules).astype(float), Terms("a"))
    grown = Log.of(contacts=one.contacts(), customers=log.customers, consents=log.consents, profiles=log.profiles)
    assert not list(grown.check(arms=["none", *rules.names]))
    sent = one.contacts().filter("sent")
    assert sent.height > 30
    assert sent["consent"].str.contains(r"^(email|sms|phone) (marketing|service) since 2025-03-03T09:00:00Z$").all()
    assert (
        one.contacts().filter(~pl.col("sent"))["consent"].null_count() == one.contacts().filter(~pl.col("sent")).height
    )


def test_a_contact_with_the_holdout_cannot_be_planned(made: Plan) -> None:
    held = int(np.flatnonzero(made.eligibility.held)[0])
    arms = made.done.arms.copy()
    arms[held] = 1
    with pytest.raises(SpecError, match=f"the plan sends 'news' to customer {held}, which is kept back: holdout"):
        replace(made, done=made.done._replace(arms=arms))
    barred = int(np.flatnonzero((made.eligibility.why[:, 0] == 2) & ~made.eligibility.held)[0])
    arms = made.done.arms.copy()
    arms[barred] = 1
    with pytest.raises(SpecError, match=f"to customer {barred}, which is kept back: consent|no consent known"):
        replace(made, done=made.done._replace(arms=arms))


def test_shares_that_are_drawn_are_reserved_for() -> None:
    with pytest.raises(SpecError, match=r"budget is 10, and the random slice alone may take .*: 0.05 of 1,"):
        plan(asked(2_000), worth(2_000), Terms("a", budget=10.0))
    with pytest.raises(SpecError, match="phone is 3, and the random slice alone may take"):
        plan(asked(2_000), worth(2_000), Terms("a", capacity={"phone": 3}))


def test_a_plan_shows_what_it_sends_and_what_is_scarce(made: Plan) -> None:
    shown = made.to_frame()
    assert (shown["sent"] == shown["by_policy"] + shown["at_random"]).all()
    assert shown["cost"].sum() == pytest.approx(made.cost)
    assert shown["sent"].sum() == made.contacts()["sent"].sum()
    limits = made.limits().set_index("name")
    assert limits.index.tolist() == ["budget", "phone", "sms"]
    assert (limits["for_policy"] < limits["limit"]).all()
    assert (limits["price"] > 0).all()  # all three bind
    assert limits.loc["budget", "used"] == pytest.approx(made.cost)


def test_a_shadow_price_is_what_a_little_more_would_bring() -> None:
    n = 30_000
    said = replace(terms(n), explore=0.0, exact=False)
    one, more = (plan(asked(n), worth(n), replace(said, budget=said.budget * by)) for by in (1.0, 1.01))
    gained = (more.bound - one.bound) / (0.01 * said.budget)
    assert gained == pytest.approx(one.prices.shadow[0], rel=0.03)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (
            lambda v: v.assign(call=np.nan),
            "of customer 0 and action 'call' it is nan or absent, as of 3 allowed",
        ),
        (lambda v: v.assign(call=np.inf), "action 'call' it is inf or absent"),
        (lambda v: v.iloc[1:], "value: of customer 0 and action 'mail' it is nan or absent, as of 2 allowed pairs"),
        (lambda v: v.drop(columns="mail"), "value has no column 'mail'"),
        (lambda v: v.assign(mail="a"), "value: column 'mail' is of type String; give numbers"),
        (lambda v: pd.concat([v, v.iloc[:1]]), "value: customer 0 stands there more than once"),
        (lambda v: v.set_axis(pd.Index(["a", "b", "c"], name="customer_id")), "value: customer_id is of type String"),
        (lambda v: v.reset_index(drop=True), "value has no column 'customer_id'"),
        (lambda _: "value", "value is a str; give a pandas, Polars or Arrow frame"),
    ],
)
def test_values_that_are_none_are_refused(change: Any, refused: str) -> None:
    with pytest.raises(TableError, match=refused):
        plan(free(3), change(valued([[1.0, 2.0]] * 3)), Terms("a", explore=0.0))


def test_a_value_of_what_is_not_allowed_is_not_asked_for() -> None:
    given = free(2)
    barred = replace(given, why=np.array([[0, 2], [0, 0]], np.uint64))
    one = plan(barred, valued([[3.0, np.nan], [3.0, 9.0]]).iloc[::-1], Terms("a", explore=0.0))
    assert one.done.own.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"budget": -1}, "terms: budget is -1; give a number of 0 or more"),
        ({"budget": float("nan")}, "terms: budget is nan; give a finite number"),
        ({"capacity": 5}, "terms: capacity is 5; give a number for each channel"),
        ({"capacity": {"phone": -2}}, "terms: capacity of 'phone' is -2; give a number of 0 or more"),
        ({"stock": 5}, "terms: stock is 5; give a number for each item"),
        ({"explore": 0.6}, "terms: explore is 0.6; give a number from 0 to 0.5"),
        ({"control": -0.1}, "terms: control is -0.1; give a number from 0 to 0.5"),
        ({"exact": "yes"}, "terms: exact is 'yes'; allowed"),
        ({"salt": " "}, "terms: salt is ' '; give text"),
    ],
)
def test_terms_that_cannot_be_are_refused(said: Any, refused: str) -> None:
    with pytest.raises(SpecError, match=refused):
        Terms(**{"salt": "a", **said})


def test_one_customer_is_refused_by_name() -> None:
    prices = Prices(PAIR.actions, Terms("a"), AT, ())
    with pytest.raises(SpecError, match="allowed is 'fax'; allowed: 'mail' or 'call'"):
        prices.choose(1, {}, allowed=["fax"])
    with pytest.raises(SpecError, match="values of customer 1 lack 'mail'; give each allowed action its own"):
        prices.choose(1, {"call": 2.0}, allowed=["mail", "call"])
    with pytest.raises(SpecError, match="value of 'mail' is nan; give a finite number"):
        prices.choose(1, {"mail": float("nan")}, allowed=["mail"])
    assert prices.choose(1, {}, allowed=[]) == ("none", "policy", 1.0, {"none": 1.0}, "none")


def test_what_is_no_eligibility_and_no_terms_is_refused() -> None:
    with pytest.raises(SpecError, match=r"eligibility is None; give what cj.decisions.eligible returned"):
        plan(None, None, Terms("a"))  # type: ignore[arg-type] # what a person might give
    with pytest.raises(SpecError, match=r"terms are None; give cj.decisions.Terms"):
        plan(free(1), None, None)  # type: ignore[arg-type] # what a person might give


def test_nobody_and_nothing_is_a_plan_too() -> None:
    empty = plan(free(0), valued(np.zeros((0, 2))), Terms("a", budget=9.0, explore=0.0))
    assert (len(empty), empty.cost, empty.gap, empty.contacts().height) == (0, 0.0, 0.0, 0)
