"""Who is erased from a loop's home is in no file of it, whatever kills the eraser; what learnt from him is marked."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import SpecError, TableError
from cjlab.tables import Key, Log
from tests.decoded import found
from tests.loop.market import turned
from tests.planted import HE, planted

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deaths import Deaths

KEY = Key(b"a second key, of thirty-two bytes")


def turn(home: Path, day: str, customers: list[int], **columns: list[Any]) -> None:
    """Publish a turn: what was found, and the features by which it decided."""
    folder = home / "turns" / day
    folder.mkdir(parents=True)
    pl.DataFrame({"customer_id": customers, **columns}).write_parquet(folder / "features.parquet")
    digest = sha256((folder / "features.parquet").read_bytes()).hexdigest()
    said = {"format": 1, "day": day, "files": {"features.parquet": digest}}
    (folder / "turn.json").write_text(json.dumps(said))


def features(home: Path, day: str) -> pl.DataFrame:
    """Read the features of a turn as its file names them."""
    folder = home / "turns" / day
    named = json.loads((folder / "turn.json").read_text())["files"]
    assert {name: sha256((folder / name).read_bytes()).hexdigest() for name in named} == named
    assert sorted(file.name for file in folder.iterdir()) == ["features.parquet", "turn.json"]
    return pl.read_parquet(folder / "features.parquet")


def files(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*")}


def version(registry: cj.loop.Registry, **trained_on: str) -> int:
    X = pd.DataFrame({"calls": np.arange(120) % 9}, index=pd.RangeIndex(120, name="customer_id"))
    y = X["calls"] + np.arange(120) % 5 > 6
    model = cj.models.Churn("logistic").fit(X, y)
    card = cj.models.card(model, cj.models.judge(model, X, y, repeats=1), question="Who leaves?")
    return registry.register("spring", model, card, trained_on=trained_on).number


def test_no_value_of_his_is_left_in_any_file_of_a_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    log, rest, values = planted(others=20)
    log.write(home / "log", shards=3)
    values["a feature"] = 0.271828182845
    turn(home, "2025-05-03", [1, 2, HE], calls=[0.5, 0.5, values["a feature"]])
    turn(home, "2025-05-04", [1, 2], calls=[0.5, 0.5])
    registry = cj.loop.Registry(home / "registry")
    for turns in ("2025-05-03, 2025-05-04", "2025-05-04", "2025-05-02", ""):
        version(registry, turns=turns) if turns else version(registry)
    recipe = cj.features.Recipe(cj.features.Frequency("word 1"), cj.features.Monetary("word 1"))
    stored = Log.read(home / "log")
    cj.features.State.of(recipe, stored, "2025-12-01", folder=home / "states/monday")
    recipe.store(stored, "2025-12-01", folder=tmp_path / "tables/monday")
    assert found(tmp_path, values).keys() == values.keys()
    assert found(home / "states", {"he": HE})
    assert found(tmp_path / "tables", {"he": HE})

    counted = cj.loop.erase(home, HE, key=KEY, also=[tmp_path / "tables"], dry=True)
    assert found(tmp_path, values).keys() == values.keys()
    done = cj.loop.erase(home, HE, key=KEY, also=[tmp_path / "tables"])
    assert not found(tmp_path, values)
    assert counted.lines == done.lines
    assert Log.verify(home / "log").fingerprint() == rest.fingerprint()
    assert features(home, "2025-05-03")["customer_id"].to_list() == [1, 2]
    assert not (home / "states/monday").exists()
    marked = {one.number: one.erased for one in registry.versions("spring").rows}
    assert marked == {1: "trained on erased", 2: "", 3: "training set unknown", 4: "training set unknown"}
    assert str(HE) not in repr(done) + done.to_frame().to_string()
    told = {(line.where, line.what): line.number for line in done.lines}
    assert told["turns/2025-05-03/features.parquet", "rows taken out"] == 1
    assert told["registry/spring", "versions marked: training set unknown"] == 2
    assert told["states/monday", "removed whole"] == 1
    assert told["log/events", "values taken out"] == 1
    assert cj.loop.erase(home, HE, key=KEY).lines == ()
    assert registry.load("spring", 1)[1].erased == "trained on erased"


def test_a_killed_erasure_is_finished_when_called_again(tmp_path: Path, deaths: Deaths) -> None:
    at = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
    home = tmp_path / "before"
    people = pl.DataFrame({"customer_id": [1, 2]}).with_columns(joined=pl.lit(at))
    log = Log.of(customers=people).write(home / "log", shards=1)
    turn(home, "2025-05-03", [1, 2], calls=[0.25, 0.5])
    turn(home, ".2025-05-04", [1, 2], calls=[0.25, 0.5])
    (home / "turns/.2025-05-05.part").mkdir()
    cj.features.State.of(cj.features.Recipe(cj.features.Tenure()), log, "2025-12-01", folder=home / "monday")
    lived = tmp_path / "after"
    shutil.copytree(home, lived)
    cj.loop.erase(lived, 1, key=KEY)
    for died in deaths(lambda place: cj.loop.erase(place, 1, key=KEY), home):
        place = died / "log"
        Log.verify(place / "log")
        cj.loop.erase(place, 1, key=KEY)
        assert Log.verify(place / "log").customers.collect()["customer_id"].to_list() == [2]
        for day in ("2025-05-03", ".2025-05-04"):
            assert features(place, day).rows() == [(2, 0.5)]
        assert files(place) == files(lived)


def test_a_loop_goes_on_without_him(grown: list[Path], tmp_path: Path) -> None:
    home = shutil.copytree(grown[-1], tmp_path / "home")
    before = [one.day for one in cj.loop.turns(home).rows]
    he = int(Log.read(home / "log").contacts.select(pl.col("customer_id").min()).collect().item())
    done = cj.loop.erase(home, he, key=KEY)
    assert {line.where for line in done.lines} > {f"turns/{one}/features.parquet" for one in before}
    assert {one.erased for one in cj.loop.Registry(home / "registry").versions("spring").rows} == {"trained on erased"}
    (turn,) = turned(home, 1)
    assert turn.counts["decided"] > 1_000
    assert he not in features(home, turn.day)["customer_id"]
    assert [one.day for one in cj.loop.turns(home).rows] == [*before, turn.day]


def test_a_turn_that_is_damaged_is_named(tmp_path: Path) -> None:
    Log.of().write(tmp_path / "log")
    turn(tmp_path, "2025-05-03", [1])
    pl.DataFrame({"customer_id": [1, 1]}).write_parquet(tmp_path / "turns/2025-05-03/features.parquet")
    with pytest.raises(TableError, match=r"features.parquet is not as it was written; restore it from a copy"):
        cj.loop.erase(tmp_path, 1, key=KEY)


def test_what_is_no_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="which is no folder; give the home of a loop"):
        cj.loop.erase(tmp_path / "nowhere", 1, key=KEY)
    with pytest.raises(TableError, match="holds no log"):
        cj.loop.erase(tmp_path, 1, key=KEY)
    Log.of().write(tmp_path / "log")
    with pytest.raises(SpecError, match=r"also names .*nowhere, which is no folder"):
        cj.loop.erase(tmp_path, 1, key=KEY, also=[tmp_path / "nowhere"])
