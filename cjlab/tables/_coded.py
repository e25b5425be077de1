"""Words as codes: a number a row, and each word once."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

_ROOM = 1 << 10  # of different words, before there must be more
_VIEW, _ELSEWHERE = "=i12s", "=4xii"
_VIEWS = pl.CompatLevel.newest()  # text as Polars has it


class Coded(NamedTuple):
    """Words: the place of each row's word among those that occur, −1 for none."""

    codes: NDArray[np.int32]
    words: tuple[str, ...]


def coded(words: pl.Series) -> Coded:
    """Return words as codes, in the order in which they first come; no word is made for a row."""
    text = words if words.dtype == pl.String else words.cast(pl.String)
    codes = np.empty(len(text), np.int32)
    places: dict[str, int] = {}
    begin = 0
    for chunk in text.get_chunks():
        end = begin + len(chunk)
        found = _told_apart(chunk.to_arrow(compat_level=_VIEWS), codes[begin:end])
        turned = [places.setdefault(word, len(places)) for word in found]
        if turned != list(range(len(turned))):
            codes[begin:end] = np.array([*turned, -1], np.int32)[codes[begin:end]]
        begin = end
    return Coded(codes, tuple(places))


def _told_apart(views: pa.Array[Any], codes: NDArray[np.int32]) -> list[str]:
    """Fill in the codes of one chunk, and return what each stands for; a long word may come more than once."""
    from cjlab.tables.kernel import told_apart

    if not len(views):
        return []
    bits, said, *texts = views.buffers()
    rows = np.frombuffer(said, np.uint64, 2 * (views.offset + len(views))).reshape(-1, 2)[views.offset :]
    known = np.frombuffer(bits if bits is not None and views.null_count else b"", np.uint8)
    n, room = -1, _ROOM
    while n < 0:
        slots, firsts = np.full(4 * room, -1, np.int32), np.empty(room, np.int64)
        n = told_apart(rows, known, views.offset, slots, firsts, codes)
        room *= 8
    said = struct.iter_unpack(_VIEW, rows[firsts[:n]].tobytes())
    return [_word(length, rest, texts) for length, rest in said]


def _word(length: int, rest: bytes, texts: Sequence[pa.Buffer]) -> str:
    """Read a word: it stands in its view or, if it is long, its beginning, in which text it stands, and where."""
    if length <= len(rest):
        return rest[:length].decode()
    text, begin = struct.unpack(_ELSEWHERE, rest)
    said: bytes = texts[text][begin : begin + length].to_pybytes()
    return said.decode()
