"""What a policy of one's own may answer, and what is said of rubbish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from cjlab.errors import SpecError, TableError
from cjlab.simulator import Contacts, World, simulate

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjlab.simulator import View

WORLD = World.retail(n_customers=60, seed=1)


@dataclass
class Own:
    """A policy that answers whatever a test says."""

    answer: Callable[[View], Any]
    per_customer: bool = True

    def decide(self, view: View) -> Any:
        return self.answer(view)


def answered(answer: Callable[[View], Any], days: int = 2) -> pl.DataFrame:
    return simulate(WORLD, Own(answer), days=days).contacts


def columns(view: View, **more: Any) -> dict[str, Any]:
    return {"customer_id": view.customers[:3], "action": ["news", "text", "news"], **more}


def test_every_kind_of_frame_says_the_same() -> None:
    more = {"propensity": [0.5, None, 0.25], "campaign": ["a", "b", "a"], "sent": [True, True, False]}
    kinds = (
        lambda view: Contacts(
            customers=view.customers[:3],
            actions=["news", "text", "news"],
            propensity=[0.5, np.nan, 0.25],
            campaign=["a", "b", "a"],
            sent=[True, True, False],
        ),
        lambda view: pl.DataFrame(columns(view, **more)),
        lambda view: pl.LazyFrame(columns(view, **more)).with_columns(pl.col("action").cast(pl.Categorical)),
        lambda view: pd.DataFrame(columns(view, **more)),
        lambda view: pd.DataFrame(columns(view, **more)).set_index("customer_id"),
        lambda view: pa.table(columns(view, **more)),
        lambda view: pl.DataFrame(columns(view, **more)).reverse().sort("action", "customer_id"),
    )
    first, *others = (answered(kind, days=1) for kind in kinds)
    assert first.height == 3
    assert first["slice"].cast(pl.String).to_list() == ["policy", "policy", "control"]
    assert first["propensity"].to_list() == [0.5, None, 0.25]
    assert all(first.equals(other) for other in others)


@pytest.mark.parametrize(
    "nothing",
    [
        None,
        pl.DataFrame({"customer_id": [], "action": []}),
        Contacts(customers=[], actions=[]),
        pd.DataFrame({"customer_id": [], "action": []}),
    ],
)
def test_nothing_is_an_answer(nothing: Any) -> None:
    assert answered(lambda _: nothing).height == 0


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda _: 7, "the policy's contacts is a int; give|the policy answered 7; give Contacts, a frame, or None"),
        (lambda _: "news", "the policy answered 'news'; give Contacts, a frame, or None"),
        (lambda _: {"customer_id": [1]}, "contacts is a dict; give a pandas, Polars or Arrow frame"),
        (lambda v: pl.DataFrame({"customer": v.customers}), "have no column|has no column 'customer_id' or 'action'"),
        (lambda v: pl.DataFrame(columns(v, mood=1)), "unknown column 'mood'; allowed: 'customer_id', 'action'"),
        (
            lambda v: Contacts(customers=[*v.customers[:1], 999], actions="news"),
            "name customer 999, who is not in the view of day 0",
        ),
        (lambda v: Contacts(customers=v.customers[[0, 0]], actions="news"), "send 'news' twice to customer 1 on day 0"),
        (
            lambda v: Contacts(customers=v.customers[:1].astype(float), actions="news"),
            r"customer_id holds 1.0 \(float64\); give whole numbers, none unknown",
        ),
        (lambda _: Contacts(customers=["1"], actions="news"), r"customer_id holds '1' .*; give whole numbers"),
        (lambda _: Contacts(customers=[True], actions="news"), "customer_id holds True"),
        (lambda _: Contacts(customers=[[1, 2]], actions="news"), r"customer_id has shape \(1, 2\) for 2 customers"),
        (
            lambda _: pl.DataFrame({"customer_id": [1, None], "action": "news"}),
            "column 'customer_id' has 1 nulls; fill them",
        ),
        (
            lambda _: pl.DataFrame({"customer_id": [1, 2], "action": ["news", None]}),
            "column 'action' has 1 nulls; fill them",
        ),
        (lambda _: Contacts(customers=[1], actions=3), r"action holds 3 \(int64\); give text"),
        (
            lambda _: Contacts(customers=[1], actions=["news", "text"]),
            r"action has shape \(2,\) for 1 customers; give one value, or one each",
        ),
        (lambda _: Contacts(customers=[1], actions="newsletter"), "name the action 'newsletter'; allowed: 'reminder'"),
        (
            lambda _: Contacts(customers=[1], actions="news", slice="holdout"),
            "name the slice 'holdout'; allowed: 'policy', 'random' or 'control'",
        ),
        (lambda _: Contacts(customers=[1], actions="news", sent=1), r"sent holds 1 \(int64\); give true or false"),
        (
            lambda _: Contacts(customers=[1], actions="news", propensity=0.0),
            "propensity is 0.0; give above 0 to 1, or NaN",
        ),
        (lambda _: Contacts(customers=[1], actions="news", propensity=np.inf), "propensity is inf; give above 0 to 1"),
        (lambda _: Contacts(customers=[1], actions="news", propensity="half"), "propensity holds 'half'"),
        (
            lambda _: Contacts(customers=[1], actions="news", second=86_400),
            "second is 86400; give seconds of the day, 0 to 86,399",
        ),
        (lambda _: Contacts(customers=[1], actions="news", second=-1), "second is -1; give seconds of the day"),
        (
            lambda _: Contacts(customers=[1], actions="news", second=9.5),
            r"second holds 9.5 \(float64\); give whole numbers",
        ),
        (lambda _: Contacts(customers=[1], actions="news", campaign=None), "campaign holds None"),
        (
            lambda _: Contacts(customers=[1], actions="news", campaign=" "),
            "campaign is ' '; give text that is not blank",
        ),
        (lambda _: Contacts(customers=[1], actions="news", campaign="\ud800"), r"campaign is '\\ud800'; give text"),
        (lambda _: Contacts(customers=[1], actions="news", step=2_000_000), "step is 2000000; give a number from 1 to"),
        (lambda _: Contacts(customers=[1], actions="news", step=np.uint64(2**64 - 1)), "step is 18446744073709551615"),
        (
            lambda v: Contacts(customers=np.ma.array(v.customers[:2], mask=[True, False]), actions="news"),
            "hold masked values; fill them, or leave those customers out",
        ),
        (
            lambda _: pl.LazyFrame({"customer_id": ["a"], "action": "news"}).cast({"customer_id": pl.Int64}),
            r"cannot be read \(conversion from `str` to `i64` failed",
        ),
    ],
)
def test_rubbish_is_named(answer: Callable[[View], Any], said: str) -> None:
    with pytest.raises(TableError, match=said) as refused:
        answered(answer)
    assert "policy Own, day 0 (2024-01-01)" in refused.value.__notes__


def test_campaigns_are_no_names_of_customers() -> None:
    names = [f"c{number}" for number in range(65_536)]
    world = World.retail(n_customers=70_000, newcomers=0.0)
    policy = Own(lambda v: Contacts(customers=v.customers[:65_536], actions="news", campaign=names), per_customer=False)
    with pytest.raises(TableError, match="have 65,536 campaigns; at most 65,535: name what is sent, not whom to"):
        simulate(world, policy, days=1)


def test_more_than_eight_a_day_are_refused() -> None:
    many = World.retail(n_customers=5).but(actions={f"a{n}": WORLD.actions["news"] for n in range(9)}, habits={})
    policy = Own(lambda _: pl.DataFrame({"customer_id": [1] * 9, "action": [f"a{n}" for n in range(9)]}))
    with pytest.raises(TableError, match="customer 1 has 9 on day 0; at most 8"):
        simulate(many, policy, days=1)


def test_what_a_policy_raises_comes_through_with_the_day() -> None:
    def fails(view: View) -> None:
        if view.day == 3:
            raise KeyError("score")

    with pytest.raises(KeyError, match="score") as raised:
        answered(fails, days=5)
    assert raised.value.__notes__ == ["policy Own, day 3 (2024-01-04)"]


def test_an_answer_to_an_event_comes_after_it() -> None:
    class Early(Own):
        def on_event(self, view: View, events: pl.DataFrame) -> Contacts:
            del view
            return Contacts(customers=events["customer_id"].unique().to_numpy(), actions="news", second=0)

    with pytest.raises(TableError, match=r"answer customer .* at second 0, before anything of his was seen that day"):
        simulate(WORLD, Early(lambda _: None), days=9)


def test_only_whom_something_happened_to_is_answered() -> None:
    class Stray(Own):
        def on_event(self, view: View, events: pl.DataFrame) -> Contacts:
            quiet = np.setdiff1d(view.customers, events["customer_id"].to_numpy())
            return Contacts(customers=quiet[:1], actions="news")

    with pytest.raises(TableError, match="before anything of his was seen that day"):
        simulate(WORLD, Stray(lambda _: None), days=9)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (7, r"policy is 7; give one of cj.simulator's, or an object with decide\(view\)"),
        (Own, r"policy is the class Own; give an instance: Own\(…\)"),
        (type("Bare", (), {"decide": print})(), "policy Bare has no per_customer; set it to True where"),
        (
            type("Odd", (), {"decide": print, "per_customer": True, "every": 0})(),
            "policy Odd: every is 0; give a whole number from 1",
        ),
        (type("Half", (), {"decide": print, "per_customer": True, "every": 1.5})(), "policy Half: every is 1.5"),
        (
            type("Deaf", (), {"decide": print, "per_customer": True, "on_event": 3})(),
            "policy Deaf: on_event is no method",
        ),
    ],
)
def test_what_is_no_policy_is_named(policy: Any, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        simulate(WORLD, policy, days=2)
