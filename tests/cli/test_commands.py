"""Commands: what they answer in words and in JSON, and the code they leave with."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner, Result
from nbformat.v4 import new_code_cell, new_notebook

import cjlab
from cjlab.cli import main
from cjlab.cli._answer import Answer
from cjlab.cli._demo import _with_turns

PARAMETERS = "n: int = 3  # how many\nflag: bool = False  # whether\nnames: list[str] = ['a']  # who"
FOUND = (
    "from IPython.display import display\n"
    "found = {'title': 'Good?', 'decision': f'{n} {flag} {names}', 'entries': []}\n"
    "assert n != 13\n"
    "display({'application/vnd.cjlab.result+json': found}, raw=True)"
)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "notebooks").mkdir()
    write(tmp_path / "notebooks" / "10_toy.ipynb", PARAMETERS, FOUND)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, parameters: str, source: str) -> None:
    declared = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[declared, new_code_cell(source)]), path)


def said(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def answer(*arguments: str) -> Any:
    return json.loads(said(*arguments, "--json").stdout)


def test_a_report_says_what_it_decided_and_where_it_is(shop: Path) -> None:
    done = said("report", "toy", "-p", "n=4", "-p", "flag=true", "-p", "names=x,y")
    assert done.exit_code == 0
    decision, place = done.stdout.splitlines()
    assert decision == "4 True ['x', 'y']"
    assert Path(place).is_file()
    assert Path(place).is_relative_to(shop / "reports" / "toy")
    assert done.stderr == ""
    found = answer("report", "toy", "-p", "n=4", "-p", "flag=true", "-p", "names=x,y")
    assert found["html"] == place  # the same key
    assert found["decision"] == decision


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("p.toml", 'n = 5\nnames = ["z"]'),
        ("p.json", '{"n": 5, "names": ["z"]}'),
        ("p.yaml", "n: 5\nnames: [z]"),
    ],
)
def test_parameters_come_from_a_file_too(shop: Path, file: str, text: str) -> None:
    (shop / file).write_text(text)
    assert answer("report", "toy", "--params", file, "-p", "flag=yes")["decision"] == "5 True ['z']"


def test_what_is_typed_counts_before_the_file(shop: Path) -> None:
    (shop / "p.toml").write_text("n = 5")
    assert answer("report", "toy", "--params", "p.toml", "-p", "n=6")["decision"] == "6 False ['a']"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("report", "toy", "-p", "flog=true"), "no parameter 'flog'; did you mean 'flag'?"),
        (("report", "toy", "-p", "n=many"), "parameter 'n' of notebook 'toy' is 'many'; allowed: a whole number"),
        (("report", "toy", "-p", "n"), "'n' is no key=value"),
        (("report",), "Missing argument 'NAME'"),
        (("report", "toy", "--params", "none.toml"), "none.toml"),
        (("report", "toy", "--params", "notes.txt"), "ends in '.txt'; parameters are read from .toml, .json, .yaml"),
        (("report", "toy", "--params", "list.json"), "holds a list; write one `name: value`"),
        (("report", "toy", "--params", "bad.yaml"), "bad.yaml cannot be read"),
        (("reprot",), "No such command 'reprot'"),
    ],
)
def test_what_is_asked_wrongly_ends_with_two(shop: Path, arguments: tuple[str, ...], words: str) -> None:
    (shop / "notes.txt").write_text("n = 1")
    (shop / "list.json").write_text("[1]")
    (shop / "bad.yaml").write_text("n: [")
    done = said(*arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (shop / "reports").exists()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--json", "report"), 2, "Missing argument 'NAME'."),
        (("reprot", "--json"), 2, "No such command 'reprot'."),
        (("report", "toy", "--json", "--bad"), 2, "No such option '--bad'."),
        (("report", "toy", "-p", "n", "--json"), 2, "'n' is no key=value"),
        (("check", "/nowhere", "--json"), 2, "Directory '/nowhere' does not exist."),
        (("--json", "report", "toy", "-p", "flog=1"), 2, "no parameter 'flog'"),
        (("report", "tyo", "--json"), 1, "no notebook 'tyo'"),
        (("--json", "reports", "--reports", "notebooks/10_toy.ipynb/x"), 1, "nothing can be written to"),
    ],
)
def test_every_error_is_one_object_of_json(arguments: tuple[str, ...], code: int, words: str) -> None:
    done = said(*arguments)
    assert done.exit_code == code
    found = json.loads(done.stdout)
    assert words in found["message"]
    assert found["exit_code"] == code
    assert found["error"]


@pytest.mark.usefixtures("shop")
def test_a_fault_of_ours_is_an_object_of_json_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("odd")

    monkeypatch.setattr(cjlab.reports, "records", broken)
    done = CliRunner().invoke(main, ["reports", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout) == {"error": "KeyError", "message": "'odd'", "exit_code": 1}


@pytest.mark.usefixtures("shop")
def test_a_damaged_record_is_listed_with_the_others() -> None:
    folder = Path(answer("report", "toy")["folder"])
    (folder / "manifest.json").write_text("{")
    (row,) = answer("reports")["records"]
    assert row["decision"] == "unreadable"


def test_a_failed_report_ends_with_one_and_one_line(shop: Path) -> None:
    done = said("report", "toy", "-p", "n=13")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("cjlab: notebook 'toy' stopped at step 1 of 1: an unexpected error (AssertionError")
    assert len(done.stderr.splitlines()) == 1
    found = answer("report", "toy", "-p", "n=13")
    assert found["error"] == "IncompleteError"
    assert Path(found["html"]).is_relative_to(shop)


def test_an_absent_notebook_ends_with_one(shop: Path) -> None:
    done = said("report", "tyo", "--notebooks", str(shop / "notebooks"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no notebook 'tyo'" in done.stderr
    assert "did you mean 'toy'?" in done.stderr


def test_parameters_can_be_listed_without_a_run(shop: Path) -> None:
    assert answer("report", "toy", "--parameters")[0] == {
        "name": "n",
        "takes": "a whole number",
        "default": "3",
        "help": "how many",
    }
    assert "how many" in said("report", "toy", "--parameters").stdout
    assert not (shop / "reports").exists()


def test_records_are_listed_and_the_index_rebuilt(shop: Path) -> None:
    assert "no record has been made here yet" in said("reports").stdout
    said("report", "toy")
    (shop / "reports" / "index.html").unlink()
    done = said("reports")
    assert "3 False ['a']  Good?" in done.stdout
    assert (shop / "reports" / "index.html").is_file()
    found = answer("reports")
    assert [one["title"] for one in found["records"]] == ["Good?"]
    assert found["index"] == str(shop / "reports" / "index.html")


def test_data_sets_are_listed_with_where_they_lie(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / "mine" / "hillstrom").mkdir(parents=True)
    (shop / "mine" / "hillstrom" / "hillstrom.csv").touch()
    monkeypatch.setenv("CJLAB_DATA", str(shop / "mine"))
    rows = {row["name"]: row for row in answer("data")}
    assert rows["hillstrom"]["found"] == str(shop / "mine" / "hillstrom")
    assert rows["telco"]["found"] == "not at hand"
    monkeypatch.setenv("CJLAB_DATA", "nowhere")
    done = said("data")
    assert done.exit_code == 1
    assert "CJLAB_DATA is 'nowhere', which is no folder" in done.stderr


def test_the_doctor_looks_at_everything(shop: Path) -> None:
    signs = {sign["name"]: sign for sign in answer("doctor")}
    assert list(signs) == ["python", "packages", "kernel", "browser", "java", "data", "threads"]
    assert signs["kernel"]["ok"]
    pins = (
        "click==0.0.1 \\\n    --hash=sha256:00",
        "absent==1.0 ; python_version >= '3.11'",
        "no==1 ; python_version < '3'",
    )
    (shop / "requirements.lock").write_text("\n".join(pins))
    done = said("doctor")
    assert done.exit_code == 1
    assert "WRONG    packages" in done.stdout
    assert "and not 0.0.1, absent is missing; run" in done.stdout


def test_the_demo_reads_the_real_test_where_it_is_at_hand(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CJLAB_DATA", str(shop))
    asked = "from pathlib import Path\nexperiment: Path = 'x'  # a\nlog: str = ''  # b\nlanguage: str = 'en'  # c"
    (shop / "notebooks" / "x").touch()
    source = FOUND.replace("f'{n} {flag} {names}'", "f'{log} {language}'").replace("assert n != 13", "")
    write(shop / "notebooks" / "40_experiment.ipynb", asked, source)
    (shop / "notebooks" / "experiments").mkdir()
    for name in ("hillstrom", "simulated"):
        (shop / "notebooks" / "experiments" / f"{name}.toml").touch()
    assert answer("demo")["decision"] == "simulated_test en"
    (shop / "hillstrom").mkdir()
    (shop / "hillstrom" / "hillstrom.csv").touch()
    assert answer("demo", "--language", "fr")["decision"] == "hillstrom fr"


def test_the_demo_looks_beside_the_checkout(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CJLAB_DATA", "")  # so that what the demo sets is undone
    asked = "experiment: str = ''  # a\nlog: str = ''  # b\nlanguage: str = 'en'  # c"
    source = "import os\n" + FOUND.replace("f'{n} {flag} {names}'", "os.environ['CJLAB_DATA'] + log")
    inner = shop / "checkout"
    (inner / "notebooks").mkdir(parents=True)
    write(inner / "notebooks" / "40_experiment.ipynb", asked, source.replace("assert n != 13", ""))
    data = shop / "shared" / "data"
    (data / "hillstrom").mkdir(parents=True)
    (data / "hillstrom" / "hillstrom.csv").touch()
    monkeypatch.chdir(inner)
    assert answer("demo")["decision"] == f"{data}hillstrom"


def test_errors_and_bars_stay_off_a_pipe(shop: Path) -> None:
    home = str(Path(cjlab.__file__).parents[1])
    command = [sys.executable, "-m", "cjlab", "report", "toy", "-p", "n=13"]
    done = subprocess.run(
        command, cwd=shop, env=os.environ | {"PYTHONPATH": home}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_bar_is_drawn_on_a_terminal(shop: Path) -> None:
    home = str(Path(cjlab.__file__).parents[1])
    command = [sys.executable, "-m", "cjlab", "report", "toy"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=shop, env=os.environ | {"PYTHONPATH": home}, stdout=subprocess.PIPE, stderr=theirs, text=True
    ) as running:
        said_out = running.communicate()[0]
    drawn = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert running.returncode == 0
    assert "1 of 3 cells" in drawn
    assert "cells" not in said_out


def test_help_names_the_exit_codes() -> None:
    assert "2 asked wrongly" in " ".join(said("--help").stdout.split())
    assert said("--version").stdout == f"cjlab, version {cjlab.__version__}\n"


def test_the_demo_ends_with_turns_of_the_loop() -> None:
    found = _with_turns(Answer("read", {"decision": "send"}), 3)
    assert found.words.splitlines()[:3] == ["read", "", "The loop in a simulated shop, 3 months:"]
    assert [turn["day"] for turn in found.value["turns"]] == ["2024-03-31", "2024-04-30", "2024-05-30"]
    assert found.value["decision"] == "send"
    assert found.value["turns"][2]["learnt"]["turns"] == ["2024-03-31"]
    assert "  learnt: version 1, from " in found.words
