"""What a page says is plain, whole and grammatical, whatever a test found, in both languages."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

import cjlab as cj
from cjlab.experiments import Experiment, Metric
from cjlab.reports import DesignPage, ExperimentPage
from tests.conftest import CASES, METRICS, TEST, rows
from tests.reports.pages.test_experiment_page import PARTS, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.experiments import Readout

ROOT = Path(__file__).parents[3]
DECLARED = ROOT / "notebooks" / "experiments"
VISITS = {"none": 0.1, "a": 0.13, "b": 0.16}
BASKET = (
    Metric(name="basket", kind="ratio", top="spend", bottom="orders", currency=True, label="basket"),
    Metric(name="orders", kind="count", event="purchase", label="orders"),
)


def silent(*columns: pl.Expr, metrics: tuple[Metric, ...] = ()) -> Readout:
    """Read the small test out with some columns replaced."""
    return replace(TEST, metrics=(*METRICS, *metrics)).read_out_rows(rows(VISITS).with_columns(*columns))


@pytest.fixture(scope="module")
def promotion() -> Readout:
    return Experiment.read(DECLARED / "promotion.toml").read_out(cj.datasets.promotion_test())


def test_what_stands_out_for_another_arm_is_said(data: Path) -> None:
    assert data.is_dir()
    readout = Experiment.read(DECLARED / "hillstrom.toml").read_out(cj.datasets.hillstrom())
    text = spoken(ExperimentPage(readout), ("for_whom", "following")).replace("\xa0", " ")
    assert "The chart shows the men’s e-mail. For the women’s e-mail, some groups differ clearly" in text
    assert "“Bought men’s before” +2.18 points (0.94 to 3.41) and “Never bought men’s” +7.40 points" in text
    assert "with six groups × two e-mails, one of them may stand out by chance alone" in text
    assert "In the next wave, test the women’s e-mail again for “Never bought men’s”" in text
    french = spoken(ExperimentPage(readout, "fr"), PARTS).replace("\u202f", " ").replace("\xa0", " ")
    assert "L’e-mail femme fonctionne aussi (+4,52 points, 3,89 à 5,16), mais rapporte 104 $ de moins" in french


def test_a_week_is_that_of_the_days_of_the_test_less_those_kept_aside(promotion: Readout) -> None:
    text = spoken(ExperimentPage(promotion, timezone="Europe/Paris"), ("plan",))  # 20,000 over 14 days, less 5 %
    assert "about 9,500 customers a week, at the pace of the test, less the 5\xa0% kept aside" in text
    assert "€20 per 1,000 customers, about €190 a week" in text
    everyone = replace(promotion, experiment=replace(promotion.experiment, holdout=0.0))
    assert "about 10,000 customers a week, at the pace of the test Cost" in spoken(
        ExperimentPage(everyone, timezone="Europe/Paris"), ("plan",)
    )


def test_the_cost_of_the_value_table_is_named(promotion: Readout) -> None:
    text = spoken(ExperimentPage(promotion), ("value",))
    assert "Cost of sending per 1,000" in text
    assert "Discounts are already deducted from what customers paid" in text
    arms = tuple(replace(arm, offer_cost=1.0) for arm in promotion.experiment.arms)
    costly = replace(promotion, experiment=replace(promotion.experiment, arms=arms))
    assert "Cost of sending and of offers per 1,000" in spoken(ExperimentPage(costly), ("value",))


def test_the_page_of_a_broken_split_names_groups_and_closes_empty_sections(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["invalid"]
    planned = replace(readout.soundness, planned=6000)
    page = ExperimentPage(replace(readout, soundness=planned))
    text = spoken(page, PARTS)
    assert "Letter: 2,000 · Call: 2,000 · No\xa0message: 1,600; of these 5,600, each group was to get 1,867" in text
    assert "no: 400 missing" in text
    assert "(p <\xa00.001)" in text
    assert "= <" not in text
    assert "No message: 1,600 customers, where the split gives 1,867" in text
    assert "Day by day?" not in text
    for name in ("guardrails", "for_whom", "value", "numbers"):
        part = getattr(page, name)
        assert (part.kind, str(part.html).strip()) == ("text", ""), name


SENTENCES = {  # words that a reader was promised
    "fr": (
        "La remise coûte plus qu’elle ne rapporte",
        "Clients acheteurs en plus (rappel)",
        "intervalles élargis",
        "Tous les résultats sont-ils connus ?",
        "Le hasard produit un tel écart 29 fois sur 100",
        "Prochain bilan",
        "Ce que les e-mails ont changé",
    ),
    "en": (
        "The discount costs more than it brings",
        "Extra customers who order (reminder)",
        "three groups × two e-mails",
        "Chance alone brings such a gap 29 times in 100",
        "What the e-mails changed",
    ),
}


@pytest.mark.parametrize("language", SENTENCES)
def test_the_page_says_what_was_promised(promotion: Readout, language: str) -> None:
    text = spoken(ExperimentPage(promotion, language), PARTS).replace("\u202f", " ")
    assert not [one for one in SENTENCES[language] if one not in text]


def test_a_french_page_that_cannot_be_used_says_so(readouts: Mapping[str, Readout]) -> None:
    text = spoken(ExperimentPage(readouts["invalid"], "fr"), PARTS)
    assert "n’est pas exploitable" in text
    assert "Pas de conclusion" in text
    everything = " ".join(spoken(ExperimentPage(CASES[case](), "fr"), PARTS) for case in ("deploy", "keep testing"))
    assert "lecture" not in everything
    assert "être lu" not in everything


def test_several_challengers_are_challengers(readouts: Mapping[str, Readout]) -> None:
    text = spoken(ExperimentPage(readouts["deploy among seven"]), ("following",))
    assert "as challengers in the next wave" in text
    assert "as a challenger" in spoken(ExperimentPage(readouts["deploy"]), ("following",))


def test_no_table_has_two_columns_of_one_name(readouts: Mapping[str, Readout]) -> None:
    for readout in readouts.values():
        for name in ("guardrails", "numbers", "trust", "value"):
            html = str(getattr(ExperimentPage(readout), name).html)
            for head in html.split("<thead>")[1:]:
                columns = head.split("</thead>")[0].split("<th ")[1:]
                assert len(set(columns)) == len(columns), name


ODD = {
    "nobody bought": lambda: silent(pl.lit(0.0).alias("spend")),
    "everybody spends the same": lambda: silent(pl.lit(5.0).alias("spend"), pl.lit(3.0).alias("age")),
    "ratio of nothing": lambda: silent(pl.lit(0.0).alias("spend"), pl.lit(0.0).alias("orders"), metrics=BASKET),
    "amounts of 1e30": lambda: silent(pl.col("spend") * 1e30),
    "amounts of 1e45": lambda: silent(pl.col("spend") * 1e45),
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", ODD)
def test_what_cannot_be_compared_is_said_and_never_written_as_nan(case: str, language: str) -> None:
    text = spoken(ExperimentPage(ODD[case](), language), PARTS)
    assert "nan" not in {word.strip("().,+−€").lower()[:3] for word in text.split() if not word.isalpha()}
    assert "NaN" not in text
    if not case.startswith("amounts"):
        assert {"en": "there is nothing to compare", "fr": "il n’y a rien à comparer"}[language] in text


def test_huge_amounts_are_written_as_powers_of_ten() -> None:
    text = spoken(ExperimentPage(ODD["amounts of 1e30"]()), ("decision", "value"))
    assert "\xa0×\xa010³²" in text


def test_groups_are_alike_whatever_their_order(readouts: Mapping[str, Readout]) -> None:
    sound = readouts["deploy"].soundness
    known, unknown = sound.balance[0], sound.balance[0]._replace(trait="gone", difference=float("nan"))
    for balance in ((unknown, known), (known, unknown), (known, unknown, unknown, known)):
        shuffled = list(balance)
        random.Random(0).shuffle(shuffled)  # noqa: S311 - an order, not a secret
        assert replace(sound, balance=tuple(shuffled)).alike is True
    assert replace(sound, balance=(unknown,)).alike is None
    page = ExperimentPage(replace(readouts["deploy"], soundness=replace(sound, balance=(unknown,))))
    assert "no trait was compared not known" in spoken(page, ("trust",))
    apart = replace(sound, balance=(known._replace(difference=float("inf")),))
    assert "Age: each group has one value only, and not the same not quite" in spoken(
        ExperimentPage(replace(readouts["deploy"], soundness=apart)), ("trust",)
    )


def test_fewer_than_eleven_customers_are_counted_nowhere() -> None:
    few = TEST.read_out_rows(rows({"none": 0.4, "a": 0.6, "b": 0.6}, n=9))
    text = spoken(ExperimentPage(replace(few, segments=())), PARTS)
    assert "under 11" in text
    assert "Letter: under 11 · Call: under 11 · No\xa0message: under 11; of these 27" in text
    assert not [cell for cell in text.split() if cell.strip("()·;,") == "9"]


@pytest.mark.parametrize("power", [0.8, 0.9])
def test_a_plan_speaks_of_chances_and_of_two_dates(power: float) -> None:
    log = cj.datasets.promotion_test(n_customers=8000)
    declared = Experiment.read(DECLARED / "promotion.toml")
    test = replace(declared, power=power, planned_customers=None, value=None)
    design = test.design(log, as_of="2025-09-01")
    page = DesignPage(design, timezone=log.timezone)
    chance = {0.8: "an 80\xa0% chance", 0.9: "a 90\xa0% chance"}[power]
    said = f"If the true effect is +3\xa0points, {design.needed:,} customers give {chance} of seeing it."
    assert said in spoken(page, ("decision",))
    assert (page.result.bundle["data_until"], page.result.bundle["tone"]) == ("2025-08-31", "neutral")
    french = DesignPage(design, "fr").decision.title.replace("\u202f", "")
    assert french == f"Prévoir {design.needed} clients, contactés en même temps, et faire le bilan après 14 jours"
