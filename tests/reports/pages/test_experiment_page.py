"""The page says what the readout says, to whoever decides, in his language and in his words."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cjlab as cj
from cjlab.experiments import Experiment, Reason, Verdict
from cjlab.reports import DesignPage, ExperimentPage
from cjlab.reports import _sanitiser as sanitiser
from cjlab.reports.pages._body import Body, Fold, Grid, section
from cjlab.reports.pages._part import Part, Result, bold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nbformat import NotebookNode

    from cjlab.experiments import Readout

ROOT = Path(__file__).parents[3]
LANGUAGES = ("en", "fr")
PARTS = tuple(
    name for name, value in vars(ExperimentPage).items() if isinstance(value, property) and not name.startswith("_")
)
OPEN = tuple(name for name in PARTS if name not in {"method", "definitions", "numbers", "result"})
JARGON = re.compile(
    r"SRM|CUPED|Holm|Bonferroni|Benjamini|Welch|Miettinen|standardised|standardisé|p-hack|p-value|chi-?square|khi|"
    r"standard deviation|écart type|\barms?\b(?!\D{0,6}\d)|guardrail|garde-fou|variance|"
    r"confidence interval|intervalle de confiance|A/B|uplift|Qini|propensity|sequential|null hypothesis",
    re.IGNORECASE,
)


APART = {"td", "th", "dt", "dd", "li", "span", "p", "summary"}


class Words(HTMLParser):
    """The words of a fragment, its tags, and nothing that stands in ``code``."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags, self.quiet = list[str](), list[str](), 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's name
        self.tags.append(tag)
        self.quiet += tag == "code"
        self.words += [" "] * (tag in APART)

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag == "code"

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"[ \n]+", " ", "".join(self.words).replace("\u2060", ""))


def spoken(page: ExperimentPage | DesignPage, names: tuple[str, ...]) -> str:
    """Everything that some parts of a page say: text, captions, axes, tables of figures."""
    found = []
    for name in names:
        part = getattr(page, name)
        if isinstance(part, Part):
            found.append(f"{part.title} {Words(str(part.html)).text}")
        elif not isinstance(part, Result):
            layout = part.to_plotly_json()["layout"]
            told = layout["meta"]["cjlab"]
            found += [told["title"], told["finding"], told["table"]["summary"], *told["table"]["columns"]]
            found += [cell for row in told["table"]["rows"] for cell in row]
            found += re.findall(r'"text": "([^"]*)"', json.dumps(layout, ensure_ascii=False))
    return " ".join(found)


def catalogue(language: str) -> str:
    """All sentences of the house in a language, without their places."""
    rooms = sorted((ROOT / "cjlab").rglob("wording.toml"))
    texts = [text for room in rooms for text in tomllib.loads(room.read_text(encoding="utf-8"))[language].values()]
    return re.sub(r"\{\w+\}", " ", " ".join(texts))


def words(text: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[^\W\d_]{3,}", text)}


@pytest.fixture(scope="module")
def foreign() -> set[str]:
    """Words that the house says in English and never in French."""
    return words(catalogue("en")) - words(catalogue("fr"))


def test_the_word_list_knows_english(foreign: set[str]) -> None:
    assert {"customers", "interval", "deploy", "group", "within", "the"} <= foreign
    assert not {"clients", "test", "zéro", "points", "segments"} & foreign


def test_the_french_page_holds_no_english_word(readouts: Mapping[str, Readout], foreign: set[str]) -> None:
    for case, readout in readouts.items():
        if case not in {"hostile", "deploy among seven"}:
            assert not words(spoken(ExperimentPage(readout, "fr"), PARTS)) & foreign, case


def test_the_french_page_writes_decimals_with_a_comma(readouts: Mapping[str, Readout]) -> None:
    for case, readout in readouts.items():
        text = spoken(ExperimentPage(readout, "fr"), tuple(name for name in PARTS if name != "method"))
        assert not re.search(r"\d\.\d", text), case
        assert not re.search(r"[^\u202f\s][;?!»%]|[^\u202f]:(?!\w)", text.replace("%)", "")) or case == "hostile", case


def test_what_stands_open_is_free_of_jargon(readouts: Mapping[str, Readout]) -> None:
    for case, readout in ((case, one) for case, one in readouts.items() if case != "hostile"):
        for language in LANGUAGES:
            assert not JARGON.findall(spoken(ExperimentPage(readout, language), OPEN)), case


def test_every_part_keeps_to_the_vocabulary_of_the_page(readouts: Mapping[str, Readout]) -> None:
    for readout in readouts.values():
        page = ExperimentPage(readout)
        for name in PARTS:
            part = getattr(page, name)
            if isinstance(part, Part):
                cleaned = str(sanitiser.fragment(str(part.html)))
                assert Words(cleaned).tags == Words(str(part.html)).tags
                assert unescape(Words(cleaned).text) == Words(str(part.html)).text


TONES = {
    Verdict.DEPLOY: "good",
    Verdict.WORKS: "wait",
    Verdict.KEEP_TESTING: "wait",
    Verdict.DO_NOT_DEPLOY: "stop",
    Verdict.INVALID: "stop",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_decision_is_the_readout_s_in_its_colour(readouts: Mapping[str, Readout], language: str) -> None:
    for case, readout in readouts.items():
        part = ExperimentPage(readout, language).decision
        assert f'class="decision {TONES[readout.decision.verdict]}"' in part.html
        assert part.title == readout.spoken(language).headline
        said = re.sub(r"[\s*]+", "", readout.say(language))
        shown = re.sub(r"[\s*]+", "", Words(str(part.html)).text)
        assert case == "hostile" or re.sub(r"\.", "", shown) in re.sub(r"\.", "", said)


@pytest.mark.parametrize(
    ("case", "what", "step"),
    [
        ("deploy", "the letter; the call stays as the challenger in the next wave", "Send the letter"),
        ("deploy one", "the letter", "Read the result again two weeks after the send"),
        ("works", "must first be shown to cover its cost", "Find out what an outcome is worth"),
        ("works, loses", "nothing: it costs more than it brings", "Make the contact cheaper"),
        ("keep testing", "nothing changes", "Plan for about 18,000 customers in the group Letter"),
        ("keep testing, small", "when 14,000 more customers have been followed", "Enter 14,000 more customers"),
        ("keep testing, one more", "when one more customer has been followed", "Enter one more customer"),
        ("keep testing, immature", "29 September 2025, when all those in the test", "run until 29 September 2025"),
        ("keep testing, nobody yet", "24 September 2025, when all those in the test", "run until 24 September 2025"),
        ("keep testing, guardrail", "to be agreed", "agree on a wider line before the next test"),
        ("keep testing, mixed", "The call: stopped; the test goes on with the letter", "Stop the call, and free these"),
        ("keep testing, out of reach", "to be agreed", "Change the message or the moment"),
        ("works, all lose", "nothing: it costs more than it brings", "Make the contact cheaper"),
        ("stop, harm", "none of the messages tested", "Stop these messages"),
        ("stop, costs", "none of the messages tested", "Make the contact cheaper"),
        ("stop, guardrail", "none of the messages tested", "Change what crosses the line"),
        ("stop, guardrail unknown", "none of the messages tested", "Agree on a line that every customer"),
        ("stop, below expected", "this test is closed", "Write down what was learnt"),
        ("invalid", "nothing is sent on the strength of this test", "Find how customers were divided"),
        (
            "invalid, contaminated",
            "those to be contacted are, and nobody else",
            "Find why customers who were to be left",
        ),
        ("invalid, not sent", "those to be contacted are, and nobody else", "Find why nothing was sent to the letter"),
    ],
)
def test_each_verdict_says_what_is_done(readouts: Mapping[str, Readout], case: str, what: str, step: str) -> None:
    page = ExperimentPage(readouts[case])
    assert what in spoken(page, ("plan",))
    assert step in spoken(page, ("following",))


def test_what_was_agreed_of_the_roll_out_is_said(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["deploy"]
    agreed = replace(readout.experiment, excluded="students", start="Monday", per_week=12_000)
    text = spoken(ExperimentPage(replace(readout, experiment=agreed)), ("plan",))
    assert "Excluded students" in text
    assert "From Monday" in text
    assert "Volume about 12,000 customers a week" in text
    assert "Cost €100 per 1,000 customers, about €1,200 a week (assumed)" in text
    assert "Excluded" not in spoken(ExperimentPage(readout), ("plan",))


@pytest.mark.parametrize("case", ["invalid", "invalid, contaminated"])
def test_effects_of_a_test_that_cannot_be_read_are_not_shown(readouts: Mapping[str, Readout], case: str) -> None:
    readout = readouts[case]
    page = ExperimentPage(readout)
    assert all(isinstance(getattr(page, name), Part | Result) for name in PARTS)
    text = spoken(page, PARTS)
    for one in (*readout.effects, *readout.net):
        assert f"{one.estimate:+.2%}"[:-1] not in text
    assert "<table" not in page.guardrails.html
    assert not page.numbers.html.strip()
    assert "Largest gap from the plan" in text


def test_three_numbers_are_those_of_the_readout(readouts: Mapping[str, Readout]) -> None:
    text = spoken(ExperimentPage(readouts["deploy"]), ("key_numbers",))
    net = readouts["deploy"].effect("net", "a")
    assert "Customers assigned 6,000 2,000\xa0Letter" in text
    assert "+60" in text  # 2,000 customers, +3.00 points
    assert f"+€{1000 * net.estimate:,.0f}" in text


def test_guardrails_stand_against_their_limit(readouts: Mapping[str, Readout]) -> None:
    held, crossed, unknown = (
        spoken(ExperimentPage(readouts[case]), ("guardrails",))
        for case in ("deploy", "stop, guardrail", "keep testing, guardrail")
    )
    assert "holds" in held
    assert "at most +1.00" in held
    assert "crossed" in crossed.split("before the test.")[1]
    assert "not yet shown" in unknown
    assert "No such line was agreed" in spoken(ExperimentPage(readouts["deploy one"]), ("guardrails",))


def test_the_checks_answer_in_words(readouts: Mapping[str, Readout]) -> None:
    sound = spoken(ExperimentPage(readouts["deploy"]), ("trust",))
    groups = (
        "Letter: 2,000 · Call: 2,000 · No\xa0message: {}; of these {}, each group was to get {}. "
        "Chance alone brings such a gap {} {}"
    )
    assert groups.format("2,000", "6,000", "2,000", "100 times in 100.", "yes") in sound
    assert "nobody in the control was contacted yes" in sound
    assert "no size was planned not agreed" in sound
    broken = spoken(ExperimentPage(readouts["invalid"]), ("trust",))
    rare = "less than once in 1,000 times (p <\xa00.001)."
    assert groups.format("1,600", "5,600", "1,867", rare, "no") in broken
    late = spoken(ExperimentPage(readouts["keep testing, immature"]), ("trust",))
    assert "on 29 September 2025" in late
    against = spoken(ExperimentPage(readouts["one against another"]), ("trust",))
    assert "every group is sent something, as declared yes" in against
    unsent = spoken(ExperimentPage(readouts["invalid, not sent"]), ("trust",))
    assert "Were the others contacted? nothing was sent to the letter and the call no" in unsent


def test_a_page_made_too_early_gives_no_answer_before_its_time(readouts: Mapping[str, Readout]) -> None:
    for case in ("keep testing, nobody yet", "keep testing, immature", "keep testing, small"):
        page = ExperimentPage(readouts[case])
        guards = spoken(page, ("guardrails",))
        assert "too early to say" in guards
        assert not re.search("holds|crossed", guards.split("before the test.")[1])
        assert isinstance(page.effects, Part) or page.effects.layout.meta["cjlab"]["finding"].startswith(
            "The test is not finished: this is how it stands, and no verdict."
        )
    early = ExperimentPage(readouts["keep testing, nobody yet"])
    assert "Customers still being followed" in spoken(early, ("key_numbers",))
    assert "nobody has been followed for two weeks yet" in spoken(early, ("trust",))
    assert "Nothing can be shown yet" in spoken(early, ("changed",))
    assert "not known" not in spoken(early, ("effects", "net_margin", "numbers", "value"))


def test_what_is_out_of_reach_is_not_advised(readouts: Mapping[str, Readout]) -> None:
    text = spoken(ExperimentPage(readouts["keep testing, out of reach"]), OPEN)
    assert "Customers still needed out of reach" in text
    assert "Plan for about" not in text


def test_a_challenger_pays_or_may(readouts: Mapping[str, Readout]) -> None:
    readout = readouts["deploy"]
    assert "the call stays as the challenger" in spoken(ExperimentPage(readout), ("plan",))
    arms = tuple(
        replace(one, verdict=Verdict.WORKS, reason=Reason.NOT_SHOWN_TO_PAY) if one.arm == "b" else one
        for one in readout.decision.arms
    )
    losing = tuple(
        one._replace(estimate=-0.1) if (one.arm, one.versus) == ("b", "none") else one for one in readout.net
    )
    seeming = replace(readout, decision=replace(readout.decision, arms=arms, arm="a"), net=losing)
    assert "challenger" not in spoken(ExperimentPage(seeming), ("plan", "following"))


def test_a_segment_with_few_customers_is_named_and_not_shown(readouts: Mapping[str, Readout]) -> None:
    text = spoken(ExperimentPage(readouts["deploy"]), ("for_whom",))
    assert "Fewer than 11 customers in a group of the test, hence not shown: “The very first”." in text


def test_every_metric_is_defined(readouts: Mapping[str, Readout]) -> None:
    for readout in readouts.values():
        for language in LANGUAGES:
            text = spoken(ExperimentPage(readout, language), ("definitions",))
            assert all(
                readout.experiment.metric(one.name).text.say(language)[1:] in text for one in readout.experiment.metrics
            )
    part = ExperimentPage(readouts["deploy"]).definitions
    assert "Source: events <code>purchase</code>, column <code>amount</code>." in re.sub(r"\s+", " ", part.html)


def test_a_decimal_number_of_a_record_is_whole(readouts: Mapping[str, Readout]) -> None:
    for readout in readouts.values():
        bundle = json.loads(json.dumps(ExperimentPage(readout).result.bundle, allow_nan=False))
        assert bundle["entries"] == readout.numbers()
        assert bundle["reader"] == "decider"
        assert bundle["tone"] == TONES[readout.decision.verdict]


def test_only_a_log_with_real_dates_says_up_to_when(readouts: Mapping[str, Readout]) -> None:
    late = ExperimentPage(readouts["keep testing, immature"], timezone="Europe/Paris").result.bundle
    assert late["data_until"] == "2025-09-19"
    assert "data_until" not in ExperimentPage(readouts["deploy"]).result.bundle


def test_a_part_has_a_face_for_a_notebook_and_one_for_a_page(readouts: Mapping[str, Readout]) -> None:
    page = ExperimentPage(readouts["deploy"])
    bundle = page.trust._repr_mimebundle_()
    assert bundle["application/vnd.cjlab.part+json"]["kind"] == "section"
    assert re.match(r'<div class="cjlab mathjax_ignore.*</style><h3>Can we trust this test\?</h3>', bundle["text/html"])
    shown = page.result._repr_mimebundle_()
    assert shown["application/vnd.cjlab.result+json"]["decision"] == "Deploy: the letter"
    assert shown["text/plain"] == readouts["deploy"].say()


def laid_out(readout: Readout, shown: Callable[[dict[str, Any]], NotebookNode], page: Callable[..., str]) -> str:
    parts = [getattr(ExperimentPage(readout), name) for name in PARTS]
    outputs = [
        part._repr_mimebundle_()
        if isinstance(part, Part | Result)
        else {"application/vnd.plotly.v1+json": json.loads(part.to_json(remove_uids=False))}
        for part in parts
    ]
    return page(*map(shown, outputs))


def test_names_that_attack_stay_text(
    readouts: Mapping[str, Readout], cells: dict[str, Any], page: Callable[..., str]
) -> None:
    html = laid_out(readouts["hostile"], cells["shown"], page)
    whole = re.sub(r"<script>.*?</script>|<script type=.application/json.*?</script>", "", html, flags=re.DOTALL)
    assert "alert(1)" in whole
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in whole


names = st.text(min_size=1, max_size=80).filter(lambda text: text.strip() and "\r" not in text)


TABLES = {"table", "thead", "tbody", "tr", "th", "td"}


@given(names)
def test_any_words_come_out_of_a_part_as_they_went_in(name: str) -> None:
    grid = Grid([name, name], [[name, name]])
    part = section(name, Body([name], [name], [name], [name], grid, Fold(name, grid, name)))
    found = Words(str(part.html)).text
    assert found.count(re.sub(r"[ \n]+", " ", name.replace("\u2060", "")).strip(" ")) >= 8
    assert set(Words(str(part.html)).tags) <= TABLES | {"p", "ul", "ol", "li", "details", "summary", "div"}


@given(names)
def test_bold_words_are_bold_and_nothing_else(text: str) -> None:
    marked = str(bold(text))
    assert set(Words(marked).tags) <= {"strong"}
    plain = text if text.count("**") % 2 else text.replace("**", "")
    assert "".join(Words(marked).words).replace("\u2060", "") == plain.replace("\u2060", "")


def test_a_short_word_with_a_hyphen_and_a_negative_number_are_kept_on_one_line() -> None:
    assert "e-\u2060mail, well-known" in section("", Body(["e-mail, well-known"])).html
    assert "−\u2060€197 to −\u20602" in section("", Body(["−€197 to −2"])).html
    assert "+\u2060€197 to +2" in section("", Body(["+€197 to +2"])).html


HILLSTROM = (
    "Deploy: the men’s e-mail",
    "from 10.62\xa0% to 18.28\xa0%, +7.66\xa0points (95\xa0% interval 7.00 to 8.32)",
    "64,000",
    "21,307\xa0Men’s e-mail",
    "+145",
    "among 21,307 contacted, 107 to 184",
    "+$221",
    "$104 less ($10 to $197)",
    "a margin of 2.1\xa0%",
    "the file has no dates",
    "+4.52 (3.89 to 5.16)",
    "on five traits, the largest difference is 0.9\xa0% of the usual spread between customers",
    "15.14\xa0%",
)


def test_the_real_test_reads_as_published(data: Path) -> None:
    assert data.is_dir()
    readout = Experiment.read(ROOT / "notebooks" / "experiments" / "hillstrom.toml").read_out(cj.datasets.hillstrom())
    text = spoken(ExperimentPage(readout), PARTS).replace("\u2060", "")
    assert not [number for number in HILLSTROM if number.replace("\xa0", " ") not in text.replace("\xa0", " ")]


def test_the_real_test_in_french_holds_no_english_word(data: Path, foreign: set[str]) -> None:
    assert data.is_dir()
    readout = Experiment.read(ROOT / "notebooks" / "experiments" / "hillstrom.toml").read_out(cj.datasets.hillstrom())
    assert not words(spoken(ExperimentPage(readout, "fr"), PARTS)) & foreign


@pytest.mark.parametrize("room", sorted((ROOT / "cjlab").rglob("wording.toml")), ids=lambda path: path.parent.name)
def test_both_languages_say_the_same_things_with_their_own_signs(room: Path) -> None:
    texts = tomllib.loads(room.read_text(encoding="utf-8"))
    assert list(texts["en"]) == list(texts["fr"])
    for key, english in texts["en"].items():
        french = texts["fr"][key]
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", french)), key
        assert not re.search("['\"]", english + french), key
        assert not re.search(r"[ \u00a0][:;?!%»]|«[ \u00a0]|\d \d|\w[;?!»]", french), key
        assert not re.search(r"\s[:;?!]", english), key
