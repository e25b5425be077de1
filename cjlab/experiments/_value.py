"""What an outcome is worth."""

from __future__ import annotations

from dataclasses import dataclass

from cjlab._checks import finite, flag, shown, text, within
from cjlab._declared import keep
from cjlab.errors import SpecError


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What an outcome is worth and what was typed in rather than measured.

    Parameters
    ----------
    metric : str
        The metric whose number is money: one of kind ``"sum"``, of amounts or of margins.
    margin : float, default: 1.0
        The share of it that is margin, in (0, 1].
    margin_assumed : bool, default: True
        Whether the team typed the margin in; the page then says so and gives the break-even margin.
    loss_agreed : float, default: 0.0
        The loss a customer, in currency, that was agreed beforehand as acceptable; 0 when the test must pay.

    Raises
    ------
    SpecError
        When the margin lies outside (0, 1] or the loss agreed is negative.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.experiments.Value(metric="spend", margin=40)
    Traceback (most recent call last):
        ...
    cjlab.errors.SpecError: value: margin is 40; give a number from 0 to 1
    """

    metric: str
    margin: float = 1.0
    margin_assumed: bool = True
    loss_agreed: float = 0.0

    def __post_init__(self) -> None:
        """Check each field."""
        text(self.metric, name="value: metric")
        flag(self.margin_assumed, name="value: margin_assumed")
        margin = within(self.margin, 0, 1, name="value: margin")
        if margin == 0:
            raise SpecError("value: margin is 0; give the share of the amount that is margin, above 0")
        loss = finite(self.loss_agreed, name="value: loss_agreed")
        if loss < 0:
            raise SpecError(f"value: loss_agreed is {shown(self.loss_agreed)}; give the loss as a number, 0 or more")
        keep(self, margin=margin, loss_agreed=loss)
