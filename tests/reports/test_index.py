"""The index lists every record with what it decided."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import cjlab as cj

if TYPE_CHECKING:
    from pathlib import Path

KEY = "0123abcd"


def put(place: Path, folder: str, **told: object) -> None:
    name, _, record = folder.partition("/")
    path = place / f".{name}-{record}"  # a record appears whole, by one rename
    path.mkdir(parents=True)
    manifest = {
        "name": name,
        "title": "T",
        "made": "2026-11-22T10:00:00+00:00",
        "parameters": {},
        "defaults": [],
        **told,
    }
    (path / "manifest.json").write_text(json.dumps(manifest))
    (place / name).mkdir(exist_ok=True)
    path.rename(place / name / record)


def rows(place: Path) -> list[str]:
    html = cj.reports.rebuild(place).read_text()
    body = re.findall(r"<tr><th scope=\"row\".*?</tr>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in body]


def test_an_empty_folder_has_an_index_too(tmp_path: Path) -> None:
    assert "No report has been made here yet." in cj.reports.rebuild(tmp_path / "new").read_text()


def test_the_latest_comes_first_with_decision_and_dates(tmp_path: Path) -> None:
    put(
        tmp_path,
        f"a/2026-11-20-{KEY}",
        made="2026-11-20T10:00:00+00:00",
        question="Older?",
        decision="Wait",
        tone="wait",
    )
    put(
        tmp_path,
        f"b/2026-11-22-{KEY}",
        question="Newer?",
        decision="Deploy",
        tone="good",
        data_until="2026-10-31",
        parameters={"n": 3, "m": 1},
        defaults=["m"],
    )
    assert rows(tmp_path) == [
        "Newer? b · n = 3 Deploy 22 November 2026 data up to 31 October 2026",
        "Older? a Wait 20 November 2026",
    ]
    assert f'href="b/2026-11-22-{KEY}/report.html"' in (tmp_path / "index.html").read_text()


def test_incomplete_ones_are_marked_and_others_are_not_listed(tmp_path: Path) -> None:
    put(tmp_path, f"a/2026-11-22-{KEY}-incomplete", decision="Deploy")
    put(tmp_path, "a/.cjlab-ffffff-1-1-x")
    put(tmp_path, "a/notes")
    assert rows(tmp_path) == ["T a incomplete 22 November 2026"]
    assert len(cj.reports.records(tmp_path)) == 1


def test_pages_for_analysts_stand_apart(tmp_path: Path) -> None:
    put(tmp_path, f"a/2026-11-22-{KEY}", reader="analyst", question="Deep?")
    put(tmp_path, f"b/2026-11-22-{KEY}", reader="decider", question="Deploy?")
    html = cj.reports.rebuild(tmp_path).read_text()
    assert html.index("Deploy?") < html.index("<h2>For analysts</h2>") < html.index("Deep?")


def test_it_speaks_the_language_of_the_latest_report(tmp_path: Path) -> None:
    put(tmp_path, f"a/2026-11-22-{KEY}", language="fr", data_until="2026-10-31")
    html = cj.reports.rebuild(tmp_path).read_text()
    assert '<html lang="fr">' in html
    assert "31 octobre 2026" in html
    assert "sans décision" in html


def test_strings_stay_text(tmp_path: Path) -> None:
    put(tmp_path, f"a/2026-11-22-{KEY}", question="<script>alert(1)</script>", decision="</script>")
    html = cj.reports.rebuild(tmp_path).read_text()
    assert "<script" not in html
    assert "script-src &#39;none&#39;" in html


def test_side_by_side_the_last_index_lists_all(tmp_path: Path) -> None:
    def publish(number: int) -> None:
        put(tmp_path, f"a/2026-11-22-{number:08x}")
        cj.reports.rebuild(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, range(24)))
    html = (tmp_path / "index.html").read_text()
    assert html.count('<tr><th scope="row"') == 24


def reading(place: Path, day: int, **told: object) -> None:
    """Put a reading of one test, made in the order of its days."""
    shown: dict[str, object] = {
        "question": "Does it pay?",
        "test": "spring",
        "subject": "Spring test",
        "language": "en",
    }
    made = f"2026-11-{day:02}T10:00:00+00:00"
    put(place, f"a/2026-11-{day:02}-{KEY}", made=made, **shown | {"tone": "good", "state": "final"} | told)


def test_a_line_names_test_state_effect_and_language_and_no_parameter(tmp_path: Path) -> None:
    reading(
        tmp_path, 20, decision="Deploy", effect="+7.66 points (7.00 to 8.32)", parameters={"n": 3, "language": "en"}
    )
    assert rows(tmp_path) == [
        "Does it pay? Spring test · English Deploy read to the end +7.66 points (7.00 to 8.32) 20 November 2026"
    ]


def test_earlier_readings_of_a_test_stand_beneath_the_one_with_the_latest_data(tmp_path: Path) -> None:
    reading(tmp_path, 20, decision="Keep testing", state="early", data_until="2026-10-01")
    reading(tmp_path, 21, decision="Deploy", data_until="2026-10-31")
    reading(tmp_path, 22, decision="An old look, made again", data_until="2026-10-02")
    reading(tmp_path, 19, decision="Déployer", language="fr", data_until="2026-10-31")
    reading(tmp_path, 18, decision="Deploy", test="autumn", data_until="2026-10-31")
    assert [row.split("English ")[-1].partition(" read")[0] for row in rows(tmp_path)][0::2] == ["Deploy", "Deploy"]
    html = (tmp_path / "index.html").read_text()
    earlier = re.findall(r"<li>(.*?)</li>", html, re.DOTALL)
    assert "2 earlier readings" in html
    assert ["An old look" in earlier[0], "Keep testing" in earlier[1], len(earlier)] == [True, True, 2]
    assert html.count("earlier reading") == 1


def test_a_plan_is_no_decision(tmp_path: Path) -> None:
    reading(tmp_path, 20, decision="Plan for 900 customers", state="plan")
    (row,) = rows(tmp_path)
    assert "English a plan, not a finding Plan for 900 customers not yet measured 20 November 2026" in row
    assert 'class="chip good"' not in (tmp_path / "index.html").read_text()
