"""Models in folders: published whole by one rename, refused when a byte is not what it was, never a pickle."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import zipfile
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import shown
from cjlab._durable import settle
from cjlab.errors import ModelError
from cjlab.models._kinds import Storable
from cjlab.models._parts import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

_FORMAT = 2  # of 1, a Survival has other parts, and a NextInteraction says otherwise what it learnt from
_READ = (1, _FORMAT)
_MANIFEST, _ARRAYS = "model.json", "arrays.npz"
_MADE_WITH = ("cjlab", "numpy", "xgboost", "scikit-learn")


def save(model: Storable, folder: str | os.PathLike[str]) -> Path:
    """Store a model in a folder of its own, which appears whole or not at all.

    The folder holds ``model.json`` (kind, parameters, columns, and the SHA-256 of every file, its own included),
    ``arrays.npz``, and boosters in xgboost's own binary format; none of them can run code when it is read.

    Parameters
    ----------
    model : Storable
        Any model of this room that has learnt.
    folder : str or path
        Where; nothing may be there yet.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ModelError
        When the model is none of this room's, or the folder exists.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"visits": range(200), "zone": ["north", "south"] * 100})
    >>> model = cj.models.Propensity("logistic").fit(X, [0, 1] * 100)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     again = cj.models.load(cj.models.save(model, Path(place, "model")))
    >>> bool((again.predict_proba(X) == model.predict_proba(X)).all())
    True
    """
    if not isinstance(model, Storable):
        raise ModelError(f"model is {shown(model)}; give a model of cjlab.models that has learnt")
    place, pieces = Path(folder), Pieces()
    tree = pieces.apart(model)
    files = dict(pieces.boosters)
    if pieces.arrays:
        files[_ARRAYS] = _packed(pieces.arrays)
    manifest = {
        "format": _FORMAT,
        "made_with": {name: version(name) for name in _MADE_WITH},
        "files": {name: sha256(content).hexdigest() for name, content in sorted(files.items())},
        "model": tree,
    }
    with _published(place) as stage:
        for name, content in (files | {_MANIFEST: _sealed(manifest)}).items():
            _write(stage / name, content)
    return place


def load(folder: str | os.PathLike[str]) -> Any:  # noqa: ANN401 - whichever model was stored
    """Read a model that :func:`save` stored; its predictions are the same to the last bit.

    Parameters
    ----------
    folder : str or path
        The folder.

    Returns
    -------
    estimator
        The model, of the class that was stored.

    Raises
    ------
    ModelError
        When the folder holds no model, a file is absent, one byte is not what was written, the format is newer than
        this version, or so old that the model lacks parts that it has today. The digests tell what was damaged or
        edited by hand; whoever can rewrite a whole folder can rewrite them too, so keep models where only those write
        who may.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.models.load("no/such/folder")
    Traceback (most recent call last):
        ...
    cjlab.errors.ModelError: no/such/folder holds no model: model.json cannot be read (No such file or directory); ...
    """
    place = Path(folder)
    manifest = _opened(_read(place, _MANIFEST), place)
    if manifest["format"] not in _READ:
        raise ModelError(
            f"{place} is of format {manifest['format']}, and this version reads {_READ[0]} to {_READ[-1]}; use the "
            f"version of cjlab that made it: {manifest.get('made_with', {}).get('cjlab', 'unknown')}"
        )
    files = {name: _same(_read(place, name), digest, place / name) for name, digest in manifest["files"].items()}
    arrays = _unpacked(files.pop(_ARRAYS)) if _ARRAYS in files else {}
    return Pieces(arrays, files).together(manifest["model"])


def _sealed(manifest: Mapping[str, Any]) -> bytes:
    """Write a manifest with the digest of all the rest of it in front."""
    body = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
    digest = sha256(body.encode()).hexdigest()
    return f'{{\n "digest": "{digest}",{body[1:]}\n'.encode()


def _opened(content: bytes, place: Path) -> dict[str, Any]:
    """Return a manifest whose bytes are those that were written."""
    try:
        manifest: dict[str, Any] = json.loads(content)
        manifest.pop("digest")
        whole = _sealed(manifest) == content
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise ModelError(f"{place / _MANIFEST} is not as it was written; restore the folder from a copy")
    return manifest


def _read(place: Path, name: str) -> bytes:
    try:
        return (place / name).read_bytes()
    except OSError as error:
        raise ModelError(
            f"{place} holds no model: {name} cannot be read ({error.strerror}); give a folder that cj.models.save made"
        ) from error


def _same(content: bytes, digest: str, file: Path) -> bytes:
    if sha256(content).hexdigest() != digest:
        raise ModelError(f"{file} is not as it was written; restore the folder from a copy")
    return content


def _packed(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    buffer = BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpacked(content: bytes) -> dict[str, NDArray[np.generic]]:
    try:
        with np.load(BytesIO(content), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (ValueError, zipfile.BadZipFile) as error:
        raise ModelError(f"{_ARRAYS} holds what no model has ({error}); store the model again") from error


@contextmanager
def _published(place: Path) -> Iterator[Path]:
    """Give a hidden folder beside ``place``, which becomes it by one rename; nothing is left of one that failed."""
    if place.exists():
        raise ModelError(f"{place} exists; a stored model never changes: give a folder that is not there yet")
    place.parent.mkdir(parents=True, exist_ok=True)
    stage = place.parent / f".{place.name}.{secrets.token_hex(4)}.part"
    stage.mkdir()
    try:
        yield stage
        settle(stage)
        stage.rename(place)
    except FileExistsError as error:
        raise ModelError(f"{place} was made by somebody else meanwhile; give another folder") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    settle(place.parent)


def _write(file: Path, content: bytes) -> None:
    with file.open("xb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
