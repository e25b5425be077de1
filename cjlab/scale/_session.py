"""The session of Spark: the one that is active, or one on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from cjlab.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

_OLDEST = 17
_ADVICE = f"install one, such as `apt-get install openjdk-{_OLDEST}-jre-headless`, or set JAVA_HOME to it"
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}
_PYTHON = ("PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON")


@contextmanager
def session(threads: int) -> Iterator[Any]:
    """Give the active session, or one on this machine that ends afterwards."""
    try:
        from pyspark import SparkContext
        from pyspark.sql import SparkSession
    except ImportError as absent:
        raise SpecError("engine is 'spark', and pyspark is absent; pip install 'cjlab[spark]'") from absent
    if SparkContext._active_spark_context is not None:  # noqa: SLF001 - Spark has no other way to ask from any thread
        yield SparkSession.builder.getOrCreate()
        return
    require_java()
    with _context(threads) as context:
        yield SparkSession(context)


def require_java() -> None:
    """Refuse to go on without a Java that Spark runs on."""
    version = _java()
    if version is None:
        raise SpecError(f"engine is 'spark', and there is no Java; {_ADVICE}")
    if version < _OLDEST:
        raise SpecError(f"engine is 'spark', and Java is {version}; Spark needs {_OLDEST} or later: {_ADVICE}")


def _java() -> int | None:
    """Return the version of Java; None where there is none."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if program is None:
        return None
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603 - Java, where it was found
    except OSError:
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None


@contextmanager
def _context(threads: int) -> Iterator[Any]:
    """Start Spark with workers that run this very interpreter; what Java murmurs is told if it does not start."""
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway

    quiet = Path(__file__).with_name("quiet.properties").as_uri()
    settings = {**_SETTINGS, "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet}"}
    conf = SparkConf().setMaster(f"local[{threads}]").setAppName("cjlab").setAll([*settings.items()])
    with TemporaryFile("w+") as murmur, _interpreter():
        try:
            gateway = launch_gateway(conf, {"stderr": murmur})
        except (PySparkException, Py4JError, OSError, EOFError) as failed:
            murmur.seek(0)
            raise SpecError(f"engine is 'spark', and it does not start: {murmur.read().strip()[-500:]}") from failed
        context = SparkContext(conf=conf, gateway=gateway)
        try:
            yield context
        finally:
            context.stop()
            gateway.shutdown()
            gateway.proc.stdin.close()  # by which Java knows that it may go
            gateway.proc.wait()
            SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001 - or the next one would knock at this door


@contextmanager
def _interpreter() -> Iterator[None]:
    """Have Spark's workers run the interpreter that runs here."""
    before = {name: os.environ.get(name) for name in _PYTHON}
    os.environ.update(dict.fromkeys(_PYTHON, sys.executable))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
