"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("cjlab", deadline=None)  # a busy machine is no fault
settings.load_profile("cjlab")


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of the real data sets; the test is skipped where they are absent."""
    folder = os.environ.get("CJLAB_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("no real data: set CJLAB_DATA to the folder described in data/README.md")
    return Path(folder).resolve()
