"""The kernel of a run, started as ``python -m cjlab.reports._kernel_app``: ipykernel without an open port.

ipykernel hears the output of forked children on a TCP port of 127.0.0.1, whatever transport its channels use;
here that pipe is a socket file too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import zmq
from ipykernel import iostream, kernelapp
from zmq.eventloop.zmqstream import ZMQStream

CHILDREN = "CJLAB_KERNEL_CHILDREN"  # environment variable: where the socket file is made
_LINGER = 3_000  # milliseconds, as in ipykernel


class LocalOutput(iostream.IOPubThread):
    """Output of a kernel, with its pipe from forked children on a socket file."""

    def _setup_pipe_in(self) -> None:
        self._pipe_uuid = os.urandom(16)
        pipe = self.socket.context.socket(zmq.PULL)
        pipe.linger = 0
        pipe.bind(_address())
        self._pipe_in = ZMQStream(pipe, self.io_loop)
        self._pipe_in.on_recv(self._handle_pipe_msg)

    def _setup_pipe_out(self) -> tuple[Any, Any]:
        context = zmq.Context()
        pipe = context.socket(zmq.PUSH)
        pipe.linger = _LINGER
        pipe.connect(_address())
        return context, pipe


def _address() -> str:
    return f"ipc://{Path(os.environ[CHILDREN])}"


def main() -> None:
    """Start the kernel and serve until it is shut down."""
    kernelapp.IOPubThread = LocalOutput  # type: ignore[attr-defined]  # a name ipykernel imports
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    main()
