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
        "Newer? b · n = 3 Deploy 31 October 2026 22 November 2026",
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
