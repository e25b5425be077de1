"""Figures of a simulated market: a life, and true differences by group."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from cjlab import plots
from cjlab.errors import EvidenceError, SpecError
from cjlab.simulator import Everyone, Life, Split, World, simulate

if TYPE_CHECKING:
    import plotly.graph_objects as go

RUN = simulate(World.retail(n_customers=300, seed=7), Everyone(every=7), days=120)
EFFECTS = RUN.effect_of("text", 60, 28, replicates=20)
SPLIT = EFFECTS.by(RUN.truth.personas(EFFECTS.customers))


def told(figure: go.Figure) -> dict[str, Any]:
    return dict(figure.layout.meta["cjlab"])


@pytest.fixture(params=[2, 50, 200])
def life(request: pytest.FixtureRequest) -> Life:
    """One of several lives."""
    return RUN.life(request.param)


def test_every_message_that_was_sent_stands_in_a_lane(life: Life) -> None:
    figure = plots.life(life)
    lanes = list(figure.layout.yaxis.ticktext)
    sent = life.contacts.filter("sent")
    carrying = [lanes.index(name) for name in ("E-mail", "Text message", "Letter") if name in lanes]
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    messages = [trace for trace in marks if not trace.uid.startswith(("bad-x-", "good-cross-"))]
    assert sum(len(trace.x) for trace in messages if trace.y[0] in carrying) == sent.height


def test_who_unsubscribed_and_agreed_again_is_marked_on_the_days_he_said_so() -> None:
    said = RUN.log.events.filter(pl.col("event") == "subscribed", pl.col("channel") == "sms").collect()
    back = RUN.life(int(said["customer_id"][0]))
    figure, lane = plots.life(back), [*plots.life(back).layout.yaxis.ticktext].index("Text message")
    for event, uid in (("unsubscribed", "bad-x"), ("subscribed", "good-cross")):
        days = back.events.filter(event=event, channel="sms")["day"].to_list()
        drawn = [x for trace in figure.data if trace.uid == f"{uid}-{lane}" for x in trace.x]
        assert drawn == [day + 0.5 for day in days]
    assert any(row[2] == "agreed to be written to" for row in told(figure)["table"]["rows"])


def test_every_trace_has_a_name_of_its_own(life: Life) -> None:
    """A page finds the ink of a trace by its uid: two of one name would leave one of them in the wrong colour."""
    names = [trace.uid for trace in plots.life(life).data]
    assert len(set(names)) == len(names)


def test_the_truth_covers_every_day_since_the_customer_joined(life: Life) -> None:
    bands = [trace for trace in plots.life(life).data if "-stage-" in trace.uid]
    assert bands[0].x[0] == life.states["day"][0]
    assert all(one.x[1] == other.x[0] for one, other in pairwise(bands))
    assert bands[-1].x[1] == RUN.days


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_life_is_told_in_words_and_rows(life: Life, language: str) -> None:
    figure = plots.life(life, language=language)
    said = told(figure)
    assert str(life.contacts.filter("sent").height) in said["finding"]
    assert ("fictif" if language == "fr" else "made-up") in said["finding"]
    assert len(said["table"]["rows"]) >= life.contacts.height * 0.9
    assert all(len(row) == 4 for row in said["table"]["rows"])
    assert len(said["narrow"]["annotations"]) == len(figure.layout.yaxis.ticktext)


def test_groups_are_drawn_with_their_own_numbers() -> None:
    figure = plots.split(SPLIT)
    drawn = sorted(x for trace in figure.data if trace.error_x.array is not None for x in trace.x)
    assert drawn == pytest.approx(sorted(100 * one.estimate for one in SPLIT.groups))
    assert told(figure)["table"]["rows"][0][1] == f"{len(EFFECTS.customers)}"


def test_a_finding_names_who_gains_and_who_loses() -> None:
    ends = {"bargain": (0.1, 0.2), "faithful": (-0.2, -0.1), "odd_one": (-0.1, 0.1)}
    up, down, still = (SPLIT.groups[0]._replace(name=name, low=low, high=high) for name, (low, high) in ends.items())
    figure = plots.split(Split("purchase", (SPLIT.groups[0], up, down, still)))
    assert told(figure)["finding"] == (
        "Share of customers who buy: up for bargain hunters. Share of customers who buy: down for faithful customers."
        " For odd one the interval contains zero."
    )


def test_what_holds_in_every_group_is_said_once() -> None:
    rising = tuple(one._replace(low=0.1, high=0.2) for one in SPLIT.groups)
    assert told(plots.split(Split("orders", rising)))["finding"] == "Orders: up in every group."


def test_a_group_of_one_is_left_out_and_nothing_cannot_be_drawn() -> None:
    alone = SPLIT.groups[0]._replace(name="alone", customers=1, low=np.nan, high=np.nan)
    assert len(told(plots.split(Split("net", (SPLIT.groups[0], alone))))["table"]["rows"]) == 1
    with pytest.raises(EvidenceError, match="no group has two customers; an interval needs two"):
        plots.split(Split("net", (alone,)))


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(SpecError, match="language is 'de'; allowed: en, fr"):
        plots.split(SPLIT, language="de")
    with pytest.raises(SpecError, match="language is 'de'; allowed: en, fr"):
        plots.life(RUN.life(2), language="de")
