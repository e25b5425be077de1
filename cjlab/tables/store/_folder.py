"""Where a log is stored."""

from __future__ import annotations

from pathlib import Path

from cjlab.errors import TableError


def absolute(folder: str | Path) -> Path:
    """Return the folder of that path."""
    try:
        if str(folder):
            return Path(folder).expanduser().resolve()
    except (TypeError, ValueError, OSError, RuntimeError) as error:
        raise TableError(f"folder is {folder!r} ({error}); give the path of a folder") from error
    raise TableError(f"folder is {folder!r}; give the path of a folder")
