"""``cjlab erase``: who is named leaves, the answer names nobody, and every refusal has its code."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from cjlab.cli import main
from cjlab.tables import Key, Log

if TYPE_CHECKING:
    from pathlib import Path

AT = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a home of three customers, and a key elsewhere."""
    people = pl.DataFrame({"customer_id": [1_000_007, 1_000_008, 9]}).with_columns(joined=pl.lit(AT))
    Log.of(customers=people).write(tmp_path / "home/log")
    for name in ("keys", "empty"):
        (tmp_path / name).mkdir()
    (tmp_path / "keys/erasure").write_bytes(b"a second key, of thirty-two bytes\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CJLAB_ERASURE_KEY", raising=False)
    return tmp_path / "home"


def said(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(main, ["erase", *arguments], catch_exceptions=False, input=text)


def left(home: Path) -> list[int]:
    return sorted(Log.verify(home / "log").customers.collect()["customer_id"])


def test_who_is_named_leaves_and_the_answer_names_nobody(home: Path) -> None:
    counted = said("1000007", "--home", "home", "--key", "keys/erasure", "--dry-run")
    assert (counted.exit_code, len(left(home))) == (0, 3)
    assert counted.stdout.endswith("nothing was done yet: this was a dry run\n")
    done = said("1000007", "--home", "home", "--key", "keys/erasure", "--json")
    assert done.exit_code == 0
    assert "1000007" not in done.output
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["done"] == [{"where": "log/customers", "what": "rows taken out", "number": 1}]
    assert left(home) == [9, 1_000_008]
    again = said("1000007", "--home", "home", "--key", "keys/erasure")
    assert (again.exit_code, again.stdout) == (0, "nothing of theirs was there\n")


def test_identifiers_come_from_a_file_and_the_key_from_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CJLAB_ERASURE_KEY", "a second key, of thirty-two bytes")
    assert said("--from", "-", "--home", "home", text="1000007\n\n9\n").exit_code == 0
    assert left(home) == [1_000_008]
    assert Log.erase(home / "log", 1_000_008, key=Key.read("keys/erasure")).total == 1


def test_records_that_name_him_are_removed_whole(home: Path) -> None:
    shelf = home.parent / "reports/customers"
    for name, text in (("2025-05-01-0123cafe", "customer 1000007"), ("2025-05-02-0123cafe", "10000071 customers")):
        (shelf / name).mkdir(parents=True)
        (shelf / name / "manifest.json").write_text(json.dumps({"made": "2025-05-01T00:00:00+00:00", "of": text}))
    (shelf / ".2025-04-01-0123cafe.withdrawn").mkdir()
    done = said("1000007", "9", "--home", "home", "--key", "keys/erasure", "--reports", "reports", "--json")
    told = json.loads(done.stdout)
    assert told["done"][-1] == {"where": "reports/customers/2025-05-01-0123cafe", "what": "removed whole", "number": 1}
    assert told["unsearched"] == 1
    assert [one.name for one in shelf.iterdir()] == ["2025-05-02-0123cafe"]
    assert (home.parent / "reports/index.html").exists()


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--home", "home"), 2, "nobody is named: write cjlab erase ID"),
        (("7", "--home", "nowhere"), 2, "'nowhere' does not exist"),
        (("7", "--home", "home"), 1, "the environment has no CJLAB_ERASURE_KEY"),
        (("7", "--home", "empty", "--key", "keys/erasure"), 1, "holds no log"),
        (("7", "--home", "home", "--key", "keys/none"), 1, "no key can be read from"),
    ],
)
def test_a_refusal_is_one_object_of_json(arguments: tuple[str, ...], code: int, words: str) -> None:
    done = said(*arguments, "--json")
    assert done.exit_code == code
    told = json.loads(done.stdout)
    assert words in told["message"]
    assert told["exit_code"] == code
