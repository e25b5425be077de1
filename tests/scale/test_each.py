"""One function over shards: every shard once, in order, on any number of threads, here or in Spark."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cjlab as cj
from cjlab.errors import SpecError
from cjlab.scale import _session, each
from cjlab.scale._progress import bar

if TYPE_CHECKING:
    from pathlib import Path


@given(st.lists(st.integers(0, 50)), st.integers(1, 4))
def test_every_shard_is_answered_in_its_place(shards: list[int], threads: int) -> None:
    assert each(shards, lambda shard: shard * 2, threads=threads) == [shard * 2 for shard in shards]


def test_no_more_shards_at_a_time_than_threads() -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def work(_: int) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.002)
        with lock:
            under_way -= 1

    each(range(40), work, threads=3)
    assert 1 < most <= 3


def test_one_setting_says_how_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CJLAB_THREADS", "1")
    assert set(each(range(9), lambda _: threading.current_thread())) == {threading.main_thread()}


@pytest.mark.parametrize("threads", [1, 2])
def test_a_fault_ends_the_work(threads: int) -> None:
    begun = []

    def work(shard: int) -> None:
        begun.append(shard)
        time.sleep(0.01)
        if shard == 1:
            raise SpecError("shard 1 cannot be; leave it out")

    with pytest.raises(SpecError, match="shard 1 cannot be; leave it out"):
        each(range(1_000), work, threads=threads)
    assert len(begun) < 100


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(SpecError, match="engine is 'dask'; allowed: 'local' or 'spark'"):
        each([1], str, engine="dask")
    with pytest.raises(SpecError, match="threads is 0; give a whole number from 1 to 1024"):
        each([1], str, threads=0)


def test_nothing_is_printed_where_no_one_looks(capfd: pytest.CaptureFixture[str]) -> None:
    each(range(5), str, threads=2)
    assert capfd.readouterr() == ("", "")


def test_a_bar_is_drawn_on_a_terminal_and_wiped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with bar(2, name="shards") as done:
        done(1)
        done(1)
    out, err = capsys.readouterr()
    assert "shards" in err
    assert err.endswith("\r")
    assert not out


def test_an_old_java_or_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(
        SpecError, match="there is no Java; install one, such as `apt-get install openjdk-17-jre-headless`"
    ):
        _session.require_java()
    program = tmp_path / "bin/java"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n")
    program.chmod(0o755)
    with pytest.raises(SpecError, match="Java is 8; Spark needs 17 or later"):
        _session.require_java()


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # Spark forgets the pipe to a Java that died
def test_what_java_says_is_told_when_spark_does_not_start(
    spark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin/java"
    program.parent.mkdir()
    version = '[ "$1" = -version ] && echo \'openjdk version "17.0.1"\' && exit'
    program.write_text(f"#!/bin/sh\nexec >&2\n{version}\necho 'no room for a heap'\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SpecError, match=r"engine is 'spark', and it does not start: .*no room for a heap"):
        each([1], str, engine=spark)


@pytest.mark.spark
def test_the_same_function_in_spark(spark: str, capfd: pytest.CaptureFixture[str]) -> None:
    factor = 3

    def work(shard: int) -> tuple[int, str]:
        if shard == 99:
            raise SpecError("shard 99 cannot be; leave it out")
        return shard * factor, sys.executable

    assert each([5, 1, 4], work, engine=spark, threads=2) == [
        (15, sys.executable),
        (3, sys.executable),
        (12, sys.executable),
    ]
    with pytest.raises(SpecError, match="shard 99 cannot be; leave it out"):
        cj.scale.each([1, 99], work, engine=spark, threads=1)
    assert each([], work, engine=spark) == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.spark
def test_an_active_session_is_used_and_left(spark: str) -> None:
    with _session.session(1) as active:
        assert each([1, 2], str, engine=spark) == ["1", "2"]
        assert active.range(3).count() == 3
