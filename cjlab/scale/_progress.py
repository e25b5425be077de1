"""A bar on a terminal while shards are worked on; nothing where no one looks."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def bar(total: int, *, name: str) -> Iterator[Callable[[int], object]]:
    """Draw on stderr, if that is a terminal, how many are done, and wipe it at the end; call it with how many more."""
    if total == 0 or not sys.stderr.isatty():
        yield lambda more: more
        return
    from tqdm import tqdm

    with tqdm(total=total, unit=f" {name}", leave=False, file=sys.stderr, smoothing=0.1) as drawn:
        yield drawn.update
