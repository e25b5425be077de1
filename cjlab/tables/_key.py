"""The key for pseudonyms: read from a file or the environment, shown to nobody."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from cjlab.errors import KeyMaterialError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_AT_LEAST = 32  # bytes: as long as the digest, below which HMAC is weaker than its hash (RFC 2104, section 3)
_MARK_BYTES = 8
_MAKE = "make one: python -c 'import secrets; print(secrets.token_hex(32))'"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Key:
    """Secret that turns identifiers into pseudonyms.

    Whoever holds it can find a customer's pseudonym again; whoever does not, cannot. It is never written, shown or
    pickled.

    Parameters
    ----------
    secret : bytes
        At least 32 bytes.
    file : pathlib.Path or None
        Where it was read, so that no log is written beside it.

    Raises
    ------
    KeyMaterialError
        When the secret is shorter than 32 bytes.

    Examples
    --------
    >>> Key(b"thirty-two bytes or more of noise")
    Key(hidden)
    """

    secret: bytes
    file: Path | None = None

    def __post_init__(self) -> None:
        """Refuse a short secret."""
        if len(self.secret) < _AT_LEAST:
            raise KeyMaterialError(f"the key has {len(self.secret)} bytes; it needs {_AT_LEAST} or more; {_MAKE}")

    @classmethod
    def read(cls, path: str | Path) -> Key:
        """Key from a file, a newline at its end left out.

        Parameters
        ----------
        path : str or pathlib.Path
            The file.

        Returns
        -------
        Key
            The key.

        Raises
        ------
        KeyMaterialError
            When there is no such file, or it holds fewer than 32 bytes.

        Examples
        --------
        >>> Key.read("nowhere")
        Traceback (most recent call last):
        cjlab.errors.KeyMaterialError: no key can be read from ...nowhere: No such file or directory; make one: ...
        """
        file = Path(path).expanduser().resolve()
        try:
            return cls(file.read_bytes().rstrip(b"\r\n"), file)
        except OSError as error:
            raise KeyMaterialError(
                f"no key can be read from {file}: {error.strerror}; {_MAKE} > {file.name}"
            ) from error

    @classmethod
    def from_environment(cls, variable: str = "CJLAB_KEY") -> Key:
        """Key from an environment variable.

        Parameters
        ----------
        variable : str
            Its name.

        Returns
        -------
        Key
            The key.

        Raises
        ------
        KeyMaterialError
            When the variable is not set, or holds fewer than 32 bytes.

        Examples
        --------
        >>> Key.from_environment("NO_SUCH_KEY")
        Traceback (most recent call last):
        cjlab.errors.KeyMaterialError: the environment has no NO_SUCH_KEY; set it to the key, or read it from a ...
        """
        text = os.environ.get(variable)
        if text is None:
            raise KeyMaterialError(
                f"the environment has no {variable}; set it to the key, or read it from a file; {_MAKE}"
            )
        return cls(text.encode().rstrip(b"\r\n"))

    @property
    def mark(self) -> str:
        """What tells two keys apart without giving either away.

        Returns
        -------
        str
            16 hexadecimal digits.

        Examples
        --------
        >>> Key(b"one" * 11).mark == Key(b"two" * 11).mark
        False
        """
        return hmac.digest(self.secret, b"cjlab: mark of a key", "sha256")[:_MARK_BYTES].hex()

    def pseudonyms(self, identifiers: Iterable[str]) -> NDArray[np.int64]:
        """Give each identifier its pseudonym: the first 63 bits of its HMAC-SHA256 (RFC 2104).

        Parameters
        ----------
        identifiers : iterable of str
            ``(n,)`` texts; a whole number is its decimal text.

        Returns
        -------
        ndarray
            ``(n,)`` int64, never negative.

        Examples
        --------
        >>> Key(bytes(32)).pseudonyms(["7"])
        array([1744944827902622075])
        """
        keyed = hmac.new(self.secret, digestmod="sha256")
        digests = b"".join(_digest(keyed, one)[:8] for one in identifiers)
        return (np.frombuffer(digests, dtype=">u8") >> np.uint64(1)).astype(np.int64)

    def __repr__(self) -> str:
        """Say where it is from, and nothing of what it is."""
        return f"Key(hidden, from {self.file})" if self.file else "Key(hidden)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: the key would then lie beside the data."""
        raise KeyMaterialError("a key cannot be pickled or copied; read it where it is used")


def _digest(keyed: hmac.HMAC, identifier: str) -> bytes:
    one = keyed.copy()
    one.update(identifier.encode())
    return one.digest()
