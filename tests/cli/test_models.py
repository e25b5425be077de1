"""Commands of the registry: what is there, who serves, and every refusal with its code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cjlab import models
from cjlab.cli import main
from cjlab.loop import Registry

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a registry of two versions, the first of them champion."""
    X = pd.DataFrame({"complaints": np.arange(120) % 9}, index=pd.RangeIndex(120, name="customer_id"))
    y = X["complaints"] + np.arange(120) % 5 > 6
    model = models.Churn("logistic").fit(X, y)
    card = models.card(model, models.judge(model, X, y, repeats=1), question="Who leaves?")
    monkeypatch.chdir(tmp_path)
    registry = Registry("registry")
    for day in ("2026-05-01", "2026-06-01"):
        registry.register("churn", model, card, trained_on={"as_of": day})
    registry.promote("churn", 1, "the first one", by="ana")


def said(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def answer(*arguments: str) -> Any:
    return json.loads(said(*arguments, "--json").stdout)


@pytest.mark.usefixtures("shop")
def test_versions_and_moves_are_listed_and_made() -> None:
    lines = said("models").stdout.splitlines()
    assert re.split(r"  +", lines[0]) == ["name", "version", "aliases", "model", "registered"]
    assert re.split(r"  +", lines[2])[:4] == ["churn", "1", "champion", "Churn"]
    done = said("promote", "churn", "2", "--why", "it wins", "--over", "1")
    assert (done.exit_code, done.stdout) == (0, "promotion of churn: the champion is now 2 (before: 1)\n")
    found = answer("rollback", "churn", "--why", "worse", "--leaving", "2")
    assert (found["kind"], found["before"], found["after"], found["why"]) == ("rollback", 2, 1, "worse")
    assert answer("rollback", "churn", "--why", "worse", "--leaving", "2") == found
    assert [row["kind"] for row in answer("models", "churn", "--history")] == ["promotion", "promotion", "rollback"]
    (second, first) = answer("models", "churn")
    assert (first["aliases"], second["aliases"]) == ("champion", "")
    assert first["trained_on"] == {"as_of": "2026-05-01"}
    assert said("promote", "churn", "2", "--why", "watch", "--alias", "shadow").exit_code == 0
    assert answer("models", "sales") == []
    assert said("models", "sales").stdout == "no version has been registered here yet\n"


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("promote", "churn", "9", "--why", "so"), 1, "there is no version 9 of 'churn'; there is 2, 1"),
        (("promote", "churn", "2", "--why", "so", "--over", "2"), 1, "is version 1, and not version 2; nothing was"),
        (("rollback", "churn", "--why", "so"), 1, "version 1 is its first champion"),
        (("models", "--registry", "nowhere"), 1, "there is no registry at"),
        (("models", "--registry", "ftp://x"), 1, "uri is 'ftp://x'; give a folder"),
        (("promote", "churn", "2"), 2, "Missing option '--why'"),
        (("promote", "churn", "best", "--why", "so"), 2, "'best' is not a valid integer"),
        (("promote", "churn", "2", "--why", "so", "--alias", "best"), 2, "'best' is not one of 'champion'"),
        (("models", "--history"), 2, "--history is of one model"),
    ],
)
def test_a_refusal_is_one_object_of_json(arguments: tuple[str, ...], code: int, words: str) -> None:
    done = said(*arguments, "--json")
    assert done.exit_code == code
    found = json.loads(done.stdout)
    assert words in found["message"]
    assert found["exit_code"] == code
    assert not done.stdout.count("Traceback")
