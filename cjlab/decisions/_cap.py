"""A cap: how many contacts a customer may have in a window."""

from __future__ import annotations

from dataclasses import dataclass

from cjlab._checks import offset, one_of, shown, text, texts, whole
from cjlab._declared import keep
from cjlab.decisions._action import PURPOSES, Action
from cjlab.errors import SpecError

_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many contacts in any window of a length; what was withheld does not count.

    Where a channel or a purpose is named, contacts of that kind alone are counted, and actions of that kind alone are
    kept back. A window of days is the calendar's, in the brand's zone.

    Parameters
    ----------
    most : int
        How many, 0 or more.
    window : str
        In how long, such as ``"7D"``.
    channel : str, optional
        Through which channel; through all unless given.
    purpose : str, optional
        For which purpose; for all unless given. A contact that states none is marketing.
    segment : tuple of str, optional
        Whom it holds for: (field, value) of the profiles, as last known; everybody unless given.

    Raises
    ------
    SpecError
        When the number is negative, the window is no length of time, or the purpose is unknown.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.decisions.Cap(2, "7D", channel="email").reason
    'cap of 2 in 7D by email'
    """

    most: int
    window: str = "7D"
    channel: str | None = None
    purpose: str | None = None
    segment: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        """Check every value."""
        whole(self.most, name="cap: most", least=0, most=_MOST)
        offset(self.window, name="cap: window")
        if self.channel is not None:
            text(self.channel, name="cap: channel")
        if self.purpose is not None:
            one_of(self.purpose, PURPOSES, name="cap: purpose")
        if self.segment is not None:
            given = self.segment if isinstance(self.segment, tuple | list) else ()
            if len(given) != 2:  # noqa: PLR2004 - a field and a value
                raise SpecError(f"cap: segment is {shown(self.segment)}; give a field and a value of the profiles")
            field, value = (texts([one], name="cap: segment")[0] for one in given)
            keep(self, segment=(field, value))

    @property
    def reason(self) -> str:
        """Why an action is kept back by it.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Cap(1, "30D", segment=("tier", "gold")).reason
        'cap of 1 in 30D where tier is gold'
        """
        by = f" by {self.channel}" if self.channel else ""
        of = f" for {self.purpose}" if self.purpose else ""
        where = f" where {self.segment[0]} is {self.segment[1]}" if self.segment else ""
        return f"cap of {self.most} in {self.window}{by}{of}{where}"

    def binds(self, action: Action) -> bool:
        """Tell whether it keeps an action back.

        Parameters
        ----------
        action : Action
            The action.

        Returns
        -------
        bool
            Whether channel and purpose are its own.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.decisions.Cap(2, channel="sms").binds(cj.decisions.Action("news", "email", 0.01))
        False
        """
        return self.channel in {None, action.channel} and self.purpose in {None, action.purpose}
