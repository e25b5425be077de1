"""Programs that are not Python packages: a browser for the tests of pages, Java for Spark."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
_SECONDS = 20


def chromium() -> Path | None:
    """Return a Chromium: the one that ``CJLAB_CHROMIUM`` names, on the path, an application, or playwright's own."""
    named = [os.environ.get("CJLAB_CHROMIUM", ""), *map(shutil.which, _BROWSERS)]
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    candidates = [*(Path(name) for name in named if name), *_APPLICATIONS, *own]
    return next((path for path in candidates if path.is_file()), None)


def java() -> str | None:
    """Return the version of the Java on the path or in ``JAVA_HOME``."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if not program or not Path(program).is_file():
        return None
    said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603 - the Java the user named
    version = re.search(r'version "([^"]+)"', said.stderr)
    return version[1] if version else None
