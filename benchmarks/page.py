"""A page of measured figures: each benchmark owns one section, and a new run replaces that section alone."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def provenance(packages: Sequence[str], *, started: dt.datetime) -> str:
    """Say when and with what the figures were measured."""
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    minutes = (dt.datetime.now(tz=dt.UTC) - started).total_seconds() / 60
    return (
        f"Measured {started:%Y-%m-%d} in {minutes:.1f} minutes on {os.cpu_count()} cores, "
        f"Python {platform.python_version()}: {versions}."
    )


def put(path: Path, *, heading: str, body: str, title: str) -> None:
    """Put a section into a page, in place of the one with that heading; make the page if there is none."""
    text = path.read_text(encoding="utf-8") if path.exists() else f"# {title}\n"
    section = f"## {heading}\n\n{body.strip()}\n"
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    start, end = found.span() if found else (len(text), len(text))
    text = f"{text[:start].rstrip()}\n\n{section}\n{text[end:]}"
    path.write_text(text.rstrip() + "\n", encoding="utf-8")
