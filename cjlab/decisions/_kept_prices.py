"""Prices in a file, from which another program decides on one customer as the plan decided on all."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cjlab._checks import finite, shown
from cjlab._declared import declared
from cjlab._durable import replace
from cjlab._written import said_in
from cjlab.decisions._action import Action
from cjlab.decisions._terms import Terms
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from typing import Self

    from cjlab.decisions._prices import Prices

_FORMAT: Final = 1
_NAMES: Final = ("format", "at", "tie", "shadow", "actions", "terms")


class KeptPrices:
    """What prices say of themselves in a file."""

    def write(self: Prices, file: str | Path) -> None:  # type: ignore[misc] # mixed into Prices alone
        """Write the prices down as JSON, in one step: whoever reads has those before or these.

        Parameters
        ----------
        file : str or pathlib.Path
            Where.

        Examples
        --------
        >>> import datetime as dt, tempfile, cjlab as cj
        >>> news, at = cj.decisions.Action("news", "email", 0.1), dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
        >>> prices = cj.decisions.Prices((news,), cj.decisions.Terms("spring", budget=5), at, (0.25,))
        >>> with tempfile.TemporaryDirectory() as home:
        ...     prices.write(f"{home}/prices.json")
        ...     cj.decisions.Prices.read(f"{home}/prices.json") == prices
        True
        """
        said = {
            "format": _FORMAT,
            "at": self.at.isoformat(),
            "tie": self.tie,
            "shadow": list(self.shadow),
            "actions": [asdict(one) for one in self.actions],
            "terms": self.terms.said,
        }
        replace(Path(file).absolute(), (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode())

    @classmethod
    def read(cls, file: str | Path) -> Self:
        """Return prices from a file.

        Parameters
        ----------
        file : str or pathlib.Path
            Where they were written.

        Returns
        -------
        Prices
            The prices: :meth:`choose` gives every customer what the plan gave him.

        Raises
        ------
        SpecError
            When the file holds none.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Prices.read("nowhere.json")
        Traceback (most recent call last):
        cjlab.errors.SpecError: nowhere.json cannot be read (...); give the file of prices
        """
        said = said_in(Path(file), kind="prices")
        try:
            return cls(**_values(said))
        except (SpecError, ValueError, TypeError) as wrong:
            raise SpecError(f"{file} holds no prices: {wrong}; write them anew with Prices.write") from wrong


def _values(said: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(said, dict) or set(said) != set(_NAMES) or said["format"] != _FORMAT:
        raise SpecError(f"it says {shown(said)}, not {', '.join(_NAMES)} of format {_FORMAT}")
    at = dt.datetime.fromisoformat(said["at"])
    if at.utcoffset() is None:
        raise SpecError(f"at is {shown(said['at'])}, which has no zone")
    return {
        "actions": tuple(declared(Action, one, where=f"actions[{n}]") for n, one in enumerate(said["actions"])),
        "terms": declared(Terms, said["terms"], where="terms"),
        "at": at,
        "shadow": tuple(finite(one, name="shadow") for one in said["shadow"]),
        "tie": finite(said["tie"], name="tie"),
    }
