"""MLflow's own server on this machine, in an environment of its own, on PostgreSQL where that is installed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.environment import interpreter

if TYPE_CHECKING:
    from collections.abc import Iterator

_REQUIREMENTS = ("mlflow==3.17.2", "psycopg2-binary==2.9.10")
_PATIENCE = 240  # seconds for a server to answer
_PROGRAMS = "/usr/lib/postgresql"


@dataclass(slots=True)
class Server:
    """A server that can be stopped, killed and started again, and what it stands on."""

    command: list[str]
    folder: Path
    port: int
    store: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        quiet = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"}
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=quiet, stdout=log, stderr=log, start_new_session=True
            )
        last = time.monotonic() + _PATIENCE
        while time.monotonic() < last:
            with suppress(OSError), urllib.request.urlopen(f"{self.uri}/health", timeout=5):  # noqa: S310 - our own
                return
            time.sleep(0.5)
        raise TimeoutError(f"no MLflow server answers at {self.uri}; see {self.folder / 'server.log'}")

    def stop(self, sign: int = signal.SIGKILL) -> None:
        """Stop it and its workers, by default as a power cut does."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, sign)
            self.process.wait()
            self.process = None


@contextmanager
def served(folder: Path) -> Iterator[Server | None]:
    """Run a server; None where its environment cannot be made."""
    python = interpreter("mlflow", _REQUIREMENTS)
    if python is None:
        yield None
        return
    with ExitStack() as held:
        address, store = held.enter_context(_database(folder))
        port = _free()
        files = f"--artifacts-destination {folder / 'files'} --serve-artifacts --workers 1 --host 127.0.0.1"
        start = [str(python), "-m", "mlflow", "server", "--backend-store-uri", address, "--port", str(port)]
        server = Server([*start, *files.split()], folder, port, store)
        held.callback(server.stop)
        server.start()
        yield server


@contextmanager
def _database(folder: Path) -> Iterator[tuple[str, str]]:
    """Run a PostgreSQL of our own where there is one, and nothing on SQLite."""
    programs = sorted(Path(_PROGRAMS).glob("*/bin/initdb"))
    if not programs:
        yield f"sqlite:///{folder / 'server.db'}", "SQLite"
        return
    place, port, user = folder / "postgres", _free(), "postgres" if os.getuid() == 0 else None
    place.mkdir()
    for one in (folder, *folder.parents):  # PostgreSQL does not run as root, and must reach its folder
        if user and one.stat().st_uid == 0 and len(one.parts) > 2:
            one.chmod(one.stat().st_mode | 0o011)
    if user:
        shutil.chown(place, user)
    run = [str(programs[-1].parent / "pg_ctl"), "-D", str(place / "data"), "-w"]
    init = [str(programs[-1]), "-D", str(place / "data"), "-A", "trust", "-U", "cjlab", "--no-sync"]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place}"
    subprocess.run(init, check=True, user=user, stdout=subprocess.DEVNULL, cwd=place)
    start = [*run, "-l", str(place / "log"), "-o", options, "start"]
    subprocess.run(start, check=True, user=user, stdout=subprocess.DEVNULL, cwd=place)
    try:
        yield f"postgresql+psycopg2://cjlab@127.0.0.1:{port}/postgres", f"PostgreSQL {programs[-1].parents[1].name}"
    finally:
        subprocess.run([*run, "-m", "immediate", "stop"], check=False, user=user, stdout=subprocess.DEVNULL, cwd=place)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])
