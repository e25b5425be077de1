"""Freshness: what must be known of a customer, and not too long ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._checks import offset, text, texts
from cjlab._declared import keep

if TYPE_CHECKING:
    from cjlab.decisions._action import Action


@dataclass(frozen=True, slots=True)
class Fresh:
    """A field of the profiles must have been told in a window; one that never was, is a reason of its own.

    Parameters
    ----------
    field : str
        Which field.
    window : str
        How old it may be, such as ``"365D"``.
    actions : tuple of str
        Which actions need it; all unless given.

    Raises
    ------
    SpecError
        When the window is no length of time.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.decisions.Fresh("place", "365D").reasons
    ('place unknown', 'place older than 365D')
    """

    field: str
    window: str
    actions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check every value."""
        text(self.field, name="fresh: field")
        offset(self.window, name="fresh: window")
        keep(self, actions=texts(self.actions, name="fresh: actions"))

    @property
    def reasons(self) -> tuple[str, str]:
        """Why an action is kept back by it.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Fresh("phone", "90D").reasons[0]
        'phone unknown'
        """
        return f"{self.field} unknown", f"{self.field} older than {self.window}"

    def binds(self, action: Action) -> bool:
        """Tell whether it keeps an action back.

        Parameters
        ----------
        action : Action
            The action.

        Returns
        -------
        bool
            Whether the action needs the field.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Fresh("place", "90D", actions=("leaflet",)).binds(cj.decisions.Action("news", "email", 0.01))
        False
        """
        return not self.actions or action.name in self.actions
