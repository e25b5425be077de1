import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.errors import SpecError, TableError
from cjlab.models import Contacts, whom

COSTS = {"mail": 1.0, "call": 3.0, "sms": 0.0}


def drawn(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.normal(0.5, 2, size=(rows, 3)), columns=["mail", "call", "sms"])


def best(effects: pd.DataFrame, budget: float) -> float:
    """Try every way of contacting."""
    options = [[(0.0, 0.0), *((row[arm] - cost, cost) for arm, cost in COSTS.items())] for _, row in effects.iterrows()]
    ways = (np.sum(way, axis=0) for way in itertools.product(*options))
    return max(float(net) for net, cost in ways if cost <= budget)


def test_by_hand() -> None:
    effects = pd.DataFrame({"mail": [2.0, -1.0, 0.5]}, index=["a", "b", "c"])
    found = whom(effects, control="none", value=3.0, costs={"mail": 2.0})
    assert found.customers.to_dict("index") == {
        "a": {"arm": "mail", "effect": 2.0, "gain": 6.0, "cost": 2.0, "net": 4.0},
        "b": {"arm": "none", "effect": 0.0, "gain": 0.0, "cost": 0.0, "net": 0.0},
        "c": {"arm": "none", "effect": 0.0, "gain": 0.0, "cost": 0.0, "net": 0.0},
    }
    told = {"arm": "mail", "customers": 1, "gain": 6.0, "cost": 2.0, "net": 4.0}
    assert found.to_frame().to_dict("records") == [told]


@given(st.integers(0, 10_000), st.floats(0, 12))
def test_a_budget_is_kept_and_falls_short_of_the_best_by_less_than_a_step(seed: int, budget: float) -> None:
    effects = drawn(5, seed)
    found = whom(effects, control="none", costs=COSTS, budget=budget)
    assert found.cost <= budget + 1e-9
    assert best(effects, budget) - found.net <= found.price * 3.0 + 1e-9  # the dearest step, at its price
    assert found.net <= best(effects, budget) + 1e-9


@given(st.integers(0, 10_000))
def test_without_a_binding_limit_each_customer_gets_what_pays_most(seed: int) -> None:
    effects = drawn(20, seed)
    free, ample = (whom(effects, control="none", costs=COSTS, budget=budget) for budget in (None, 1e6))
    net = effects - pd.Series(COSTS)
    assert free.net == pytest.approx(net.max(axis=1).clip(lower=0).sum())
    assert ample.customers.equals(free.customers)
    assert ample.price == 0


@given(st.integers(0, 10_000), st.integers(0, 20))
def test_a_number_of_contacts_takes_those_that_bring_most(seed: int, most: int) -> None:
    effects = drawn(20, seed)
    found = whom(effects, control="none", costs=COSTS, at_most=most)
    net = (effects - pd.Series(COSTS)).max(axis=1).clip(lower=0)
    assert (found.customers["arm"] != "none").sum() == min(most, (net > 0).sum())
    assert found.net == pytest.approx(net.nlargest(most).sum())


def test_more_budget_never_brings_less() -> None:
    effects = drawn(200, 3)
    nets = [whom(effects, control="none", costs=COSTS, budget=budget).net for budget in range(0, 300, 10)]
    assert all(one <= other for one, other in itertools.pairwise(nets))


def test_a_value_may_differ_between_customers() -> None:
    found = whom(pd.DataFrame({"mail": [0.1, 0.1]}), control="none", value=np.array([5, 50]), costs={"mail": 1.0})
    assert found.customers["arm"].tolist() == ["none", "mail"]


def test_of_many_customers_a_binding_budget_is_spent_to_the_last_contact() -> None:
    effects = pd.DataFrame(np.random.default_rng(0).normal(size=(200_000, 3)), columns=list(COSTS))
    found = whom(effects, control="none", costs=COSTS, budget=5_000)
    assert isinstance(found, Contacts)
    assert 4_996 < found.cost <= 5_000


@pytest.mark.parametrize(
    ("changed", "message", "error"),
    [
        ({"budget": -1.0}, "budget is -1.0; give what all contacts may cost, 0 or more", SpecError),
        ({"budget": np.nan}, "budget is nan; give a finite number", SpecError),
        ({"at_most": -1}, "at_most is -1; give a whole number from 0", SpecError),
        ({"at_most": 1, "budget": 1.0}, "both budget and at_most are given; give one limit", SpecError),
        ({"costs": {"fax": 1.0}}, "costs names 'fax'; the treated arms are 'mail'", SpecError),
        ({"control": "mail"}, "effects has a column 'mail', which is the control", TableError),
        ({"value": [1.0, 2.0]}, r"value has the shape \(2,\) and there are 1 customers", TableError),
        ({"value": np.inf}, "value is missing or infinite in 1 places", TableError),
        ({"effects": pd.DataFrame({"mail": [np.nan]})}, "effects is missing or infinite in 1 places", TableError),
        ({"effects": [0.1]}, "effects is a list; give a frame of pandas with one column a treated arm", TableError),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, object], message: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=message):
        whom(**{"effects": pd.DataFrame({"mail": [0.1]}), "control": "none", **changed})


def test_nobody_gets_an_arm_that_he_may_not_get() -> None:
    effects = drawn(40, 0)
    may = pd.DataFrame(np.random.default_rng(1).random((40, 3)) < 0.5, columns=["sms", "mail", "call"])
    for limits in ({}, {"budget": 8.0}, {"at_most": 9}):
        arms = whom(effects, control="none", costs=COSTS, allowed=may, **limits).customers["arm"]
        assert all(arm == "none" or may.loc[row, arm] for row, arm in arms.items())
    free = whom(effects, control="none", costs=COSTS, allowed=may).net
    assert free == pytest.approx(
        (effects - pd.Series(COSTS)).where(may[effects.columns]).max(axis=1).clip(lower=0).sum()
    )


@pytest.mark.parametrize(
    ("may", "said"),
    [
        (pd.DataFrame({"mail": [True] * 5, "call": [True] * 5}), r"allowed has 5 rows and lacks 'sms'"),
        (pd.DataFrame({arm: [True] * 4 for arm in COSTS}), r"allowed has 4 rows and lacks no arm"),
        (pd.DataFrame({arm: [1] * 5 for arm in COSTS}), "allowed holds 1; give yes or no"),
    ],
)
def test_what_is_allowed_is_said_of_everybody(may: pd.DataFrame, said: str) -> None:
    with pytest.raises(TableError, match=said):
        whom(drawn(5, 0), control="none", allowed=may)
