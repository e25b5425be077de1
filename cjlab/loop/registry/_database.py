"""An empty registry on SQLite: MLflow's tables are made once, in memory, and the file appears whole or not at all."""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING

from cjlab._durable import held, replace, writing
from cjlab.errors import RegistryError

if TYPE_CHECKING:
    from pathlib import Path


def made(file: Path) -> None:
    """Make an empty registry, unless there is one."""
    if file.exists():
        return
    with writing(file, RegistryError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with held(file.parent):
            if not file.exists():
                replace(file, _empty())


@cache
def _empty() -> bytes:
    """Migrate an empty database: on a disk the same takes many seconds, and a kill would leave half of it."""
    from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine

    engine = create_sqlalchemy_engine("sqlite://")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the libraries among themselves
            _initialize_tables(engine)
        with engine.connect() as connection:
            content: bytes = connection.connection.dbapi_connection.serialize()
            return content
    finally:
        engine.dispose()
