"""A view holds what the brand sees, and nothing else."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl
import pytest

from cjlab.errors import SpecError
from cjlab.simulator import SEEN, Nobody, RandomContacts, View, World, simulate
from cjlab.simulator.kernel import Person

WORLD = World.retail(n_customers=300, seed=2)
RUN = simulate(WORLD, RandomContacts(rate=0.1), days=40)
OPEN = {"customer", "seen", "consent", "recent", "key"}


def public(view: View) -> dict[str, Any]:
    """Everything that a policy can name on a view, but for what is said not to be for policies."""
    return {name: getattr(view, name) for name in dir(view) if not name.startswith("_") and name != "behind"}


def test_no_hidden_field_can_be_reached() -> None:
    offered = public(RUN.view(30))
    hidden = set(Person.names or ()) - OPEN - set(SEEN)
    assert not set(offered) & hidden
    assert not set(offered["frame"].columns) & hidden
    for name in hidden:
        with pytest.raises(SpecError, match="what is seen is"):
            RUN.view(30).seen(name)


def test_even_behind_it_lies_no_hidden_number() -> None:
    behind = RUN.view(30).behind
    assert set(behind._fields) == {"world", "seen", "consent", "ground", "recent", "keys", "memory"}
    remembered = behind.memory.sent(30, days=30).collect_schema()
    assert set(remembered) <= set(RUN.log.contacts.collect_schema())


def test_an_action_does_not_tell_what_it_changes() -> None:
    told = RUN.view(3).actions["catalogue"]
    real = WORLD.actions["catalogue"]
    usual = type(real)(channel="paper")
    same = {field.name for field in fields(real) if getattr(told, field.name) == getattr(real, field.name)}
    assert {"channel", "purpose", "cost", "discount", "valid_days", "category"} <= same
    for name in ("effects", "stages", "half_life", "delay", "delayed", "wear", "recovery", "pulls_forward"):
        assert getattr(told, name) == getattr(usual, name)


def test_what_a_policy_does_to_a_view_changes_nobody() -> None:
    class Vandal:
        per_customer = True

        def decide(self, view: View) -> None:
            for values in (view.seen("orders"), view.consents("email"), view.pressure(7), view.behind.seen):
                values[:] = 0
            with pytest.raises(ValueError, match="read-only"):
                view.customers[:] = 0

    assert simulate(WORLD, Vandal(), days=20).events.equals(simulate(WORLD, Nobody(), days=20).events)


def test_only_those_who_have_joined_are_in_it() -> None:
    joined = RUN.people["customer"][RUN.people["joined"] <= 12]
    assert RUN.view(12).customers.tolist() == joined.tolist()
    assert len(RUN.view(12)) < len(RUN.people)


def test_what_is_seen_agrees_with_the_log() -> None:
    view = RUN.view(40)
    visits = RUN.events.filter((pl.col("event") == "visit") & pl.col("customer_id").is_not_null())
    counted = dict(visits.group_by("customer_id").len().iter_rows())
    assert view.seen("visits").tolist() == [counted.get(who, 0) for who in view.customers]
    assert view.seen("contacts").sum() == RUN.contacts["sent"].sum()


def test_a_score_is_a_score_and_not_a_day() -> None:
    scores = RUN.view(40).seen("last_score")
    known = scores[~np.isnan(scores)]
    assert len(known) > 3
    assert ((known >= 0) & (known <= 10)).all()


def test_draws_are_keyed_by_purpose_and_customer() -> None:
    view, fewer = RUN.view(5), simulate(WORLD.but(n_customers=20), days=5).view(5)
    few = np.isin(view.customers, fewer.customers)
    assert (view.draw("who")[few] == fewer.draw("who")).all()
    assert abs(np.corrcoef(view.draw("who"), view.draw("what"))[0, 1]) < 0.2
    with pytest.raises(SpecError, match="purpose is 3; give text"):
        view.draw(3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda view: view.consents("fax"), "channel is 'fax'; allowed: 'web'"),
        (lambda view: view.pressure(0), "days is 0; give a whole number from 1"),
        (lambda view: view.pressure(1.5), "days is 1.5"),
        (lambda view: view.seen(None), "what is seen is None; allowed"),
    ],
)
def test_a_wrong_question_is_named(ask: Any, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        ask(RUN.view(5))
