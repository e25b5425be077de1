"""What a decision says: which arm for which reason, with the numbers that decided, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from cjlab.errors import EvidenceError
from cjlab.experiments import Arm, Experiment, Metric, Reason, Value, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.experiments import Readout

CASES = [
    (
        "stop, guardrail",
        ["crosses a line: customers who complain, +10.00 points (", "where at most +0.01 points was agreed"],
        ["une limite est franchie : clients qui réclament, +10,00 points (", "limite convenue : au plus +0,01 point"],
    ),
    (
        "stop, futile",
        ["does less than the least effect worth having, +50.00 points", "even the better end, +"],
        ["fait moins que l’effet minimal utile, +50,00 points", "même la borne favorable, +"],
    ),
    (
        "stop, below expected",
        ["does less than the test was planned to find, +3.00 points", "falls short of the +3.00 points that"],
        ["que le test devait mettre en évidence, +3,00 points", "reste sous l’effet de +3,00 points"],
    ),
    (
        "stop, costs",
        ["What was tested costs more than it brings.", "of net margin per 1,000 customers (", "Reservation: margin"],
        ["coûte plus que cela ne rapporte.", "de marge nette pour 1 000 clients (", "Réserve : la marge"],
    ),
    (
        "stop, guardrail unknown",
        ["a line that was not to be crossed cannot be measured", "a line cannot be measured: mean refund"],
        ["ne peut pas être mesurée", "ne peut pas être mesurée : remboursement moyen"],
    ),
    (
        "keep testing, mixed",
        ["Not yet decided: the letter. To be stopped: the call.", "it makes things worse"],
        ["Pas encore tranché : la lettre. À arrêter : l’appel.", "l’effet est contraire au but"],
    ),
    (
        "keep testing, out of reach",
        ["the customers who would decide it are out of reach"],
        ["les clients qu’il faudrait pour trancher sont hors de portée"],
    ),
    (
        "works, all lose",
        ["Works, but does not pay.", "Reservation: margin (50 %) and cost (€9.00 a contact) are assumed."],
        ["Efficace, mais non rentable.", "Réserve : la marge (50 %) et le coût (9,00 € par contact) sont supposés."],
    ),
    (
        "tied",
        ["Call (+5.20 points, €", "The letter costs less, and is taken."],
        ["Appel (+5,20 points, ", "La lettre coûte moins, et c’est le choix retenu."],
    ),
    (
        "tied, equal costs",
        ["They cost the same, and the test cannot tell them apart. The call is taken for its higher estimate alone."],
        ["Le coût est le même, et le test ne les départage pas. L’appel est le choix retenu"],
    ),
    (
        "invalid",
        ["No message 1,600 instead of 1,867, Letter 2,000 instead of 1,867, Call 2,000 instead of 1,867 (p < 0.001)"],
        ["Aucun message 1 600 au lieu de 1 867, Lettre 2 000 au lieu de 1 867", "(p < 0,001)"],
    ),
    (
        "held unseen",
        ["Reservation: nobody in either group had an event of “refunds a customer”"],
        ["Réserve : personne, dans aucun des deux groupes, n’a eu d’événement « remboursements par client »"],
    ),
]


def plain(text: str) -> str:
    return re.sub("[\u00a0\u202f]", " ", text)


@pytest.mark.parametrize(("case", "english", "french"), CASES, ids=[case for case, *_ in CASES])
def test_a_decision_names_what_decided(
    readouts: Mapping[str, Readout], case: str, english: list[str], french: list[str]
) -> None:
    for language, wanted in (("en", english), ("fr", french)):
        said = plain(readouts[case].say(language))
        assert not [words for words in wanted if words not in said], said


def test_what_is_false_of_a_stopped_arm_is_not_said(readouts: Mapping[str, Readout]) -> None:
    for case in ("stop, guardrail", "stop, futile", "stop, below expected"):
        assert "worth its contacts" not in readouts[case].say()
        assert "costs more" not in readouts[case].say()


def test_nothing_is_judged_before_its_time(readouts: Mapping[str, Readout]) -> None:
    for case in ("keep testing, small", "keep testing, immature", "keep testing, nobody yet"):
        assert not re.search("works|pays|worse|crosses|costs", readouts[case].say())


def test_the_leader_has_the_best_verdict_then_the_highest_net_value(readouts: Mapping[str, Readout]) -> None:
    assert readouts["keep testing, mixed"].leader == "a"
    losing = readouts["works, all lose"]
    assert losing.leader == max(["a", "b"], key=lambda arm: losing.effect("net", arm).estimate)
    stopped = replace(losing.decision.arms[1], verdict=Verdict.DO_NOT_DEPLOY)
    decision = replace(losing.decision, arms=(losing.decision.arms[0], stopped))
    assert replace(losing, decision=decision).leader == "a"


def many(arms: int, *, each: int = 30) -> tuple[Experiment, pl.DataFrame]:
    names = [f"arm {number}" for number in range(arms)]
    test = Experiment(
        name="many",
        question="Which?",
        control=names[0],
        horizon="7D",
        arms=tuple(Arm(name=name, cost=0.1) for name in names),
        metrics=(
            Metric(name="visit", kind="share", event="visit", role="primary"),
            Metric(name="spend", kind="sum", event="purchase", of="amount"),
            Metric(name="calls", kind="count", event="call", role="guardrail", goal="down", margin=0.2),
        ),
        value=Value(metric="spend"),
    )
    rank = np.arange(arms * each)
    frame = pl.DataFrame(
        {
            "customer_id": rank,
            "arm": [names[one % arms] for one in rank],
            "visit": (rank * 7 % 11 < 4).astype(float),
            "spend": (rank * 13 % 17).astype(float),
            "calls": np.zeros(arms * each),
        }
    )
    return test, frame


def test_all_pairs_of_many_arms_are_those_compared_one_by_one() -> None:
    test, frame = many(8)
    readout = test.read_out_rows(frame)
    assert len(readout.rivals) == 7 * 6 / 2
    assert len(readout.net) == 7 + 7 * 6
    pairs = {(one.arm, one.versus): one for one in readout.net}
    for (arm, versus), one in pairs.items():
        if versus != test.control:
            turned = pairs[versus, arm]
            assert (turned.estimate, turned.low, turned.high) == pytest.approx((-one.estimate, -one.high, -one.low))
    for one in readout.rivals:
        alone = replace(test, control=one.versus, arms=tuple(arm for arm in test.arms if arm.name in one[1:3]))
        pair = alone.read_out_rows(frame.filter(pl.col("arm").is_in(one[1:3]))).effect("visit", one.arm)
        assert (one.estimate, one.low, one.high, one.p) == pytest.approx((pair.estimate, pair.low, pair.high, pair.p))


def test_a_count_that_never_happened_has_an_exact_bound() -> None:
    test, frame = many(3, each=100)
    held = next(one for one in test.read_out_rows(frame).guardrails if one.arm == "arm 1")
    assert (held.effect.low, held.effect.high) == pytest.approx((-3.6889 / 100, 3.6889 / 100), abs=1e-6)
    assert held.held
    assert held.effect.p == 1.0
    few = test.read_out_rows(many(3, each=15)[1])
    assert not few.guardrails[0].held
    assert not few.guardrails[0].broken


def test_of_a_broken_split_among_many_the_furthest_are_named() -> None:
    test, frame = many(6, each=200)
    uneven = frame.filter((pl.col("arm") != "arm 3") | (pl.col("customer_id") < 600))
    said = test.read_out_rows(uneven).say()
    assert "furthest from the plan: arm 3 100 instead of 183," in said
    assert "arm 1" in said or "arm 0" in said
    assert "arm 5" not in said


def test_a_primary_metric_unknown_in_one_arm_is_named() -> None:
    test, frame = many(2)
    basket = Metric(name="basket", kind="mean", event="purchase", of="amount", role="primary")
    blind = replace(test, metrics=(basket, *test.metrics[1:]))
    known = frame.with_columns(basket=pl.when(pl.col("arm") == "arm 0").then("spend"))
    with pytest.raises(EvidenceError, match="metric 'basket' is unknown in arm 'arm 1': nobody there had an event"):
        blind.read_out_rows(known)
    single = frame.with_columns(basket=pl.when((pl.col("arm") == "arm 0") | (pl.col("customer_id") == 1)).then("spend"))
    with pytest.raises(EvidenceError, match="metric 'basket' has no interval in arm 'arm 1'"):
        blind.read_out_rows(single)


def test_every_reason_is_met_by_a_case(readouts: Mapping[str, Readout]) -> None:
    found = {one.reason for readout in readouts.values() for one in readout.decision.arms}
    assert set(Reason) - found == set()


def test_the_first_arm_of_a_list_says_in_what(readouts: Mapping[str, Readout]) -> None:
    for case in ("works, several", "stop, harm"):
        for language, name in (
            ("en", "in the share of customers who come within two weeks ("),
            ("fr", "sur la part des clients qui viennent en deux semaines ("),
        ):
            assert readouts[case].say(language).replace("\xa0", " ").count(name) == 1
