"""Champion and challenger: gates in order, and a champion who stays unless the proof is there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cjlab._checks import finite, within
from cjlab._display import Shown
from cjlab.errors import CjlabError
from cjlab.loop._evidence import together
from cjlab.loop._gate import Gate
from cjlab.loop._gates import Limits, fast, kept, lately, ranking, segments, stood, unseen, worth
from cjlab.loop._rule import Parted, ruled
from cjlab.models import Figure

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from cjlab.loop._evidence import Evidence
    from cjlab.loop._rule import Crossed, Foretells, Rule


@dataclass(frozen=True, eq=False, repr=False)
class Challenge(Shown):
    """What came of a challenge; made by :func:`challenge`.

    Parameters
    ----------
    gates : tuple of Gate
        The questions in their order, as far as they were asked: the first that is not passed is the last but for those
        on the same rows.
    promoted : bool
        Whether the challenger may serve: every gate was passed.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X, arm = pd.DataFrame({"age": rng.normal(0, 1, 4_000)}), rng.choice(["none", "mail"], 4_000)
    >>> y = rng.normal(0, 1, 4_000) + (arm == "mail") * X["age"]
    >>> half = {"none": 0.5, "mail": 0.5}
    >>> model = cj.models.Uplift().fit(X[:2_000], y[:2_000], arm=arm[:2_000], control="none", propensity=half)
    >>> later = cj.loop.Evidence(X[2_000:], y[2_000:], arm[2_000:], "none", half)
    >>> found = cj.loop.challenge(None, model, later)
    >>> found.promoted, found.gates[-1].name
    (True, 'value')
    """

    gates: tuple[Gate, ...]
    promoted: bool

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What the gates measured, for the card of the challenger.

        Examples
        --------
        >>> import cjlab as cj
        >>> gate = cj.loop.Gate("fast", 2.0, 2.0, 2.0, 100.0, passed=True, said="2 ms")
        >>> cj.loop.Challenge((gate,), promoted=True).figures[0].called
        'fast'
        """
        ends = [(gate.name, float(gate.figure), float(gate.low), float(gate.high)) for gate in self.gates]
        return tuple(Figure(name, math.nan, *one) for name, *one in ends if not math.isnan(one[0]))

    @property
    def how(self) -> str:
        """How it was judged, in words.

        Examples
        --------
        >>> import cjlab as cj
        >>> gate = cj.loop.Gate("fast", 200.0, 200.0, 200.0, 100.0, passed=False, said="200 ms, of 100 allowed")
        >>> cj.loop.Challenge((gate,), promoted=False).how
        'challenged the champion on decisions drawn by chance, and was not promoted: 200 ms, of 100 allowed'
        """
        came = "passed every gate" if self.promoted else f"was not promoted: {self.reason}"
        return f"challenged the champion on decisions drawn by chance, and {came}"

    @property
    def reason(self) -> str:
        """The first gate that was not passed, in words; of a challenger who is promoted what the last one said.

        Examples
        --------
        >>> import cjlab as cj
        >>> gate = cj.loop.Gate("fast", 200.0, 200.0, 200.0, 100.0, passed=False, said="200 ms, of 100 allowed")
        >>> cj.loop.Challenge((gate,), promoted=False).reason
        '200 ms, of 100 allowed'
        """
        stopped = [gate for gate in self.gates if not gate.passed]
        return (stopped or list(self.gates[-1:]))[0].said

    def to_frame(self) -> pd.DataFrame:
        """Return one row a gate.

        Returns
        -------
        pandas.DataFrame
            ``name``, ``figure``, ``low``, ``high``, ``threshold``, ``passed``, ``said``.

        Examples
        --------
        >>> import cjlab as cj
        >>> gate = cj.loop.Gate("fast", 2.0, 2.0, 2.0, 100.0, passed=True, said="2 ms")
        >>> cj.loop.Challenge((gate,), promoted=True).to_frame()["name"].tolist()
        ['fast']
        """
        import pandas as pd

        return pd.DataFrame(list(self.gates), columns=list(Gate._fields))


def challenge(  # noqa: PLR0913 - who against whom, on what, and what must be shown
    champion: Foretells | None,
    challenger: Foretells,
    evidence: Evidence,
    *,
    crossed: Sequence[Crossed] = (),
    margin: float = 0.0,
    learnt_until: dt.datetime | None = None,
    limits: Limits | None = None,
    confidence: float = 0.95,
) -> Challenge:
    r"""Ask whether a challenger may take the champion's place: every gate must be passed, in this order.

    1. *data*: it foretells a number for every row and arm;
    2. *unseen*: it learnt from nothing at or after the first of these decisions;
    3. *kept*: stored and read again it says the same;
    4. *fast*: a customer is scored within the time allowed;
    5. *ranking*: for no arm is its Qini surely below the champion's (the whole interval of the difference below 0);
    6. *promise*: it does not promise more than ``limits.promise`` times the high end of what its contacts brought;
    7. *segment*: in no segment does what it would do bring surely less than what the champion would;
    8. *value*: what it would do brings more than what the champion would, by more than ``margin``: with
       :math:`\pi` and :math:`\pi_0` the two rules, :math:`w_i = 1\{A_i = \pi(x_i)\} / p_i` and net value
       :math:`r_i = v\,y_i - c_{A_i}`, the low end of the interval of :math:`V(\pi) - V(\pi_0)`, each doubly robust
       (Dudík et al. 2014, doi:10.1214/14-STS500), compared on the same rows.

    With ``crossed`` gates 5 to 8 are asked of more rows than the evidence has: of those, too, that the challenger
    learnt from, each judged by a model that was taught as it was, without the customers of its part (cross-fitting;
    Chernozhukov et al. 2018, doi:10.1111/ectj.12097). What is proven there is how it was taught, from a little less;
    so before gate 5 it is asked of the evidence alone (*lately*) whether it would bring no less than the champion.

    The error of gates 5 and 7 is shared among their comparisons (Bonferroni). Of challengers who are no better, gate 8
    lets at most :math:`(1 - confidence)/2` pass.

    Parameters
    ----------
    champion : Uplift or None
        The model that serves; None where nobody is contacted so far.
    challenger : Uplift
        The model that wants to.
    evidence : Evidence
        Decisions taken by chance, of whom it is known what came.
    crossed : sequence of Crossed, optional
        Parts of what it learnt from, no customer in two, each with a model that was taught the others; rows that the
        champion learnt from left out, of which he knows too much.
    margin : float, default: 0.0
        How much more it must bring a row, in currency.
    learnt_until : datetime.datetime, optional
        Before when the rows lie that it learnt from; not asked where the evidence does not say when it begins.
    limits : Limits, optional
        What it may take and promise.
    confidence : float, default: 0.95
        Of every interval.

    Returns
    -------
    Challenge
        The gates, each with its figure, its threshold and its verdict.

    Raises
    ------
    SpecError
        When a parameter is not allowed.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X, arm = pd.DataFrame({"age": rng.normal(0, 1, 4_000)}), rng.choice(["none", "mail"], 4_000)
    >>> y = rng.normal(0, 1, 4_000) + (arm == "mail") * X["age"]
    >>> half = {"none": 0.5, "mail": 0.5}
    >>> model = cj.models.Uplift().fit(X[:2_000], y[:2_000], arm=arm[:2_000], control="none", propensity=half)
    >>> later = cj.loop.Evidence(X[2_000:], y[2_000:], arm[2_000:], "none", half)
    >>> cj.loop.challenge(model, model, later).promoted  # against itself
    False
    """
    finite(margin, name="margin")
    within(confidence, 0, 1, name="confidence", open_ends=True)
    match = _Match(champion, challenger, evidence, crossed)
    gates: list[Gate] = []
    for gate in _asked(match, margin, learnt_until, limits or Limits(), confidence):
        gates.append(gate)
        if not gate.passed:
            break
    return Challenge(tuple(gates), all(gate.passed for gate in gates))


class _Match(NamedTuple):
    """Who challenges whom, and the rows: those that he did not learn from, and those that he did with their judges."""

    champion: Foretells | None
    challenger: Foretells
    latest: Evidence
    crossed: Sequence[Crossed]

    def every(self) -> Evidence:
        """Return all rows."""
        return together([self.latest, *(one.evidence for one in self.crossed)]) if self.crossed else self.latest

    def rule(self, every: Evidence) -> Rule:
        """Return what the challenger would do with all rows."""
        sizes = [self.latest.n, *(one.evidence.n for one in self.crossed)]
        return ruled(Parted([self.challenger, *(one.model for one in self.crossed)], sizes), every)


def _asked(
    match: _Match, margin: float, learnt_until: dt.datetime | None, limits: Limits, confidence: float
) -> Iterator[Gate]:
    """Ask one gate after the other."""
    challenger, latest, known = match.challenger, match.latest, match.every()
    try:
        new = match.rule(known)
    except CjlabError as refused:
        yield Gate("data", math.nan, math.nan, math.nan, math.nan, passed=False, said=str(refused))
        return
    yield Gate("data", known.n, math.nan, math.nan, 1, passed=True, said=f"it foretells all {known.n:,} rows")
    yield unseen(learnt_until, latest.since)
    yield kept(challenger, latest, limits)
    yield fast(challenger, latest, limits)
    if match.crossed:
        yield lately(ruled(challenger, latest), ruled(match.champion, latest), latest, confidence)
    old = ruled(match.champion, known)
    yield ranking(new, old, known, confidence)
    yield stood(new, known, limits, confidence)
    yield from segments(new, old, known, confidence)
    yield worth(new, old, known, margin=margin, confidence=confidence)
