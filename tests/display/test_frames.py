"""What a notebook shows of a value."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pandas as pd
import pytest

import cjlab as cj
from cjlab._display import Shown, in_a_notebook, tabled

TEST = "notebooks/experiments/promotion.toml"


def text(html: str) -> str:
    bare = re.sub(r"<style>.*?</style>", "", html)
    return " ".join(re.sub(r"<[^>]*>", " ", bare).split())


@pytest.fixture(scope="module")
def log() -> cj.tables.Log:
    return cj.datasets.promotion_test(n_customers=3_000)


@pytest.fixture(scope="module")
def readout(log: cj.tables.Log) -> cj.experiments.Readout:
    return cj.experiments.Experiment.read(TEST).read_out(log)


def test_words_stand_left_numbers_right_and_nothing_stands_for_what_is_not_known() -> None:
    frame = pd.DataFrame({"arm": ["<b>", None], "p": [7.2184e-11, float("nan")], "held": [True, False], "n": [1, 2]})
    assert tabled(frame) == (
        '<table><thead><tr><th>arm</th><th class="num">p</th><th>held</th><th class="num">n</th></tr></thead>'
        '<tbody><tr><td>&lt;b&gt;</td><td class="num">7.2184e-11</td><td>True</td><td class="num">1</td></tr>'
        '<tr><td></td><td class="num"></td><td>False</td><td class="num">2</td></tr></tbody></table>'
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [(999_999.7, "1000000"), (-2_845_760.42, "-2845760"), (123_456.78, "123457"), (2e15, "2e+15"), (0.5, "0.5")],
)
def test_millions_are_written_out(value: float, said: str) -> None:
    assert f">{said}</td>" in tabled(pd.DataFrame({"cost": [value]}))


def test_a_cell_may_hold_a_list() -> None:
    assert "<td>[1, 2]</td>" in tabled(pd.DataFrame({"both": [[1, 2]]}))


def test_a_price_is_kept_from_being_a_formula() -> None:
    assert re.match(r'<div class="cjlab mathjax_ignore[ "].*\$136 to \$306</div>$', in_a_notebook("$136 to $306"))


def test_a_sound_log_says_so(log: cj.tables.Log) -> None:
    findings = log.check()
    assert repr(findings) == "Findings: no rule is broken"
    assert text(findings._repr_html_()) == "no rule is broken"


def test_findings_say_how_many_and_which() -> None:
    items = pd.DataFrame({"item": ["hat", "hat"], "category": [1, 2]})
    findings = cj.tables.Log.of(items=items).check()
    assert repr(findings).splitlines() == [
        "Findings: 2 rules are broken",
        *(f"- {finding.message}" for finding in findings),
    ]
    assert text(findings._repr_html_()).startswith("2 rules are broken rule table column")


@dataclass
class Lines(Shown):
    """Lines that an index names."""

    count: int

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame({"n": range(self.count)}, pd.Index([f"line {n}" for n in range(self.count)], name="which"))

    __repr__ = Shown.__repr__


def test_what_names_the_rows_is_shown() -> None:
    assert text(Lines(2)._repr_html_()) == "which n line 0 0 line 1 1"
    assert [one.split() for one in repr(Lines(1)).splitlines()] == [["Lines"], ["which", "n"], ["line", "0", "0"]]
    recipe = cj.features.Recipe(cj.features.Tenure())
    assert text(recipe._repr_html_()).startswith("feature what unit looks_back reads missing learned hindsight tenure")


def test_of_a_long_table_the_first_rows_are_shown_and_how_many_more_there_are() -> None:
    said = "… and 1,300 more; to_frame() has them all"
    assert Lines(1_500)._repr_html_().count("<tr>") == 201
    assert text(Lines(1_500)._repr_html_()).endswith(f"line 199 199 {said}")
    assert repr(Lines(1_500)).splitlines()[-1] == said
    assert "more" not in repr(Lines(200))


@pytest.mark.parametrize(("count", "said"), [(1, "1 event has"), (1_200, "1,200 events have")])
def test_findings_count_events_of_nobody(count: int, said: str) -> None:
    findings = cj.tables.Findings((), unassigned=count)
    assert repr(findings) == f"Findings: no rule is broken; {said} neither customer nor visitor"


def test_a_log_shows_its_columns_and_reads_nothing(log: cj.tables.Log) -> None:
    shown = text(log._repr_html_())
    assert "Europe/Paris" in shown
    assert "customers customer_id, joined" in shown


def test_a_readout_shows_what_to_do_and_its_main_effects(readout: cj.experiments.Readout) -> None:
    assert repr(readout) == f"Readout('promotion_test': {readout.say()})"
    shown = readout._repr_html_()
    assert shown.startswith('<div class="cjlab mathjax_ignore')
    main = [*readout.effects, *readout.adjusted, *readout.net]
    assert shown.count("<tr>") == 1 + len(main)
    assert f'<td class="num">{main[0].estimate:.6g}</td>' in shown


def test_a_design_says_what_was_planned(log: cj.tables.Log) -> None:
    design = cj.experiments.Experiment.read(TEST).design(log, as_of="2025-09-01")
    assert re.fullmatch(r"Design\('promotion_test', customers=3000, .*needed=\d+, .*days=14\)", repr(design))


def test_the_list_of_data_sets_fits_a_notebook() -> None:
    shown = cj.datasets.catalogue()._repr_html_()
    assert "<th>at_hand</th>" in shown
    assert "<th" not in shown.partition("at_hand</th>")[2]
    assert "<td>promotion_test</td>" in shown


def test_a_declaration_shows_what_was_declared_and_no_more() -> None:
    test = cj.experiments.Experiment.read(TEST)
    shown = text(test._repr_html_())
    assert shown.startswith("Does a reminder bring customers back, or does it take a discount? declared as campaign")
    assert "no_contact 33.3%, the control; reminder 33.3%; discount 33.3%" in shown
    assert "unsubscribed (share of unsubscribed, margin 0.01)" in shown
    bare = text(replace(test, value=None, segments=(), planned_customers=None)._repr_html_())
    assert not any(name in bare for name in ("value", "segments", "planned"))


def test_a_ratio_is_declared_by_its_parts() -> None:
    test = cj.experiments.Experiment.read(TEST)
    basket = cj.experiments.Metric(name="margin_rate", kind="ratio", top="margin", bottom="spend")
    assert "margin_rate (ratio of margin / spend)" in text(replace(test, metrics=(*test.metrics, basket))._repr_html_())
