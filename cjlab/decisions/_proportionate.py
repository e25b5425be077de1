"""Offers in proportion: a discount costs no more than a stated part of what it is expected to bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab._checks import columns, finite, lazy
from cjlab.errors import SpecError, TableError

if TYPE_CHECKING:
    from collections.abc import Mapping


def proportionate(value: Any, discounts: Mapping[str, float], *, most: float = 0.5) -> pl.DataFrame:  # noqa: ANN401 - a frame of any kind
    r"""Return what actions are worth, those out of proportion to what they bring made worth less than nothing.

    An action with the discount *d* is in proportion for a customer to whom it is expected to bring the incremental
    margin *v*, before the discount, where :math:`d \le k v`. Where it is not its value becomes :math:`-d`, so that no
    plan chooses it. The random slice of a plan gives what it draws: an offer that must never be given beyond proportion
    is kept back by a rule, and not by its value.

    Parameters
    ----------
    value : frame
        A row a customer: ``customer_id``, and the expected incremental margin of each action, as
        :func:`cjlab.decisions.plan` takes them.
    discounts : mapping of action to float
        What each offer costs in margin when it is taken up, 0 or more; actions that are not named give none.
    most : float, default: 0.5
        *k*, the largest part of what is brought that may be given away, above 0.

    Returns
    -------
    polars.DataFrame
        The same customers and actions.

    Raises
    ------
    SpecError
        When a discount or ``most`` is out of range.
    TableError
        When an action is no column of ``value``, or no number.

    Examples
    --------
    >>> import pandas as pd, cjlab as cj
    >>> value = pd.DataFrame({"customer_id": [1, 2], "voucher": [12.0, 8.0], "news": [1.0, 1.0]})
    >>> cj.decisions.proportionate(value, {"voucher": 5.0})["voucher"].to_list()
    [12.0, -5.0]
    """
    if finite(most, name="most") <= 0:
        raise SpecError(f"most is {most!r}; give a number above 0, such as 0.5")
    given = columns(lazy(value, table="value"), ["customer_id", *discounts], table="value").collect()
    for name, discount in discounts.items():
        if finite(discount, name=f"discounts[{name!r}]") < 0:
            raise SpecError(f"discounts[{name!r}] is {discount!r}; give 0 or more")
        if not given.schema[name].is_numeric():
            raise TableError(f"value: column {name!r} is of type {given.schema[name]}; give numbers")
    return given.with_columns(_kept(name, float(discount), most) for name, discount in discounts.items())


def _kept(name: str, discount: float, most: float) -> pl.Expr:
    worth = pl.col(name).cast(pl.Float64)
    return pl.when(discount > most * worth).then(-discount).otherwise(worth).alias(name)
