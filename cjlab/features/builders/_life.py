"""Life events: what changed in a customer's life, told or inferred, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import flag, texts
from cjlab.errors import SpecError
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When

    Floats = NDArray[np.float64]

_DAY = 86_400_000_000.0
_GUESSED = ("inferred", "bought")
_SAID = ("declared", "observed")


@dataclass(frozen=True)
class LifeEvents(Builder):
    """What happened in a customer's life, such as a birth, a move or retirement, and how sure it is.

    ``life_R`` is 1 where R was told in the window: as the ``reason`` of an event, or as the field of a profile that was
    declared or observed. Else it is the last ``confidence`` with which it was inferred or bought, 0 where there is no
    sign of it. ``days_since_life_R`` counts days of 24 hours since the latest of these.

    Parameters
    ----------
    reasons : tuple of str
        Which, as the events' ``reason`` has them, and the profiles' ``field``.
    window : str, optional
        How far back; everything unless given.
    of : Where, str or tuple of str
        Which events tell of one's life.
    profiles : bool
        Whether to read profiles too; they need a ``confidence``.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When no reason is named, or the window is no length of time.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.LifeEvents(("life_birth",), window="180D")).names
    ('life_birth_180D', 'days_since_life_birth_180D')
    """

    reasons: tuple[str, ...]
    window: str | None = "365D"
    of: Where = Where("life_event")  # noqa: RUF009 - it is frozen
    profiles: bool = False

    def __post_init__(self) -> None:
        """Check the reasons, and that events are to tell of them."""
        super().__post_init__()
        object.__setattr__(self, "reasons", texts(self.reasons, name="reasons"))
        if not self.reasons:
            raise SpecError("reasons is empty; name the life events that are told apart, such as 'birth'")
        if self.of.table != "events" or self.of.reason is not None:
            raise SpecError(f"of is {self.of}; give events, without a reason, which is given apart")
        flag(self.profiles, name="profiles")

    def columns(self) -> tuple[Column, ...]:
        """Return how sure each is, and how long ago it was.

        Returns
        -------
        tuple of Column
            Two features a reason.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.LifeEvents(("birth",)).columns()[0].what
        'how sure it is that birth came into his life'
        """
        return tuple(column for reason in self.reasons for column in self._of(reason))

    def _of(self, reason: str) -> tuple[Column, Column]:
        name = f"life_{reason.removeprefix('life_')}{f'_{self.window}' if self.window else ''}".replace(" ", "_")
        told: tuple[Cell, ...] = (Cell("last_at", replace(self.of, reason=reason), window=self.window),)
        guessed: tuple[Cell, ...] = ()
        if self.profiles:
            said, thought = (Where(table="profiles", field=reason, source=source) for source in (_SAID, _GUESSED))
            told = (*told, Cell("last_at", said, window=self.window))
            guessed = tuple(
                Cell(how, thought, of=of, window=self.window) for how, of in (("last_at", None), ("last", "confidence"))
            )
        n, what = len(told), f"{reason} came into his life"
        return (
            Column(name, (*told, *guessed), partial(_sure, told=n), "share", f"how sure it is that {what}"),
            Column(
                *(f"days_since_{name}", (*told, *guessed[:1]), _since, "days", f"days since {what}"),
                "there is no sign of it",
            ),
        )


def _sure(when: When, *numbers: Floats, told: int) -> Floats:
    del when
    known = np.any([~np.isnan(one) for one in numbers[:told]], axis=0)
    guessed = np.nan_to_num(numbers[-1]) if len(numbers) > told else np.zeros(len(known))
    return np.where(known, 1.0, guessed)


def _since(when: When, *last: Floats) -> Floats:
    return np.asarray((when.as_of - np.fmax.reduce(last)) / _DAY)
