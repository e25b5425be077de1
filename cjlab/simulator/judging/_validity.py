"""Which margins of a real log a simulated one reproduces, and which not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from cjlab._checks import one_of, within
from cjlab._display import Shown
from cjlab.errors import SpecError
from cjlab.simulator._planned import Nobody, RandomContacts
from cjlab.simulator._run import Run
from cjlab.simulator._simulate import simulate
from cjlab.simulator.fitting import Observed
from cjlab.simulator.judging._margins import margins
from cjlab.simulator.judging._telling import told_apart
from cjlab.simulator.world import World
from cjlab.statistics import distance, half_against_half
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from cjlab.simulator._policy import Planned
    from cjlab.simulator.judging._margins import Margin

CLASSIFIER = "classifier"
TOLERANCES: Mapping[str, float] = {
    "kolmogorov-smirnov": 0.10,
    "wasserstein": 0.20,
    "total variation": 0.10,
    CLASSIFIER: 0.70,
}
_REPLICATES, _LEAST = 100, 30


class Judged(NamedTuple):
    """One margin, real against simulated.

    Parameters
    ----------
    name : str
        What is compared.
    kind : str
        By which distance, see :func:`cjlab.statistics.distance`; ``"classifier"`` is the area under its ROC curve.
    distance, low, high : float
        Real against simulated, with the ends of its 95 % interval, customers resampled.
    tolerance : float
        How large it may be, declared beforehand.
    own : float
        The same distance between random halves of the real log's customers (0.5 for the classifier: chance).
    n_real, n_simulated : int
        Customers on either side.
    verdict : {"holds", "does not hold", "not known"}
        Whether the interval lies below the tolerance, above it, or across.
    """

    name: str
    kind: str
    distance: float
    low: float
    high: float
    tolerance: float
    own: float
    n_real: int
    n_simulated: int
    verdict: Literal["holds", "does not hold", "not known"]


@dataclass(frozen=True, repr=False)
class Validity(Shown):
    """What a simulated log has in common with a real one.

    Parameters
    ----------
    judged : tuple of Judged
        Margin by margin.

    Examples
    --------
    >>> Validity(()).holds
    ()
    """

    judged: tuple[Judged, ...]

    def __repr__(self) -> str:
        """Say how many margins hold."""
        return f"Validity({len(self.holds)} hold, {len(self.fails)} do not, {len(self.unknown)} not known)"

    def __getitem__(self, name: str) -> Judged:
        """Return a margin by its name."""
        for one in self.judged:
            if one.name == name:
                return one
        raise KeyError(name)

    @property
    def holds(self) -> tuple[str, ...]:
        """Margins that are reproduced.

        Examples
        --------
        >>> Validity(()).holds
        ()
        """
        return self._those("holds")

    @property
    def fails(self) -> tuple[str, ...]:
        """Margins that are not.

        Examples
        --------
        >>> Validity(()).fails
        ()
        """
        return self._those("does not hold")

    @property
    def unknown(self) -> tuple[str, ...]:
        """Margins of which the logs are too small to tell.

        Examples
        --------
        >>> Validity(()).unknown
        ()
        """
        return self._those("not known")

    def _those(self, verdict: str) -> tuple[str, ...]:
        return tuple(one.name for one in self.judged if one.verdict == verdict)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a margin.

        Returns
        -------
        DataFrame
            The columns of :class:`Judged`: name, kind, distance, low, high, tolerance, own, n_real, n_simulated,
            verdict.

        Examples
        --------
        >>> Validity(()).to_frame().columns.tolist()[:3]
        ['name', 'kind', 'distance']
        """
        import pandas as pd

        return pd.DataFrame(self.judged, columns=list(Judged._fields))


def validity(
    log: Log, simulated: World | Run | Log, *, tolerances: Mapping[str, float] | None = None, seed: int = 0
) -> Validity:
    """Hold a simulated log against a real one, margin by margin.

    Parameters
    ----------
    log : Log
        The real log.
    simulated : World, Run or Log
        What is to be judged. A world is run over the real log's days; where that has contacts, customers are
        contacted at random, as often as the real ones.
    tolerances : mapping of str to float, optional
        By kind of distance how large it may be; unless given 0.10 for ``"kolmogorov-smirnov"`` and ``"total
        variation"``, 0.20 for ``"wasserstein"`` (a share of the mean), and 0.70 for the area under the curve of the
        ``"classifier"``. They are declared here, before anything is measured.
    seed : int
        Of what is resampled.

    Returns
    -------
    Validity
        For each margin the distance with its interval, the tolerance, the real log's own half-against-half distance,
        and the verdict.

    Raises
    ------
    SpecError
        When ``simulated`` is none of these, or a tolerance is unknown.
    EvidenceError
        When either log is too small.

    Notes
    -----
    A margin holds when the whole interval of its distance lies at or below the tolerance, and does not when the whole
    interval lies above; in between it is not known. No test is made: p-values would only measure how large the logs
    are. Only customers who did something are compared, for a real log knows of no others.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=300, seed=7)
    >>> log = cj.simulator.simulate(world, days=90).log
    >>> found = cj.simulator.validity(log, world.but(seed=8))
    >>> found["days between orders"].tolerance
    0.1
    """
    allowed = _tolerances(tolerances)
    real = Observed.of(log)
    other = Observed.of(_log(simulated, real))
    judged = list(_judged(real, other, allowed, seed))
    return Validity((*judged, _classified(real, other, allowed[CLASSIFIER], seed)))


def _tolerances(given: Mapping[str, float] | None) -> dict[str, float]:
    for name, value in (given or {}).items():
        one_of(name, TOLERANCES, name="tolerances")
        within(value, 0, 10, name=f"tolerances[{name!r}]")
    return {**TOLERANCES, **(given or {})}


def _log(simulated: World | Run | Log, real: Observed) -> Log:
    if isinstance(simulated, Log):
        return simulated
    if isinstance(simulated, Run):
        return simulated.log
    if isinstance(simulated, World):
        return simulate(simulated.but(start=real.start), as_often(real, simulated), days=real.days).log
    raise SpecError(f"simulated is a {type(simulated).__name__}; give a World, a Run or a Log")


def as_often(real: Observed, world: World) -> Planned:
    """Return the policy that contacts customers at random as often as the real ones were."""
    import polars as pl

    if not real.contacts.height or not world.actions:
        return Nobody()
    during = real.contacts.filter(pl.col("day").is_between(0, real.days - 1))
    withheld = 1.0 - float(during["sent"].fill_null(value=True).sum()) / max(during.height, 1)
    rate = min(during.height / float((real.days - real.entry).sum()), 1.0)
    return RandomContacts(rate=rate, actions=tuple(world.actions), control=withheld, consent=False)


def _judged(real: Observed, other: Observed, allowed: Mapping[str, float], seed: int) -> Iterator[Judged]:
    for margin in margins(real, other):
        if len(margin.simulated.values):
            yield _compared(margin, allowed[margin.kind], seed)
        else:
            n = len(set(margin.real.who.tolist()))
            own = half_against_half(margin.real.values, kind=margin.kind, clusters=margin.real.who, seed=seed)
            yield Judged(margin.name, margin.kind, 1.0, 1.0, 1.0, allowed[margin.kind], own, n, 0, "does not hold")


def _compared(margin: Margin, tolerance: float, seed: int) -> Judged:
    real, other = margin.real, margin.simulated
    whose = (real.who, other.who)
    found = distance(real.values, other.values, kind=margin.kind, clusters=whose, replicates=_REPLICATES, seed=seed)
    own = half_against_half(real.values, kind=margin.kind, clusters=real.who, seed=seed)
    few = min(found.clusters) < _LEAST
    verdict = "not known" if few else _verdict(found.low, found.high, tolerance)
    return Judged(margin.name, margin.kind, *found[:3], tolerance, own, *found.clusters, verdict)


def _verdict(low: float, high: float, tolerance: float) -> Literal["holds", "does not hold", "not known"]:
    return "holds" if high <= tolerance else "does not hold" if low > tolerance else "not known"


def _classified(real: Observed, other: Observed, tolerance: float, seed: int) -> Judged:
    value, low, high = (float(end) for end in told_apart(real, other, seed=seed))
    sizes = [int(one.events["who"].n_unique()) for one in (real, other)]
    name = "real told from simulated"
    verdict = _verdict(low, high, tolerance)
    return Judged(name, CLASSIFIER, value, low, high, tolerance, 0.5, sizes[0], sizes[1], verdict)
