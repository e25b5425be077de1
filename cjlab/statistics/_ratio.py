"""Ratios of two means, such as sales an order, compared between arms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.statistics._welch import welch

if TYPE_CHECKING:
    from cjlab.statistics._comparison import Comparison
    from cjlab.statistics._samples import Joint


def ratio(treated: Joint, control: Joint, *, null: float = 0.0, confidence: float = 0.95) -> Comparison:
    r"""Difference of two ratios of means, y over x, by the delta method.

    A ratio :math:`R = \bar y / \bar x` varies like the mean of the linearised values :math:`(y - R x) / \bar x`
    (Deng, Knoblich & Lu 2018, doi:10.1145/3219819.3219919), whose variance is
    :math:`(s_y^2 - 2 R s_{xy} + R^2 s_x^2) / \bar x^2`; these go into Welch's t.

    Parameters
    ----------
    treated, control : Joint
        Joint samples of the numerator ``y`` and the denominator ``x``, one row a customer.
    null : float, default: 0.0
        Difference of the ratios under the null hypothesis.
    confidence : float, default: 0.95
        Of both intervals, above 0 and below 1.

    Returns
    -------
    Comparison
        ``treated`` and ``control`` are the ratios. NaN where a denominator's mean is 0.

    Raises
    ------
    SpecError
        When ``confidence`` or ``null`` is no such number.

    Examples
    --------
    >>> import cjlab as cj
    >>> one = cj.statistics.Joint(2000, 6.0, 2.0, 9.0, 1.0, 2.0)
    >>> two = cj.statistics.Joint(2000, 5.0, 2.0, 9.0, 1.0, 2.0)
    >>> float(cj.statistics.ratio(one, two).estimate)
    0.5
    """
    return welch(treated.linearised, control.linearised, null=null, confidence=confidence)
