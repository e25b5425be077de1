"""Champion and challenger: the better one is promoted, and nothing else is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, norm

from benchmarks.proof.challengers import HALF, known, learnt, market
from cjlab.errors import SpecError, TableError
from cjlab.loop import Evidence, Gate, Limits, challenge
from cjlab.loop._gates import lately, worth
from cjlab.loop._rule import ruled
from cjlab.models import Uplift

if TYPE_CHECKING:
    from benchmarks.proof.challengers import Market

EVERY = ["data", "unseen", "kept", "fast", "ranking", "promise", "segment north", "segment south", "value"]


class Told:
    """A model that says what it is told."""

    def __init__(self, effects: pd.DataFrame) -> None:
        """Keep the effects, by row."""
        self.effects = effects

    def predict(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803 - scikit-learn's name
        """Return them."""
        return self.effects.loc[X.index]


@pytest.fixture(scope="module")
def later() -> Market:
    """A market whose customers nobody has learnt from."""
    return market(100, customers=20_000)


def test_a_better_challenger_passes_every_gate(later: Market) -> None:
    champion, challenger = learnt(market(0, customers=20_000), "bcdef"), learnt(market(1, customers=20_000))
    found = challenge(champion, challenger, known(later))
    assert [gate.name for gate in found.gates] == EVERY
    assert found.promoted
    assert later.worth(challenger) > later.worth(champion)


def test_the_champion_stays_against_himself_and_his_double(later: Market) -> None:
    champion, double = learnt(market(2, customers=20_000)), learnt(market(3, customers=20_000))
    assert challenge(champion, champion, known(later)).gates[-1].figure == 0.0
    assert not challenge(champion, champion, known(later)).promoted
    assert not challenge(champion, double, known(later)).promoted


def test_who_turns_the_treatment_round_is_stopped(later: Market) -> None:
    own = market(4, customers=20_000)
    turned = own._replace(arm=np.where(own.arm == "mail", "none", "mail"))
    found = challenge(learnt(own), learnt(turned), known(later))
    assert not found.promoted
    assert found.gates[-1].name == "ranking"
    assert "its high end may not lie below 0" in found.reason


def test_who_has_seen_the_customers_he_is_judged_on_is_stopped(later: Market) -> None:
    since = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    model, rows = learnt(market(5, customers=5_000)), known(later, since=since)
    found = challenge(None, model, rows, learnt_until=since + dt.timedelta(days=1))
    assert found.gates[-1][:6] == (
        "unseen",
        -1.0,
        pytest.approx(np.nan, nan_ok=True),
        pytest.approx(np.nan, nan_ok=True),
        0.0,
        False,
    )
    assert challenge(None, model, rows, learnt_until=since).promoted


def test_who_promises_too_much_is_stopped(later: Market) -> None:
    own = market(5, customers=5_000)
    boasting = learnt(own._replace(outcome=10 * own.outcome))
    found = challenge(None, boasting, known(later))
    assert found.gates[-1].name == "promise"
    assert found.gates[-1].figure > found.gates[-1].threshold > 0


def test_who_cannot_be_stored_or_is_slow_or_large_is_stopped(later: Market) -> None:
    told, model = Told(pd.DataFrame({"mail": later.effect}, index=later.X.index)), learnt(market(6, customers=2_000))
    assert challenge(None, told, known(later)).gates[-1].name == "kept"
    assert "give a model of cjlab.models" in challenge(None, told, known(later)).reason
    assert challenge(None, model, known(later), limits=Limits(milliseconds=1e-6)).gates[-1].name == "fast"
    assert challenge(None, model, known(later), limits=Limits(megabytes=1e-6)).gates[-1].name == "kept"


def test_who_does_worse_in_a_segment_is_stopped_though_he_is_better_on_the_whole() -> None:
    """The champion knows the small segment; the challenger knows all others, and does harm there."""
    later = market(7, customers=30_000)
    small = np.arange(30_000) % 10 == 0
    effect = np.where(small, -3.0, 1.0)
    outcome = later.outcome + (later.arm == "mail") * (effect - later.effect)
    rows = Evidence(later.X, outcome, later.arm, "none", HALF, segment=np.where(small, "small", "large"))
    fitted = Uplift().fit(later.X[["a"]], outcome, arm=later.arm, control="none", propensity=HALF)
    found = challenge(None, fitted, rows)
    assert found.gates[-1].name == "segment small"
    assert found.reason.startswith("'small': -")


def test_a_challenger_without_an_arm_or_a_feature_is_stopped_by_name(later: Market) -> None:
    model = learnt(market(8, customers=2_000))
    rows = known(later)
    without = Evidence(rows.X.drop(columns="a"), rows.outcome, rows.arm, "none", HALF)
    found = challenge(None, model, without)
    assert [gate.name for gate in found.gates] == ["data"]
    assert "'a'" in found.reason
    mute = Told(pd.DataFrame({"call": later.effect}, index=later.X.index))
    assert "the model knows no arm 'mail'" in challenge(None, mute, rows).reason
    blank = Told(pd.DataFrame({"mail": np.where(later.effect > 0, np.nan, 0.0)}, index=later.X.index))
    assert "foretells no number for" in challenge(None, blank, rows).reason


def test_without_overlap_nobody_is_promoted() -> None:
    later = market(9, customers=2_000)
    few = np.where(np.arange(2_000) < 12, "mail", "none")
    rows = Evidence(later.X, later.outcome, few, "none", {"mail": 0.006, "none": 0.994})
    found = challenge(None, learnt(market(10, customers=2_000)), rows)
    assert not found.promoted
    assert not found.gates[-1].passed


def test_evidence_that_does_not_belong_together_is_refused(later: Market) -> None:
    with pytest.raises(TableError, match="outcome has 3 rows and X has 20,000"):
        Evidence(later.X, later.outcome[:3], later.arm, "none", HALF)
    with pytest.raises(TableError, match="control is 'nobody'; the arms are 'mail' or 'none'"):
        Evidence(later.X, later.outcome, later.arm, "nobody", HALF)
    with pytest.raises(SpecError, match="costs names 'post'"):
        Evidence(later.X, later.outcome, later.arm, "none", HALF, costs={"post": 1.0})
    with pytest.raises(SpecError, match="milliseconds is 0"):
        Limits(milliseconds=0)


def test_a_gain_that_is_called_provable_is_shown_in_four_of_five_cases() -> None:
    rng, n = np.random.default_rng(0), 1_000
    everybody = Told(pd.DataFrame({"mail": np.ones(n)}))

    def asked(gain: float) -> Gate:
        arm = rng.choice(["none", "mail"], n)
        outcome = rng.normal(0, 1, n) + gain * (arm == "mail")
        drawn = Evidence(pd.DataFrame(index=range(n)), outcome, arm, "none", HALF)
        return worth(ruled(everybody, drawn), ruled(None, drawn), drawn, margin=0.0, confidence=0.95)

    gain = (norm.ppf(0.975) + norm.ppf(0.8)) * 2 / np.sqrt(n)  # half are contacted, and the outcome's deviation is 1
    assert np.mean([asked(gain).provable() for _ in range(50)]) == pytest.approx(gain, rel=0.02)
    shown = sum(asked(gain).passed for _ in range(2_000))
    assert binomtest(shown, 2_000, 0.8).pvalue > 0.01
    assert not binomtest(sum(asked(gain / 2).passed for _ in range(200)), 200, 0.8).pvalue > 0.01


def test_what_has_no_interval_says_nothing_of_what_is_provable() -> None:
    assert np.isnan(Gate("kept", 0.1, np.nan, np.nan, 200.0, passed=True, said="").provable())
    with pytest.raises(SpecError, match="power"):
        Gate("value", 0.1, -0.2, 0.4, 0.0, passed=False, said="").provable(power=1.2)


def test_what_nobody_can_tell_of_the_latest_decisions_does_not_let_a_version_in() -> None:
    everybody = Told(pd.DataFrame({"mail": np.ones(100)}))
    drawn = Evidence(pd.DataFrame(index=range(100)), np.zeros(100), np.tile(["none", "mail"], 50), "none", HALF)
    nobody = replace(drawn, arm=np.repeat("none", 100))  # whom a new version would contact, nobody contacted
    found = lately(ruled(everybody, drawn), ruled(None, drawn), nobody, 0.95)
    assert not found.passed
    assert found.said.startswith("not known")
