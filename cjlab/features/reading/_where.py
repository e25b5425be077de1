"""Which rows of a log are meant: an event or contacts, by channel, device and whatever else names them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from cjlab._checks import one_of, shown, text
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMED = (
    *("event", "channel", "device", "place", "page", "reason", "offer", "campaign", "arm", "purpose", "template"),
    *("category", "field", "source", "value"),
)
FLAGS = ("machine", "sent")
_HAS = {
    "events": {"event", "channel", "device", "place", "page", "reason", "offer", "category", "machine"},
    "contacts": {"channel", "campaign", "arm", "purpose", "template", "offer", "sent"},
    "profiles": {"field", "source", "value"},
}


@dataclass(frozen=True, repr=False)
class Where:
    """Rows of a table that are meant: each thing that is said narrows them; nothing said means all of them.

    Parameters
    ----------
    event, channel, device, place, page, reason, offer : str or tuple of str, optional
        Any of these words of events; of contacts, ``channel`` and ``offer``.
    campaign, arm, purpose, template : str or tuple of str, optional
        Any of these words of contacts.
    category : str or tuple of str, optional
        Of events: what their items are, as the table of items says.
    field, source, value : str or tuple of str, optional
        Of profiles: what was told, by whom, and what he said.
    machine : bool, optional
        Of events: only automatic ones, or only those of a person; what does not say counts as a person's.
    sent : bool, optional
        Of contacts: only those that were sent, or only those that were withheld.
    table : {"events", "contacts", "profiles"}
        Which table.

    Raises
    ------
    SpecError
        When a word is none, or the table has no such column.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Where("purchase", channel=("web", "app")).channel
    ('web', 'app')
    >>> cj.features.Where(table="contacts", event="opened")
    Traceback (most recent call last):
    cjlab.errors.SpecError: contacts have no column 'event'; ...
    """

    event: str | tuple[str, ...] | None = None
    channel: str | tuple[str, ...] | None = None
    device: str | tuple[str, ...] | None = None
    place: str | tuple[str, ...] | None = None
    page: str | tuple[str, ...] | None = None
    reason: str | tuple[str, ...] | None = None
    offer: str | tuple[str, ...] | None = None
    campaign: str | tuple[str, ...] | None = None
    arm: str | tuple[str, ...] | None = None
    purpose: str | tuple[str, ...] | None = None
    template: str | tuple[str, ...] | None = None
    category: str | tuple[str, ...] | None = None
    field: str | tuple[str, ...] | None = None
    source: str | tuple[str, ...] | None = None
    value: str | tuple[str, ...] | None = None
    machine: bool | None = None
    sent: bool | None = None
    table: str = "events"

    def __post_init__(self) -> None:
        """Make every word a tuple of words, and check that the table has the column."""
        has = _HAS[one_of(self.table, _HAS, name="table")]
        for name in (*NAMED, *FLAGS):
            value = getattr(self, name)
            if value is not None and name not in has:
                known = ", ".join(sorted(has))
                raise SpecError(f"{self.table} have no column {name!r}; a filter on them can name {known}")
        for name in NAMED:
            if getattr(self, name) is not None:
                object.__setattr__(self, name, _words(getattr(self, name), name))
        for name in FLAGS:
            if getattr(self, name) not in {None, True, False}:
                raise SpecError(f"{name} is {shown(getattr(self, name))}; give true, false or nothing")

    @property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """The words that rows must have, by column.

        Examples
        --------
        >>> import cjlab as cj
        >>> dict(cj.features.Where("visit", device="phone").words)
        {'event': ('visit',), 'device': ('phone',)}
        """
        return {name: getattr(self, name) for name in NAMED if getattr(self, name) is not None}

    @property
    def said(self) -> dict[str, object]:
        """What was said, as plain values for TOML and JSON.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Where("visit", machine=False).said
        {'event': ['visit'], 'machine': False}
        """
        default = {one.name: one.default for one in fields(self)}
        given = {one: getattr(self, one) for one in default if getattr(self, one) != default[one]}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}

    def __repr__(self) -> str:
        """Write what was said, and nothing else."""
        given = ", ".join(f"{name}={_bare(value)!r}" for name, value in self.said.items())
        return f"Where({given})"

    def __str__(self) -> str:
        """Say it in words."""
        parts = [f"{name} {' or '.join(words)}" for name, words in self.words.items()]
        parts += [name if getattr(self, name) else f"not {name}" for name in FLAGS if getattr(self, name) is not None]
        return f"{self.table} with {', '.join(parts)}" if parts else f"all {self.table}"


def where_of(given: object, *, name: str) -> Where:
    """Return a filter, or the events of that name or names."""
    if isinstance(given, Where):
        return given
    if isinstance(given, str | tuple | list):
        return Where(event=_words(given, name))
    raise SpecError(f"{name} is {shown(given)}; give an event such as 'purchase', several, or a cj.features.Where")


def _words(given: object, name: str) -> tuple[str, ...]:
    words = (given,) if isinstance(given, str) else given
    if not isinstance(words, tuple | list) or not words:
        raise SpecError(f"{name} is {shown(given)}; give a word, or several")
    return tuple(dict.fromkeys(text(word, name=name) for word in words))


def _bare(value: object) -> object:
    """Return the word of a list of one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
