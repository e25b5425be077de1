"""``cjlab doctor``: what is here, what is missing, and how to get it."""

from __future__ import annotations

import os
import platform
import re
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cjlab.cli._answer import DONE, REFUSED, Answer, answering
from cjlab.cli._programs import chromium, java
from cjlab.errors import CjlabError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*(.+?))?\s*\\?$", re.MULTILINE)
_NAMED = 5  # packages named in a line


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at: whether it is as it should be, what was found, and what to do.

    A thing that is only ``wanted`` for a part of the work leaves the exit code alone.
    """

    name: str
    ok: bool
    found: str
    remedy: str = ""
    wanted: bool = False


@click.command()
@answering
def doctor() -> Answer:
    """Look at interpreter, packages, kernel, browser, Java, data and threads."""
    signs = list(_signs())
    ill = any(not sign.ok and not sign.wanted for sign in signs)
    return Answer("\n".join(map(_line, signs)), [asdict(sign) for sign in signs], REFUSED if ill else DONE)


def _line(sign: Sign) -> str:
    mark = "ok     " if sign.ok else ("missing" if sign.wanted else "WRONG  ")
    remedy = f"; {sign.remedy}" if sign.remedy and not sign.ok else ""
    return f"{mark}  {sign.name:<9} {sign.found}{remedy}"


def _signs() -> Iterator[Sign]:
    yield _interpreter()
    yield _packages()
    yield _kernel()
    browser = chromium()
    how = "install Chromium, or name one in CJLAB_CHROMIUM; only tests of pages need it"
    yield Sign("browser", browser is not None, str(browser or "no Chromium"), how, wanted=True)
    found = java()
    how = "install Java 17, or set JAVA_HOME; only Spark needs it"
    yield Sign("java", found is not None, found or "no Java", how, wanted=True)
    yield _data()
    yield _threads()


def _interpreter() -> Sign:
    running = platform.python_version()
    ok = (3, 11) <= sys.version_info[:2] < (3, 13)
    return Sign("python", ok, f"{running} at {sys.executable}", "use Python 3.11 or 3.12")


def _packages() -> Sign:
    lock = next((path for path in _locks() if path.is_file()), None)
    if lock is None:
        return Sign("packages", ok=True, found="no requirements.lock here to compare with")
    different = list(_different(lock.read_text(encoding="utf-8")))
    named = ", ".join(different[:_NAMED]) + (f" and {len(different) - _NAMED} more" if len(different) > _NAMED else "")
    found = f"not as {lock} has them: {named}" if different else f"as {lock} has them"
    return Sign("packages", not different, found, "run `make test`, which follows the lock")


def _locks() -> tuple[Path, ...]:
    return (Path("requirements.lock"), Path(str(files("cjlab"))).parent / "requirements.lock")


def _different(lock: str) -> Iterator[str]:
    from packaging.markers import Marker

    for name, pinned, marker in _PINNED.findall(lock):
        if marker and not Marker(marker).evaluate():
            continue
        try:
            installed = version(name)
        except PackageNotFoundError:
            yield f"{name} is missing"
            continue
        if installed != pinned:
            yield f"{name} {installed} and not {pinned}"


def _kernel() -> Sign:
    from cjlab.reports import start_kernel

    try:
        start_kernel()
    except CjlabError as refused:
        return Sign("kernel", ok=False, found=str(refused), remedy="install the packages anew")
    return Sign("kernel", ok=True, found="starts")


def _data() -> Sign:
    from cjlab.datasets import catalogue

    try:
        known = catalogue()
    except CjlabError as refused:
        return Sign("data", ok=False, found=str(refused))
    there = [entry.name for entry, place in zip(known.entries, known.found, strict=True) if place]
    how = "set CJLAB_DATA to their folder (data/README.md); the loaders that can download will"
    where = os.environ.get("CJLAB_DATA", "data/external")
    return Sign("data", bool(there), f"{', '.join(there) or 'no public data set'} in {where}", how, wanted=True)


def _threads() -> Sign:
    from cjlab._threads import threads

    try:
        number = threads()
    except CjlabError as refused:
        return Sign("threads", ok=False, found=str(refused))
    return Sign("threads", ok=True, found=f"{number} for a kernel (CJLAB_THREADS sets it), {os.cpu_count()} processors")
