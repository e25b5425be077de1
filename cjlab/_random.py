"""Keyed randomness: a number drawn for a customer depends on the key and on him, and on nothing else.

A draw is a pure function of (key, identifier). The order of the customers, their number, the shards they lie in
and the other draws leave it alone.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_DIGEST_BYTES = 8
_MANTISSA_BITS = 53


def uniform(key: str, identifiers: NDArray[Any] | Sequence[int | str]) -> NDArray[np.float64]:
    r"""Draw one uniform number in [0, 1) for each identifier under a key.

    A whole number is mixed twice by the finaliser of SplitMix64 (Steele, Lea & Flood 2014,
    doi:10.1145/2714064.2660195), each time with one half of the key's BLAKE2b digest added; a string is first reduced
    to 64 bits by BLAKE2b. The 53 upper bits make the number, :math:`u = \lfloor h / 2^{11} \rfloor / 2^{53}`.

    Parameters
    ----------
    key
        What the draw is for, such as ``"experiment/hillstrom"``; another key gives an independent draw.
    identifiers
        ``(n,)`` whole numbers or strings. A whole number and its decimal string are different identifiers.

    Returns
    -------
    ndarray
        ``(n,)`` float64 in [0, 1).
    """
    first, second = halves(key)
    bits = mix(mix(_sixty_four_bits(np.asarray(identifiers)) + first) + second)
    return (bits >> np.uint64(64 - _MANTISSA_BITS)).astype(np.float64) * 2.0**-_MANTISSA_BITS


def halves(key: str) -> NDArray[np.uint64]:
    """Return the two halves of a key's digest, ``(2,)``."""
    return np.frombuffer(blake2b(key.encode(), digest_size=2 * _DIGEST_BYTES).digest(), dtype="<u8")


def mix(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread each of 64 bits over all of them: the finaliser of SplitMix64, one to one."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def digests(values: Iterable[bytes]) -> NDArray[np.uint64]:
    """Reduce each value to 64 bits by BLAKE2b."""
    return np.frombuffer(b"".join(blake2b(one, digest_size=_DIGEST_BYTES).digest() for one in values), dtype="<u8")


def _sixty_four_bits(identifiers: NDArray[Any]) -> NDArray[np.uint64]:
    if identifiers.dtype.kind in "iu":
        return identifiers.astype(np.int64).view(np.uint64)
    return digests(str(one).encode() for one in identifiers)
