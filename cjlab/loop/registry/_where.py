"""Where a registry lies: its database or server, and the folder of its models' files."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from cjlab._checks import shown
from cjlab.errors import SpecError

_DATABASE, _MODELS = "registry.db", "models"
_SQLITE = "sqlite:///"
_SQL = {"postgresql": 5432, "mysql": 3306, "mssql": 1433}  # where they listen unless said
_HTTP = ("http", "https")
_SECRET = re.compile(r"(?<=://)([^/@:]*):[^/@]*@")


@dataclass(frozen=True, slots=True)
class Where:
    """The address of a registry's names, and the folder of its models' files (for a server: of their copies)."""

    uri: str
    shelf: Path

    @classmethod
    def of(cls, uri: str | os.PathLike[str], artifacts: str | os.PathLike[str] | None) -> Where:
        """Read a folder, or the address of a database or a server."""
        text = os.fspath(uri)
        if not isinstance(text, str) or not text.strip() or "\0" in text:
            raise SpecError(f"uri is {shown(uri)}; give a folder, or the address of a database or an MLflow server")
        scheme, sign, _ = text.partition("://")
        if not sign:
            text = f"{_SQLITE}{Path(text).absolute() / _DATABASE}"
        elif text.startswith(_SQLITE):
            text = f"{_SQLITE}{Path(text.removeprefix(_SQLITE)).absolute()}"
        elif scheme.partition("+")[0] not in (*_SQL, *_HTTP):
            raise SpecError(
                f"uri is {shown(_masked(text))}; give a folder, or an address that starts with {_SQLITE}, "
                f"{', '.join(f'{one}://' for one in (*_SQL, *_HTTP))}"
            )
        return cls(text.rstrip("/"), cls._shelf(text, artifacts))

    @staticmethod
    def _shelf(uri: str, artifacts: str | os.PathLike[str] | None) -> Path:
        if artifacts is not None:
            return Path(artifacts).absolute()
        if uri.startswith(_SQLITE):
            return Path(uri.removeprefix(_SQLITE)).parent / _MODELS
        if uri.partition("://")[0] in _HTTP:
            return _cache() / "cjlab" / "registry" / sha256(uri.encode()).hexdigest()[:16]
        raise SpecError(f"{_masked(uri)} keeps names and no files; say artifacts=, a folder that all who load can read")

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None for anything else."""
        return Path(self.uri.removeprefix(_SQLITE)) if self.uri.startswith(_SQLITE) else None

    @property
    def served(self) -> bool:
        """Whether an MLflow server keeps the files, too."""
        return self.uri.partition("://")[0] in _HTTP

    @property
    def door(self) -> tuple[str, int] | None:
        """The host and the port of a database that listens; None for anything else."""
        parts = urlsplit(self.uri)
        port = _SQL.get(parts.scheme.partition("+")[0])
        return (parts.hostname, parts.port or port) if port and parts.hostname else None

    def __str__(self) -> str:
        """Name the place without its password."""
        return str(self.file or _masked(self.uri))


def _masked(uri: str) -> str:
    return _SECRET.sub(r"\1:***@", uri)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
