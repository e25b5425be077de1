"""Figures show what was read out: whole intervals, zero, true sentences, the readout's own numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cjlab import datasets, plots
from cjlab.errors import EvidenceError, SpecError
from cjlab.experiments import Arm, Experiment, Metric, Verdict, Voice

if TYPE_CHECKING:
    from collections.abc import Mapping

    import plotly.graph_objects as go

    from cjlab.experiments import Design, Readout

LANGUAGES = ("en", "fr")
DECLARED = Path(__file__).parents[2] / "notebooks" / "experiments" / "promotion.toml"


def told(figure: go.Figure) -> dict[str, Any]:
    return dict(figure.layout.meta["cjlab"])


def drawn(figure: go.Figure) -> list[tuple[float, float, float]]:
    """Estimate, low and high of every interval, as drawn."""
    found = []
    for trace in figure.data:
        if trace.error_x.array is not None:
            reach = zip(trace.x, trace.error_x.arrayminus, trace.error_x.array, strict=True)
            found += [(x, x - down, x + up) for x, down, up in reach]
    return found


def every(readout: Readout, language: str = "en") -> list[go.Figure]:
    """Every figure that a readout can give."""
    figures = [plots.effects(readout, metric=one.name, language=language) for one in readout.experiment.metrics]
    figures += [plots.net_margin(readout, language=language)] if readout.net else []
    figures += [plots.segments(readout, language=language)] if readout.segments else []
    figures += [plots.balance(readout, language=language)] if readout.soundness.balance else []
    return figures + ([plots.by_day(readout, language=language)] if readout.days else [])


def test_axes_hold_every_interval_and_zero(readouts: Mapping[str, Readout]) -> None:
    for readout in readouts.values():
        for figure in every(readout):
            for axis in (figure.layout.xaxis, told(figure)["narrow"]["xaxis"]):
                low, high = axis["range"]
                assert low <= 0 <= high
                assert all(low <= down and up <= high for _, down, up in drawn(figure))
                assert all(low <= value <= high for value in axis["tickvals"])
                assert 0 in axis["tickvals"]


def test_a_curve_holds_its_band_and_zero(readouts: Mapping[str, Readout]) -> None:
    figure = plots.by_day(readouts["by day"])
    low, high = figure.layout.yaxis.range
    assert low < 0 < high
    assert all(low <= y <= high for trace in figure.data for y in trace.y)
    assert [trace.x[-1] for trace in figure.data if trace.uid == "accent-line"] == [14]


def test_intervals_are_those_of_the_readout_in_points(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["deploy"]
    expected = [(100 * one.estimate, 100 * one.low, 100 * one.high) for one in readout.effects if one.metric == "visit"]
    assert drawn(plots.effects(readout)) == [pytest.approx(one) for one in expected]


def test_net_margin_is_per_thousand_customers(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["deploy"]
    figure = plots.net_margin(readout)
    ahead = next(one for one in readout.net if (one.arm, one.versus) == ("a", "b"))
    expected = [readout.effect("net", "a"), readout.effect("net", "b"), ahead]
    assert drawn(figure) == [pytest.approx((1000 * one.estimate, 1000 * one.low, 1000 * one.high)) for one in expected]
    assert [row[0] for row in told(figure)["table"]["rows"]] == ["Letter", "Call", "Letter minus the call"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_give_the_readout_s_numbers(readouts: Mapping[str, Readout], language: str) -> None:
    readout = readouts["deploy"]
    voice = Voice(readout.experiment, language)
    one = readout.effect("visit", "a")
    row = told(plots.effects(readout, language=language))["table"]["rows"][0]
    levels = [voice.level("visit", one.level), voice.level("visit", one.level_versus)]
    assert row[1:6] == [
        "2,000" if language == "en" else "2\u202f000",
        *levels,
        voice.change("visit", one.estimate),
        voice.interval(one),
    ]


def test_each_table_is_as_wide_as_its_head(readouts: Mapping[str, Readout]) -> None:
    for readout in readouts.values():
        for figure in every(readout):
            table = told(figure)["table"]
            assert table["rows"]
            assert all(len(row) == len(table["columns"]) for row in table["rows"])


def test_a_finding_says_what_lies_clear_of_zero(readouts: Mapping[str, Readout]) -> None:
    finding = told(plots.effects(readouts["deploy"]))["finding"]
    assert finding == (
        "The letter and the call raise the share of customers who come: the bars lie wholly above zero. "
        "The call is 3.00\xa0points ahead of the letter (0.82 to 5.19)."
    )
    finding = told(plots.effects(readouts["keep testing"]))["finding"]
    assert finding == "The bars of the letter and the call cross zero: a rise and a fall both remain possible."
    finding = told(plots.effects(readouts["stop, harm"]))["finding"]
    assert finding.startswith("The letter and the call lower the share of customers who come")


def test_arms_that_cannot_be_told_apart_are_not_ranked(readouts: Mapping[str, Readout]) -> None:
    finding = told(plots.effects(readouts["tied"]))["finding"]
    assert "Between the call and the letter the difference is within what chance brings." in finding


def test_what_is_clear_only_before_correction_is_said_to_be_frail(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["deploy among seven"]
    frail = readout.effect("visit", "arm 2")
    assert frail.low > 0
    assert frail.p_corrected > 0.05
    finding = told(plots.effects(readout))["finding"]
    assert "6 of the 7 messages raise" in finding
    assert "the difference of arm 2 may still be chance" in finding


def test_who_pays_and_who_is_ahead_follow_from_the_intervals(readouts: Mapping[str, Readout]) -> None:
    for case in ("deploy", "tied", "works, loses", "deploy among seven", "by day"):
        readout = readouts[case]
        finding = told(plots.net_margin(readout))["finding"]
        against = [readout.effect("net", arm.name) for arm in readout.experiment.treated]
        assert ("pay" in finding) == any(one.low > 0 for one in against)
        assert ("costs more" in finding) == any(one.high < 0 for one in against)
        assert ("may bring more or less" in finding) == any(one.low <= 0 <= one.high for one in against)


def test_a_test_that_cannot_be_read_finds_nothing(readouts: Mapping[str, Readout]) -> None:
    findings = {
        told(plots.effects(readouts["invalid"]))["finding"],
        told(plots.net_margin(readouts["invalid"]))["finding"],
    }
    assert findings == {"This test cannot be read: these differences may come from how the customers were divided."}


def test_an_unfinished_test_says_so(readouts: Mapping[str, Readout]) -> None:
    assert told(plots.effects(readouts["keep testing, small"]))["finding"].startswith(
        "The test is not finished: this is how it stands, and no verdict."
    )


def test_segments_begin_with_all_customers_and_leave_the_unreadable_to_a_sentence(
    readouts: Mapping[str, Readout],
) -> None:
    readout = readouts["deploy"]
    figure, readable = (
        plots.segments(readout),
        [one for one in readout.segments if one.effect.arm == "a" and one.readable],
    )
    assert figure.layout.yaxis.ticktext == ("All customers", "Old customers")
    assert len(drawn(figure)) == 1 + len(readable)
    assert (
        "The 140 customers of “First customers” are too few to draw: their interval runs from"
        in told(figure)["finding"]
    )
    assert len(told(figure)["table"]["rows"]) == 1 + sum(one.effect.arm == "a" for one in readout.segments)


def test_a_segment_that_differs_is_named() -> None:
    readout = Experiment.read(DECLARED).read_out(datasets.promotion_test(n_customers=40_000))
    other = {one.effect.segment for one in readout.segments if one.effect.arm == "discount" and one.differs_p < 0.05}
    assert other == {"single", "family"}
    finding = told(plots.segments(readout, arm="discount"))["finding"]
    assert finding == (
        "A clear rise for “Couples” and “Families”, no clear change for “Singles”. "
        "For “Singles” and “Families”, the effect differs clearly from that of the other customers."
    )


def test_the_day_from_which_an_effect_is_clear_is_the_readout_s(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["by day"]
    days = [one for one in readout.days if one.arm == "discount"]
    clear = [one.day for one in days if one.low > 0]
    finding = told(plots.by_day(readout, arm="discount"))["finding"]
    assert days[-1].low > 0
    last_open = max((one.day or 0 for one in days if one.low <= 0), default=0)
    first = next(day for day in clear if day is not None and day > last_open)
    assert ("from the first day on" if last_open == 0 else f"from day {first} on") in finding


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sign_of_markup_or_of_a_formula_reaches_plotly(readouts: Mapping[str, Readout], language: str) -> None:
    for figure in every(readouts["hostile"], language):
        layout = figure.to_plotly_json()["layout"]
        drawn_words = {key: value for key, value in layout.items() if key not in {"meta", "template"}}
        words = json.dumps(
            [drawn_words, layout["meta"]["cjlab"]["narrow"], [one.to_plotly_json() for one in figure.data]]
        )
        words = words.replace("<br>", "").replace("<extra></extra>", "")
        assert "<" not in words
        assert "$" not in words


def test_ticks_are_written_as_the_language_does(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["sum"]
    english, french = (plots.effects(readout, language=language).layout.xaxis.ticktext for language in LANGUAGES)
    assert "+€0.04" in english
    assert "+0,04\u00a0€" in french
    assert all("." not in tick and "-" not in tick for tick in french)


def test_a_minus_is_a_true_one(readouts: Mapping[str, Readout]) -> None:
    figure = plots.effects(readouts["stop, harm"])
    assert any(tick.startswith("−") for tick in figure.layout.xaxis.ticktext)
    assert not any("-" in row[4] for row in told(figure)["table"]["rows"])


def test_every_trace_has_an_ink_that_a_page_knows(readouts: Mapping[str, Readout]) -> None:
    for readout in readouts.values():
        for figure in every(readout):
            inked = [trace for trace in figure.data if trace.x and trace.x[0] is not None]
            assert all(str(trace.uid).startswith(("accent", "muted", "good", "bad")) for trace in inked)
            assert len({trace.uid for trace in inked}) == len(inked)


def test_a_narrow_screen_gets_every_label_and_number(readouts: Mapping[str, Readout]) -> None:
    figure = plots.effects(readouts["deploy"])
    notes = " ".join(note["text"] for note in told(figure)["narrow"]["annotations"])
    assert all(text in notes for text in ("Letter", "Call", *figure.layout.yaxis2.ticktext))
    assert told(figure)["narrow"]["yaxis"]["showticklabels"] is False


def test_what_is_not_there_is_refused(readouts: Mapping[str, Readout]) -> None:
    bare = readouts["works"]
    with pytest.raises(EvidenceError, match="declares no value of an outcome"):
        plots.net_margin(bare)
    with pytest.raises(EvidenceError, match="has no segment with at least 11 customers"):
        plots.segments(bare)
    with pytest.raises(EvidenceError, match="names no trait to balance"):
        plots.balance(bare)
    with pytest.raises(EvidenceError, match="has no times within the horizon"):
        plots.by_day(bare)
    with pytest.raises(SpecError, match="metric is 'clicks'; allowed: 'visit' or 'spend'"):
        plots.effects(bare, metric="clicks")
    with pytest.raises(SpecError, match="draw the net value with"):
        plots.effects(bare, metric="net")
    with pytest.raises(SpecError, match="arm is 'c'; allowed"):
        plots.segments(readouts["deploy"], arm="c")
    with pytest.raises(SpecError, match="language is 'de'; allowed: 'en' or 'fr'"):
        plots.effects(bare, language="de")


@pytest.fixture(scope="module")
def design() -> Design:
    arms = (Arm(name="none"), Arm(name="mail"))
    visit = Metric(name="visit", kind="share", event="visit", role="primary", before_window="30D", label="visitors")
    test = Experiment(
        name="t", question="?", control="none", horizon="7D", arms=arms, metrics=(visit,), expected_effect=0.04
    )
    return test.design(datasets.promotion_test(n_customers=3000), as_of="2025-09-01")


def test_a_plan_falls_with_size_and_shows_the_expected_point(design: Design) -> None:
    figure = plots.sample_size(design)
    plain = next(trace for trace in figure.data if trace.uid == "accent-line")
    spot = next(trace for trace in figure.data if trace.uid == "good-spot")
    assert list(plain.y) == sorted(plain.y, reverse=True)
    assert spot.y == (4.0,)
    assert 10 ** spot.x[0] == pytest.approx(design.needed)
    assert f"needs {design.needed:,} customers" in told(figure)["finding"]
    assert len(told(figure)["table"]["rows"]) == len(design.curve)


def test_a_plan_without_an_expected_effect_has_no_point(design: Design) -> None:
    open_ended = replace(design, expected=None, needed=None)
    figure = plots.sample_size(open_ended, language="fr")
    assert not any(trace.uid == "good-spot" for trace in figure.data)
    assert "deux fois plus petit" in told(figure)["finding"]


def test_every_verdict_is_among_the_cases(readouts: Mapping[str, Readout]) -> None:
    assert {readout.decision.verdict for readout in readouts.values()} == set(Verdict)


def test_a_wide_axis_has_three_ticks_at_least(readouts: Mapping[str, Readout]) -> None:
    for case, readout in readouts.items():
        for language in LANGUAGES:
            for figure in every(readout, language):
                assert len(figure.layout.xaxis.tickvals) >= 3, case


def test_rows_of_two_arms_give_both_counts_and_the_axis_says_what_they_are(readouts: Mapping[str, Readout]) -> None:
    figure = plots.net_margin(readouts["deploy"])
    rows = told(figure)["table"]["rows"]
    assert [row[1:3] for row in rows] == [["2,000", "2,000"]] * 3
    assert "grey: one group against another" in figure.layout.xaxis.title.text.replace("<br>", " ")
    alone = plots.net_margin(readouts["deploy one"])
    assert "grey" not in alone.layout.xaxis.title.text


def test_a_lead_is_given_with_its_interval_from_either_side(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["deploy"]
    turned = tuple(
        one._replace(arm=one.versus, versus=one.arm, estimate=-one.estimate, low=-one.high, high=-one.low)
        for one in readout.rivals
    )
    findings = {told(plots.effects(one))["finding"] for one in (readout, replace(readout, rivals=turned))}
    assert len(findings) == 1
    assert findings.pop().endswith("The call is 3.00\xa0points ahead of the letter (0.82 to 5.19).")


@pytest.mark.parametrize(
    ("labels", "ending"),
    [
        (("la remise", "l’offre"), "La remise coûte plus qu’elle ne rapporte"),
        (("le rappel", "l’offre"), "Le rappel coûte plus qu’il ne rapporte"),
        (("l’offre", "la remise"), "L’offre coûte plus que cela ne rapporte"),
    ],
)
def test_french_says_what_costs_more_by_its_article(
    readouts: Mapping[str, Readout], labels: tuple[str, str], ending: str
) -> None:
    readout = readouts["works, loses"]
    arms = (readout.experiment.arms[0], replace(readout.experiment.arms[1], label=labels[0]))
    named = replace(readout, experiment=replace(readout.experiment, arms=arms))
    assert ending in told(plots.net_margin(named, language="fr"))["finding"]


def test_figures_of_what_cannot_be_compared_say_so(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["deploy"]
    unknown = float("nan")
    silent = tuple(
        one._replace(estimate=0.0, level=0.0, level_versus=0.0, low=unknown, high=unknown, p=unknown)
        for one in readout.effects
    )
    figure = plots.effects(replace(readout, effects=silent), metric="spend")
    assert told(figure)["finding"] == "“Spend” is 0 for everybody: there is nothing to compare."
    assert set(figure.layout.yaxis2.ticktext) == {"nothing to compare"}
    gone = tuple(one._replace(estimate=unknown, level=unknown, low=unknown, high=unknown) for one in readout.effects)
    finding = told(plots.effects(replace(readout, effects=gone), metric="spend"))["finding"]
    assert finding == "“Spend” is known for too few customers: there is nothing to compare."
    lost = replace(readout.soundness, balance=(readout.soundness.balance[0]._replace(difference=unknown),))
    figure = plots.balance(replace(readout, soundness=lost))
    assert told(figure)["finding"] == "No trait has values to compare."
    assert "nan" not in json.dumps(told(figure)).lower()


def test_a_plan_is_one_line_from_sizes_that_matter_with_a_labelled_dot(design: Design) -> None:
    figure = plots.sample_size(design)
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert len(lines) == 1
    assert max(lines[0].y) <= 2 * 4.0
    labels = [note.text for note in figure.layout.annotations]
    assert any(f"{design.needed:,} customers: +4\xa0points" in label for label in labels)


def test_the_end_of_a_curve_carries_its_interval(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["by day"]
    figure = plots.by_day(readout, arm="discount")
    last = [one for one in readout.days if one.arm == "discount"][-1]
    voice = Voice(readout.experiment, "en")
    assert f"{voice.step('visit', last.estimate)}<br>({voice.interval(last)})" in [
        note.text for note in figure.layout.annotations
    ]


@pytest.mark.parametrize("draw", [plots.effects, plots.by_day, plots.balance, plots.segments, plots.net_margin])
def test_something_else_than_a_readout_is_named(draw: Any) -> None:
    with pytest.raises(SpecError, match=r"readout is of type Log; give what .*read_out returns"):
        draw(datasets.promotion_test(n_customers=10))
