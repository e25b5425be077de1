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

from cjlab._threads import THREADS, threads

if TYPE_CHECKING:
    from collections.abc import Mapping

_POOLS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "NUMBA")

log = logging.getLogger("cjlab.reports")
log.addHandler(logging.NullHandler())


class Kernel(AsyncKernelManager):
    """A kernel on socket files in one folder; no kernel needs to be installed under any name."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        command = [sys.executable, "-Xfrozen_modules=off", "-m", "cjlab.reports._kernel_app", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="cjlab", language="python")

    @classmethod
    def within(cls, folder: Path) -> Kernel:
        """Prepare a kernel whose sockets lie in ``folder``."""
        return cls(transport="ipc", ip=str(folder / "socket"), connection_file=str(folder / "kernel.json"), log=log)


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
