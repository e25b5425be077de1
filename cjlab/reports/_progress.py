"""A bar on a terminal while cells run; nothing where no one looks."""

from __future__ import annotations

import sys

_WIDTH = 30


def on_terminal(done: int, total: int) -> None:
    """Draw how many of the cells are done, on stderr, if that is a terminal; wipe it when all are."""
    if not sys.stderr.isatty():
        return
    filled = "█" * (done * _WIDTH // max(total, 1))
    text = f"\r{filled:░<{_WIDTH}} {done} of {total} cells"
    sys.stderr.write(text if done < total else "\r" + " " * len(text) + "\r")
    sys.stderr.flush()


def nothing(done: int, total: int) -> None:
    """Say nothing."""
