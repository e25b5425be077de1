"""The kernel a notebook runs in: this interpreter, over socket files of its own, with its own number of threads."""

from __future__ import annotations

import logging
import os
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync

from cjlab._threads import THREADS, threads
from cjlab.errors import ReportError
from cjlab.reports import _scratch

if TYPE_CHECKING:
    from collections.abc import Mapping

_POOLS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "NUMBA")

_ROOM = 103 - len("/.cjlab-012345-4194304-2147483647-12345678/socket-5")  # the shortest limit, that of macOS

log = logging.getLogger("cjlab.reports")
log.addHandler(logging.NullHandler())


class Kernel(AsyncKernelManager):
    """A kernel on socket files in one folder; no kernel needs to be installed under any name."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        command = [sys.executable, "-Xfrozen_modules=off", "-m", "cjlab.reports._kernel_app", "-f", "{connection_file}"]
        command.append("--Session.packer=cjlab.reports._packing.packed")
        return KernelSpec(argv=command, display_name="cjlab", language="python")

    @classmethod
    def within(cls, folder: Path) -> Kernel:
        """Prepare a kernel whose sockets lie in ``folder``."""
        return cls(transport="ipc", ip=str(folder / "socket"), connection_file=str(folder / "kernel.json"), log=log)

    def stop(self) -> None:
        """Stop the kernel if it still runs, whatever became of the run."""
        if self.has_kernel:
            run_sync(self.shutdown_kernel)(now=True)


def sockets() -> Path:
    """Return a folder in which the path of a socket stays within what the system allows.

    Raises
    ------
    ReportError
        When no folder is short enough and can be written.
    """
    found = [path for path in _scratch.temporary() if len(os.fsencode(path)) <= _ROOM and os.access(path, os.W_OK)]
    if not found:
        named = ", ".join(map(str, _scratch.temporary()))
        raise ReportError(
            f"a kernel needs a folder for its sockets whose path has at most {_ROOM} bytes and can be written; looked "
            f"at {named}; set TMPDIR to such a folder"
        )
    return found[0]


def surroundings(folder: Path) -> dict[str, str]:
    """Return the environment of a kernel: paths made absolute, threads counted, no bars, no one's own settings."""
    number = str(threads())
    counts = dict.fromkeys([f"{pool}_NUM_THREADS" for pool in _POOLS], number)
    quiet = {"TQDM_DISABLE": "1", "IPYTHONDIR": str(folder / "ipython"), "CJLAB_KERNEL_CHILDREN": str(folder / "pipe")}
    return {**os.environ, **counts, THREADS: number, "POLARS_MAX_THREADS": number, **quiet, **_paths(os.environ)}


def _paths(environment: Mapping[str, str]) -> dict[str, str]:
    data = environment.get("CJLAB_DATA")
    home = Path(str(files("cjlab"))).parent  # the kernel runs the package that started it
    python = os.pathsep.join([str(home), *filter(None, [environment.get("PYTHONPATH")])])
    return {"PYTHONPATH": python} | ({"CJLAB_DATA": str(Path(data).expanduser().resolve())} if data else {})
