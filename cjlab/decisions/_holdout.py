"""A holdout: customers kept out of every contact, so that what contacts change stays measurable."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab._checks import shown, text, within
from cjlab._declared import keep
from cjlab._random import uniform
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

_MOST = 0.5


@dataclass(frozen=True, slots=True)
class Holdout:
    """A share of customers, by salted hash, who are sent nothing from a date on, until another holdout begins.

    Who is in it depends on the salt and on the customer alone: not on the others, their order, or when one looks.

    Parameters
    ----------
    share : float
        Which share of customers, above 0 and below 0.5; 1 to 5 % is usual.
    salt : str
        What the hash is salted with; another salt holds out others.
    since : datetime.date or str
        The local day from which on it holds, as text such as ``"2025-01-01"``.

    Raises
    ------
    SpecError
        When the share is out of range, the salt is blank, or ``since`` is no date.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.decisions.Holdout(0.4, salt="2025", since="2025-01-01").holds([1, 2, 3, 4, 5]).tolist()
    [False, False, False, False, True]
    """

    share: float
    salt: str
    since: dt.date

    def __post_init__(self) -> None:
        """Check every value."""
        keep(self, share=within(self.share, 0.0, _MOST, name="holdout: share", open_ends=True))
        text(self.salt, name="holdout: salt")
        keep(self, since=_day(self.since))

    def holds(self, customers: Sequence[int | str] | NDArray[Any]) -> NDArray[np.bool_]:
        """Tell who is in it.

        Parameters
        ----------
        customers : array of int or str
            The identifiers, ``(n,)``.

        Returns
        -------
        ndarray
            ``(n,)``, true for those who are sent nothing.

        Examples
        --------
        >>> import cjlab as cj
        >>> import numpy as np
        >>> round(float(cj.decisions.Holdout(0.02, "a", "2025-01-01").holds(np.arange(100_000)).mean()), 3)
        0.02
        """
        return uniform(f"decisions/holdout/{self.salt}", customers) < self.share


def _day(since: object) -> dt.date:
    """Return a local day."""
    if isinstance(since, dt.date) and not isinstance(since, dt.datetime):
        return since
    try:
        return dt.date.fromisoformat(since)  # type: ignore[arg-type] # what is no text is refused the same way
    except (TypeError, ValueError):
        raise SpecError(f"holdout: since is {shown(since)}; give a day such as '2025-01-01'") from None
