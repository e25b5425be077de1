"""Records that name a customer go whole, from the index too, whatever kills whoever removes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import cjlab as cj

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deaths import Deaths

HE = 1_000_007


def planted(reports: Path) -> Path:
    """Publish three records of which two name him, and list them."""
    for number, text in enumerate((f"customer {HE}", f"{HE}1 customers", f"'{HE}'"), start=1):
        folder = reports / "customers" / f"2025-05-0{number}-0123cafe"
        folder.mkdir(parents=True)
        about = {"made": f"2025-05-0{number}T00:00:00+00:00", "name": "customers", "title": text}
        (folder / "manifest.json").write_text(json.dumps(about))
    cj.reports.rebuild(reports)
    return reports


def listed(reports: Path) -> list[int]:
    """Return which records the index lists."""
    page = (reports / "index.html").read_text()
    return [number for number in (1, 2, 3) if f"2025-05-0{number}-0123cafe" in page]


def files(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*")}


def test_who_dies_at_any_change_is_finished_by_the_next(tmp_path: Path, deaths: Deaths) -> None:
    before, lived = planted(tmp_path / "before"), planted(tmp_path / "lived")
    assert len(cj.reports.withdraw(HE, reports=lived, dry=True).records) == 2
    assert listed(lived) == [1, 2, 3]
    assert len(cj.reports.withdraw(HE, reports=lived).records) == 2
    assert listed(lived) == [2]
    for died in deaths(lambda place: cj.reports.withdraw(HE, reports=place), before):
        place = died / "log"
        assert "</html>" in (place / "index.html").read_text()
        cj.reports.withdraw(HE, reports=place)
        assert listed(place) == [2]
        assert files(place) == files(lived)
