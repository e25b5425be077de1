"""A metric: what is counted for each customer, and what part it plays in the decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cjlab._checks import finite, flag, offset, one_of, shown, text, texts
from cjlab._declared import keep
from cjlab.errors import SpecError
from cjlab.experiments._text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

KINDS = ("share", "count", "sum", "mean", "ratio")
ROLES = ("primary", "secondary", "guardrail")
RESERVED = ("net", "arm", "customer_id", "cost", "propensity", "redeemed")
_VALUED = ("sum", "mean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number a customer, over the horizon after the contact.

    Parameters
    ----------
    name : str
        The metric's name, also the column of a frame that is read out row by row.
    kind : {"share", "count", "sum", "mean", "ratio"}
        ``"share"``: 1 if the customer had at least one such event, else 0. ``"count"``: how many. ``"sum"``: the sum of
        column ``of``. ``"mean"``: the mean of column ``of`` over his events, unknown if he had none. ``"ratio"``: the
        sum over customers of metric ``top`` divided by that of metric ``bottom``.
    label : str or mapping of str to str, optional
        How a reader would say it, one string, or one for each language.
    event : str or sequence of str
        The event, or events, that count; not for a ratio.
    of : str, optional
        The column that ``"sum"`` and ``"mean"`` read, such as ``"amount"``.
    top, bottom : str, optional
        The two metrics of a ratio.
    role : {"primary", "secondary", "guardrail"}, default: "secondary"
        Its part in the decision; one metric of a test is primary.
    goal : {"up", "down"}, default: "up"
        ``"up"`` when more is better, ``"down"`` when less is.
    minimum_effect : float, default: 0.0
        The least effect worth having, in the metric's unit and towards the goal; for the primary metric.
    margin : float, optional
        The harm that a guardrail may do at most, in the metric's unit, agreed before the test.
    before_window : str, optional
        Adjust by the same metric over this window before the contact (CUPED), such as ``"180D"``.
    before_profile : str, optional
        Adjust by a number known of the customer before the contact: a field of ``profiles``.
    currency : bool, default: False
        Whether the number is an amount of money.

    Raises
    ------
    SpecError
        When a field has a value that is not allowed, or one that this kind or role does not have.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.experiments.Metric(name="spend", kind="sum", event="purchase")
    Traceback (most recent call last):
        ...
    cjlab.errors.SpecError: metric 'spend': of is None; a sum or a mean names a column there, no other kind does
    """

    name: str
    kind: str
    label: str | Mapping[str, str] | None = field(default=None, hash=False)
    event: str | Sequence[str] = ()
    of: str | None = None
    top: str | None = None
    bottom: str | None = None
    role: str = "secondary"
    goal: str = "up"
    minimum_effect: float = 0.0
    margin: float | None = None
    before_window: str | None = None
    before_profile: str | None = None
    currency: bool = False

    def __post_init__(self) -> None:
        """Check each field against the others."""
        here = f"metric {text(self.name, name='metric: name')!r}"
        if self.name in RESERVED:
            raise SpecError(f"{here}: the name has a meaning of its own; reserved are {', '.join(RESERVED)}")
        one_of(self.kind, KINDS, name=f"{here}: kind")
        one_of(self.role, ROLES, name=f"{here}: role")
        one_of(self.goal, ("up", "down"), name=f"{here}: goal")
        Text.of(self.name if self.label is None else self.label, name=f"{here}: label")
        flag(self.currency, name=f"{here}: currency")
        self._check_types(here)
        self._check_source(here)
        self._check_role(here)
        if self.before_window is not None:
            offset(self.before_window, name=f"{here}: before_window")

    def _check_types(self, here: str) -> None:
        for name in ("of", "top", "bottom", "before_profile"):
            if getattr(self, name) is not None:
                text(getattr(self, name), name=f"{here}: {name}")
        if isinstance(self.event, str):
            text(self.event, name=f"{here}: event")
        elif not isinstance(self.event, tuple) or self.event:
            keep(self, event=texts(self.event, name=f"{here}: event"))

    def _check_source(self, here: str) -> None:
        ratio, parts = self.kind == "ratio", [part for part in (self.top, self.bottom) if part]
        if len(parts) != 2 * ratio or ratio == bool(self.events):
            raise SpecError(f"{here}: a ratio names top and bottom and no event; every other kind names its event")
        if (self.kind in _VALUED) != bool(self.of):
            raise SpecError(f"{here}: of is {self.of!r}; a sum or a mean names a column there, no other kind does")
        if ratio and (self.before_window or self.before_profile):
            raise SpecError(f"{here}: a ratio is not adjusted; leave before_window and before_profile out")
        if self.before_window and self.before_profile:
            raise SpecError(f"{here}: give before_window or before_profile, not both")

    def _check_role(self, here: str) -> None:
        guardrail = self.role == "guardrail"
        if guardrail != (self.margin is not None):
            raise SpecError(
                f"{here}: margin is {shown(self.margin)}; a guardrail has one, agreed before, and no other role"
            )
        if self.margin is not None:
            keep(self, margin=finite(self.margin, name=f"{here}: margin"))
            if self.margin <= 0:
                raise SpecError(
                    f"{here}: margin is {self.margin!r}; give the harm allowed, above 0, in the metric's unit"
                )
        keep(self, minimum_effect=finite(self.minimum_effect, name=f"{here}: minimum_effect"))
        if self.minimum_effect < 0:
            raise SpecError(f"{here}: minimum_effect is {self.minimum_effect!r}; give it towards the goal, 0 or more")

    @property
    def events(self) -> tuple[str, ...]:
        """The events that count; none for a ratio.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.experiments.Metric(name="help", kind="count", event=["call", "chat"]).events
        ('call', 'chat')
        """
        return (self.event,) if isinstance(self.event, str) else tuple(self.event)

    @property
    def text(self) -> Text:
        """How a reader would say it: the label, or the name.

        Examples
        --------
        >>> import cjlab as cj
        >>> visit = cj.experiments.Metric(name="visit", kind="share", event="visit", label="visitors")
        >>> visit.text.say("en")
        'visitors'
        """
        return Text.of(self.label or self.name, name="label")

    @property
    def before(self) -> str | None:
        """Name of the column that adjusts this metric in a frame of one row a customer, if any.

        Its own past is ``<name>_before``; something known of the customer is named as the field of ``profiles``.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.experiments.Metric(name="orders", kind="count", event="purchase", before_window="180D").before
        'orders_before'
        """
        return f"{self.name}_before" if self.before_window else self.before_profile

    @property
    def window(self) -> dt.timedelta | None:
        """The look-back of the adjustment as a duration, if it has one.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.experiments.Metric(name="orders", kind="count", event="purchase", before_window="2W").window
        datetime.timedelta(days=14)
        """
        return None if self.before_window is None else offset(self.before_window, name="before_window")

    @property
    def sign(self) -> int:
        """+1 when more is better, −1 when less is.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.experiments.Metric(name="complaint", kind="count", event="complaint", goal="down").sign
        -1
        """
        return 1 if self.goal == "up" else -1
