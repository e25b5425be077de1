"""A cooling-off: after some events a customer is left alone for a while."""

from __future__ import annotations

from dataclasses import dataclass

from cjlab._checks import offset, one_of, text, texts
from cjlab._declared import keep
from cjlab.decisions._action import PURPOSES, Action


@dataclass(frozen=True, slots=True)
class Cooling:
    """No contact for a while after an event, such as a complaint.

    Parameters
    ----------
    event : str
        Which event.
    window : str
        For how long, such as ``"14D"``.
    purposes : tuple of str
        Which contacts wait; answers to the complaint itself are of service, and do not.

    Raises
    ------
    SpecError
        When the window is no length of time, or a purpose is unknown.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.decisions.Cooling("complaint").reason
    'complaint in 14D'
    """

    event: str
    window: str = "14D"
    purposes: tuple[str, ...] = ("marketing", "survey")

    def __post_init__(self) -> None:
        """Check every value."""
        text(self.event, name="cooling: event")
        offset(self.window, name="cooling: window")
        keep(self, purposes=texts(self.purposes, name="cooling: purposes"))
        for purpose in self.purposes:
            one_of(purpose, PURPOSES, name="cooling: purposes")

    @property
    def reason(self) -> str:
        """Why an action is kept back by it.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Cooling("return", "3D").reason
        'return in 3D'
        """
        return f"{self.event} in {self.window}"

    def binds(self, action: Action) -> bool:
        """Tell whether it keeps an action back.

        Parameters
        ----------
        action : Action
            The action.

        Returns
        -------
        bool
            Whether its purpose waits.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Cooling("complaint").binds(cj.decisions.Action("sorry", "email", 0.01, "service"))
        False
        """
        return action.purpose in self.purposes
