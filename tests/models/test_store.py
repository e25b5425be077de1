"""Stored models: the same again, or a refusal."""

from __future__ import annotations

import json
import pickle
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cjlab as cj
from cjlab.errors import ModelError
from cjlab.models import load, save
from cjlab.models._columns import Columns
from cjlab.models._parts import Pieces
from cjlab.models._store import _packed, _sealed

STORED = Path(__file__).parent / "stored"  # in the first format, before cards were written of every model
COLUMNS = Columns(("a", "zone"), ("number", "category"), {"zone": ("é", "n")})


def test_a_model_is_the_same_again(tmp_path: Path) -> None:
    folder = save(COLUMNS, tmp_path / "deep" / "model")
    assert load(folder) == COLUMNS
    assert [one.name for one in folder.parent.iterdir()] == ["model"]


def test_every_kind_of_part_comes_back() -> None:
    parts = {"n": 3, "x": 0.1, "no": None, "yes": True, "word": "é", "nan": float("nan"), "far": -np.inf}
    parts |= {"array": np.arange(4.0), "trees": b"\x00ubj", "within": [COLUMNS, {"deeper": np.int64(7)}]}
    pieces = Pieces()
    tree = json.loads(json.dumps(pieces.apart(parts), allow_nan=False))
    again = pieces.together(tree)
    assert np.isnan(again.pop("nan"))
    assert np.isnan(parts.pop("nan"))
    np.testing.assert_array_equal(again.pop("array"), parts.pop("array"))
    assert again == parts


@pytest.mark.parametrize("odd", [{1, 2}, {1: "a"}, np.array([object()]), 1j])
def test_what_cannot_be_stored_is_named(odd: Any) -> None:
    with pytest.raises(ModelError, match=r"give numbers|has names for keys"):
        Pieces().apart(odd)


def test_one_byte_changed_anywhere_is_refused(tmp_path: Path) -> None:
    folder = save(COLUMNS, tmp_path / "model")
    file = folder / "model.json"
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ModelError, match=r"model\.json is not as it was written"):
            load(folder)
    for other in (whole + b" ", whole[:-1], b"", b"[" * 100_000, b"[]", whole.replace(b'"digest"', b'"digits"')):
        file.write_bytes(other)
        with pytest.raises(ModelError, match=r"model\.json is not as it was written"):
            load(folder)


def _written(folder: Path, files: dict[str, bytes], **changed: Any) -> Path:
    """Write a folder by hand, every digest right."""
    folder.mkdir()
    digests = {name: sha256(content).hexdigest() for name, content in files.items()}
    manifest = {"format": 1, "made_with": {"cjlab": "9.9"}, "files": digests, "model": {"array": "array_0"}} | changed
    for name, content in (files | {"model.json": _sealed(manifest)}).items():
        (folder / name).write_bytes(content)
    return folder


def test_another_file_changed_or_gone_is_refused(tmp_path: Path) -> None:
    folder = _written(tmp_path / "model", {"arrays.npz": _packed({"array_0": np.arange(3)})})
    np.testing.assert_array_equal(load(folder), [0, 1, 2])
    whole = (folder / "arrays.npz").read_bytes()
    for place in range(0, len(whole), 7):
        (folder / "arrays.npz").write_bytes(whole[:place] + bytes([whole[place] ^ 128]) + whole[place + 1 :])
        with pytest.raises(ModelError, match=r"arrays\.npz is not as it was written"):
            load(folder)
    (folder / "arrays.npz").unlink()
    with pytest.raises(ModelError, match=r"holds no model: arrays\.npz cannot be read"):
        load(folder)


class _Armed:
    """Acts when a pickle of it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('a pickle was read')",))


def test_no_pickle_is_read_even_where_every_digest_is_right(tmp_path: Path) -> None:
    hidden = np.array([_Armed()], dtype=object)
    np.savez(tmp_path / "a.npz", array_0=hidden)
    for place, content in enumerate([(tmp_path / "a.npz").read_bytes(), pickle.dumps(_Armed())]):
        folder = _written(tmp_path / f"model{place}", {"arrays.npz": content})
        with pytest.raises(ModelError, match=r"arrays\.npz holds what no model has"):
            load(folder)


def test_only_kinds_that_are_known_are_made(tmp_path: Path) -> None:
    told: dict[str, Any] = {"kind": "os:system", "parts": {}}
    with pytest.raises(ModelError, match=r"is of kind 'os:system'; this version knows .*blend"):
        load(_written(tmp_path / "model", {}, model=told))


def test_a_newer_format_names_the_version_to_use(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"is of format 3, and this version reads 1 to 2; use the .*: 9\.9"):
        load(_written(tmp_path / "model", {}, format=3))


def test_models_stored_in_the_first_format_still_foretell_the_same() -> None:
    X = pd.DataFrame({"visits": np.arange(120) % 17, "zone": ["north", "south", "west"] * 40})
    said = load(STORED / "churn").predict_proba(X)[:3, 1]
    np.testing.assert_allclose(said, [0.009240518697286426, 0.010796251186739436, 0.01777157173084548], rtol=1e-12)
    model = load(STORED / "next_interaction")
    assert (model.taught.rows, model.taught.customers, model.taught.dates) == (1452, 179, ("2024-01-01", "2024-04-30"))
    log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=150).log
    days = model.predict(log, as_of="2024-05-01", k=1).to_frame()["days_low"].head(3)
    np.testing.assert_allclose(days, [7.976152, 2.507462, 3.739094], rtol=1e-6)


def test_one_of_the_first_format_that_lacks_parts_says_what_to_do() -> None:
    with pytest.raises(ModelError, match=r"'survival' was made of other parts than today .*; learn the model again"):
        load(STORED / "survival")


def test_a_model_never_takes_the_place_of_another(tmp_path: Path) -> None:
    save(COLUMNS, tmp_path / "model")
    with pytest.raises(ModelError, match="exists; a stored model never changes"):
        save(COLUMNS, tmp_path / "model")


def test_nothing_is_left_of_a_save_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        save(COLUMNS, tmp_path / "model")
    assert not list(tmp_path.iterdir())
