"""An environment of its own for tea-tasting, which may want other versions than cjlab's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.experiments.measure import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ROOT / ".bench" / "tea_tasting"
REQUIREMENTS = (
    "tea-tasting==1.14",
    "duckdb==2.0.0",
    "ibis-framework[duckdb]==12.0.0",
    "narwhals==2.29.0",
    "numpy==2.4.6",
    "pandas==3.1.1",
    "polars==2.1.0",
    "pyarrow==26.0.1",
    "scipy==1.17.1",
)


def interpreter() -> Path | None:
    """Return the interpreter of the environment, made if it is not there; None where it cannot be made."""
    python, noted = FOLDER / "bin" / "python", FOLDER / "made-from.txt"
    wanted = "\n".join(REQUIREMENTS)
    if noted.exists() and noted.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(FOLDER, ignore_errors=True)
    make = _uv("venv", "--python", sys.executable, str(FOLDER))
    if not make or not _uv("pip", "install", "--compile-bytecode", "--python", str(python), *REQUIREMENTS):
        sys.stderr.write("no environment for tea-tasting could be made: it is left out\n")
        return None
    noted.write_text(wanted, encoding="utf-8")
    return python


def _uv(*arguments: str) -> bool:
    return subprocess.run([sys.executable, "-m", "uv", *arguments, "--quiet"], check=False).returncode == 0
