"""Personal rhythm: the law of a customer's own gaps, and how late he is by it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from cjlab._checks import shown
from cjlab.errors import SpecError
from cjlab.features._learned import learned_at
from cjlab.features.builders._builder import Builder, Column, When
from cjlab.features.builders._formulas import same
from cjlab.features.builders._once import Once
from cjlab.features.builders._purchases import PURCHASE, called
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where, where_of
from cjlab.features.rhythm._habit import Gaps, Habit, Prior, habit
from cjlab.features.rhythm._people import fitted_prior

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_NEVER = "it never happened"


@dataclass(frozen=True)
class _Habitual(Builder):
    """What looks at a customer's gaps in the light of other people's."""

    of: Where = PURCHASE
    mean: float = 60.0
    strength: float = 2.0
    shape: float = 1.5
    spread: float = 0.6
    dropout: float = 0.1
    name: str | None = None

    def __post_init__(self) -> None:
        """Check that the prior is one."""
        super().__post_init__()
        least = {"mean": 0.0, "strength": 1.0, "shape": 0.0, "spread": 0.0, "dropout": 0.0}
        for name, low in least.items():
            value = getattr(self, name)
            if not isinstance(value, float | int) or not low < value < (1.0 if name == "dropout" else 1e6):
                most = ", below 1" if name == "dropout" else ""
                raise SpecError(f"rhythm: {name} is {shown(value)}; give a number above {low:g}{most}")

    @property
    def prior(self) -> Prior:
        """What is known of people's gaps before any of his is seen.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Rhythm(mean=20.0).prior.mean
        20.0
        """
        return Prior(self.mean, self.strength, self.shape, self.spread, self.dropout)

    @classmethod
    def fitted(cls, log: Log, as_of: str | dt.date, *, of: Any = PURCHASE, **fields: Any) -> Self:  # noqa: ANN401 - whatever the builder has
        """Return the builder with the prior that makes a log's past most likely.

        The marginal likelihood of all gaps, and of the silence after them, is maximised over the five numbers of the
        prior (empirical Bayes), on 3,000 customers evenly spaced among those who did it at least once. Nothing at or
        after the date is read, and the numbers are fields: what is built later reads no other customer.

        Parameters
        ----------
        log : Log
            The log; of one segment alone, people like him are those of that segment.
        as_of : date or text
            Nothing at or after it is read.
        of : Where, str or tuple of str
            Which rows; purchases unless given.
        **fields
            Other fields of the builder.

        Returns
        -------
        Builder
            The same kind of builder.

        Raises
        ------
        SpecError
            When fewer than 20 customers have a gap.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=120).log
        >>> cj.features.Rhythm.fitted(log, "2024-04-01", of="visit").dropout < 0.5
        True
        """
        rows = where_of(of, name="of")
        numbers = fitted_prior(log, as_of, rows)
        return cls(**{"of": rows, **numbers._asdict(), "learned": learned_at(log, as_of), **fields})


@dataclass(frozen=True)
class Rhythm(_Habitual):
    r"""His own law of gaps between purchases, and how late he is by it.

    A gap is counted in days, between one local day with such rows and the next. It is taken to be gamma with a mean
    :math:`\mu` and a shape *k* of his own: 1 is pure chance, more is regular, less comes in bursts (Platzer &
    Reutterer 2016, doi:10.1287/mksc.2015.0963). Over people, :math:`1/\mu` is gamma with shape *a* (``strength``) and
    rate :math:`b = (a - 1)\,` ``mean``, and :math:`\log k` is normal around :math:`\log` ``shape`` with deviation
    ``spread``. With *n* gaps of sum *T* behind him, given *k*, :math:`1/\mu` is gamma with :math:`A = a + nk` and
    :math:`B = b + kT`, and a gap lasts longer than *s* with the probability
    :math:`S(s) = I_{B/(B+ks)}(A, k)`, *I* being the regularised incomplete beta function. *k* is integrated out over
    its own posterior: mean and deviation of :math:`\log k` are taken on 25 points from −3 to 3 ``spread``, and the law
    is that of the three points of Gauss and Hermite. So who has few gaps is judged as people are, who has many by his
    own.

    Parameters
    ----------
    of : Where, str or tuple of str
        Which rows; purchases unless given.
    mean : float
        The mean gap of people, in days.
    strength : float
        How alike people's mean gaps are, above 1: as much as that many gaps of a Poisson buyer say.
    shape, spread : float
        The median shape of people, and the deviation of its logarithm.
    dropout : float
        The probability that a purchase was the last.
    name : str, optional
        What its columns begin with.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When a number of the prior is none.

    Examples
    --------
    >>> import cjlab as cj
    >>> [column.name for column in cj.features.Rhythm().columns()][:3]
    ['rhythm_purchase_gaps', 'rhythm_purchase_mean_gap', 'rhythm_purchase_shape']
    """

    def columns(self) -> tuple[Column, ...]:
        r"""Return eight columns.

        ``_gaps`` (*n*); ``_mean_gap`` :math:`B/(A - 1)` at the middle shape; ``_shape``;
        ``_regularity`` :math:`(\sqrt k - 1)/(\sqrt k + 1)`, from −1 for bursts over 0 for chance to 1 for a clock (Goh
        & Barabási 2008, doi:10.1209/0295-5075/81/48002, with the sign turned); ``_silence``, days since the last,
        of the calendar; ``_lateness`` :math:`1 - S(s)`, the share of his gaps that are over by now, with
        :math:`s =` silence − ½ as days are whole; ``_alive`` :math:`(1-p)S / (p + (1-p)S)` with ``dropout`` *p* (the
        law of Fader, Hardie & Lee 2005, doi:10.1287/mksc.1040.0098, with his own gaps in it); ``_next``, days until
        the next one is expected, if there is one.

        Returns
        -------
        tuple of Column
            The features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Rhythm("visit").columns()[5].name
        'rhythm_visit_lateness'
        """
        begin, cell = self.name or called("rhythm", self.of), Cell("gaps", self.of)
        laws = Once(partial(_laws, self.prior))
        made: tuple[tuple[str, Callable[[Habit, Floats], Floats], str, str], ...] = (
            ("mean_gap", lambda law, _: law.mean, "days", "the gap he has on average"),
            ("shape", lambda law, _: law.shape, "1", "the shape of his law of gaps"),
            ("regularity", lambda law, _: _regularity(law.shape), "-1 to 1", "how regular he is"),
            ("silence", lambda _, silence: silence, "days", "how long he has been silent"),
            (
                "lateness",
                lambda law, silence: 1.0 - law.tail(silent(silence)),
                "share",
                "gaps that are over by now",
            ),
            ("alive", lambda law, silence: _alive(law, silence, self.dropout), "probability", "that he comes again"),
            ("next", lambda law, silence: law.remaining(silent(silence)), "days", "until he is expected, if he comes"),
        )
        counted = Column(f"{begin}_gaps", (cell,), same, "gaps", f"gaps that ended, of {self.of}")
        return counted, *(
            Column(f"{begin}_{name}", (cell,), _of(laws, formula), unit, f"{what}, of {self.of}", _NEVER)
            for name, formula, unit, what in made
        )


def _laws(prior: Prior, numbers: Floats) -> tuple[NDArray[np.bool_], Habit]:
    there = ~np.isnan(numbers[:, 5])
    return there, habit(prior, ended(numbers[there]))


def _of(
    laws: Once[tuple[NDArray[np.bool_], Habit]], formula: Callable[[Habit, Floats], Floats]
) -> Callable[[When, Floats], Floats]:
    def made(when: When, numbers: Floats) -> Floats:
        there, law = laws(numbers)
        found = np.full(len(there), np.nan)
        found[there] = formula(law, when.day[there] - numbers[there, 5])
        return found

    return made


def ended(numbers: Floats) -> Gaps:
    """Return the gaps that ended, of a cell of gaps."""
    return Gaps(numbers[:, 0], numbers[:, 0] * numbers[:, 1], numbers[:, 3])


def silent(days: Floats) -> Floats:
    """Return for how long a gap has lasted for certain: days are whole, and half of one is the middle."""
    return np.maximum(days - 0.5, 0.0)


def _regularity(shape: Floats) -> Floats:
    return (np.sqrt(shape) - 1.0) / (np.sqrt(shape) + 1.0)


def _alive(law: Habit, silence: Floats, dropout: float) -> Floats:
    still = (1.0 - dropout) * law.tail(silent(silence))
    return still / (dropout + still)
