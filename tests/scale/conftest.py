"""A session of Spark, where there is a Java for it."""

from __future__ import annotations

import pytest

from cjlab.errors import SpecError
from cjlab.scale._session import require_java


@pytest.fixture(scope="session")
def spark() -> str:
    """Name the engine; the test is skipped, and says what to install, where Spark or Java is absent."""
    pytest.importorskip("pyspark", reason="no pyspark: install requirements-spark.lock")
    try:
        require_java()
    except SpecError as absent:
        pytest.skip(str(absent))
    return "spark"
