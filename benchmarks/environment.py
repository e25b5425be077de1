"""Environments of their own for packages that are measured against: they may want other versions than cjlab's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).parents[1] / ".bench"


def interpreter(name: str, requirements: Sequence[str]) -> Path | None:
    """Return the interpreter of an environment, made if it is not there; None where it cannot be made."""
    folder = FOLDER / name
    python, noted = folder / "bin" / "python", folder / "made-from.txt"
    wanted = "\n".join(requirements)
    if noted.exists() and noted.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    make = _uv("venv", "--python", sys.executable, str(folder))
    if not make or not _uv("pip", "install", "--compile-bytecode", "--python", str(python), *requirements):
        sys.stderr.write(f"no environment for {', '.join(requirements)} could be made: it is left out\n")
        return None
    noted.write_text(wanted, encoding="utf-8")
    return python


def _uv(*arguments: str) -> bool:
    return subprocess.run([sys.executable, "-m", "uv", *arguments, "--quiet"], check=False).returncode == 0
