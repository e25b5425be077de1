"""Which way of choosing whom to contact pays: a race in which the response model, everyone and no one always run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cjlab._checks import shown, whole, within
from cjlab.errors import SpecError
from cjlab.models._door import framed
from cjlab.models.uplift._choice import Choice, judged
from cjlab.models.uplift._design import Design
from cjlab.models.uplift._folds import folds as parted
from cjlab.models.uplift._how import How
from cjlab.models.uplift._nuisances import scores
from cjlab.models.uplift._race import BLEND, EVERYONE, NO_ONE, RESPONSE, Race
from cjlab.models.uplift._tried import tried
from cjlab.models.uplift._uplift import Uplift
from cjlab.models.uplift._worth import worth_of


def choose(  # noqa: PLR0913 - a test is outcomes, arms and the chances of them
    X: object,
    y: object,
    *,
    arm: object,
    control: object,
    propensity: object,
    value: float = 1.0,
    costs: Mapping[Any, float] | None = None,
    contenders: Mapping[str, Uplift] | None = None,
    customer: object = None,
    folds: int = 5,
    confidence: float = 0.95,
    seed: int = 0,
) -> Choice:
    r"""Let ways of choosing whom to contact race on customers that they have not seen, and say which pays.

    Each contender learns on all parts of the customers but one and chooses arms on that one. What its choice brings is
    the mean of doubly robust scores, :math:`v\,\Gamma_{i,\pi(x_i)} - c_{\pi(x_i)}`, cross-fitted (Dudík et al. 2014,
    doi:10.1214/14-STS500). Always in the race: no one, everyone (once an arm), a response model whose line is drawn
    where it paid best, and, where several models run, their blend: the mean of their effects, since what they err by
    differs (Bates & Granger 1969, doi:10.1057/jors.1969.103).

    A model is taken only if it is surely ahead of *each* of "no one" and "everyone"; likewise everyone of no one.
    Surely ahead of one of the two is whoever is so by the lower ends, each one-sided, that hold for all contenders
    together (the largest of their statistics, from their joint normal law: Romano & Wolf 2005,
    doi:10.1111/j.1468-0262.2005.00615.x). All that do not deserve it fall short of the better of the two, so that the
    confidence bounds the error of taking any of them (a test of an intersection and a union: Berger 1982,
    doi:10.1080/00401706.1982.10487790): in a world where no contact does anything the answer is "no one".

    Parameters
    ----------
    X : DataFrame or array
        Features, one row a customer, or a customer and a date.
    y : array
        ``(n,)`` outcomes.
    arm : array
        ``(n,)`` the arm each got.
    control : object
        Which of them is no contact.
    propensity : array, DataFrame, mapping or "estimated"
        The probability of every arm, as :meth:`Uplift.fit` takes it.
    value : float, default: 1.0
        What one unit of the outcome is worth, in currency.
    costs : mapping of arm to float, optional
        What a contact costs, in currency; 0 for arms that are not named.
    contenders : mapping of str to Uplift, optional
        Which models run; by default ``"s"``, ``"dr"`` and boosted ``"s"``, fixed beforehand as three that err
        differently.
    customer : array, optional
        ``(n,)`` whose each row is.
    folds : int, default: 5
        Parts of customers.
    confidence : float, default: 0.95
        Of the lower ends of all contenders together.
    seed : int, default: 0
        Of the parts.

    Returns
    -------
    Choice
        The race, what was chosen, and a rule that can choose for other customers.

    Raises
    ------
    SpecError
        When a cost, the value or a contender is not what it should be.
    TableError, EvidenceError
        As :meth:`Uplift.fit`.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X, arm = pd.DataFrame({"age": rng.normal(45, 12, 4_000)}), rng.choice(["none", "mail"], 4_000)
    >>> y = rng.normal(0, 1, 4_000) + (arm == "mail") * (X["age"] - 45) / 12
    >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
    >>> found = cj.models.choose(X, y, contenders={"s": cj.models.Uplift()}, **given)
    >>> found.chosen, found.decide(pd.DataFrame({"age": [25.0, 65.0]})).tolist()
    ('s', ['none', 'mail'])
    """
    frame, _ = framed(X)
    models, sure = _models(contenders), within(confidence, 0, 1, name="confidence", open_ends=True)
    parts = whole(folds, name="folds", least=2, most=50)
    how = How(boosted=False, parts=parts, seed=whole(seed, name="seed", least=0, most=2**31 - 1))
    made = Design.learn(frame)[1]
    trial = tried(frame, y, made, how, arm=arm, control=control, propensity=propensity, customer=customer)
    worth = worth_of(value, costs, trial)
    part = parted(trial, parts, seed=how.seed)
    level, score = scores(made, trial, part)
    race = Race(trial, worth, level, score)
    unseen = {name: rule.arms(frame) for name, rule in race.simple().items()}
    for one in range(parts):
        own, rest = np.flatnonzero(part == one), np.flatnonzero(part != one)
        for name, rule in race.rows(rest).learnt(frame.iloc[rest], models).items():
            unseen.setdefault(name, np.zeros_like(trial.code))[own] = rule.arms(frame.iloc[own])
    chosen, runners = judged(race, unseen, confidence=sure)
    simple = race.simple()
    kept = simple[chosen] if chosen in simple else race.learnt(frame, models, only=chosen)[chosen]
    return Choice(chosen, runners, kept, (trial.control, *trial.names), sure)


def _models(contenders: Mapping[str, Uplift] | None) -> dict[str, Uplift]:
    if contenders is None:
        return {"s": Uplift(), "dr": Uplift("dr"), "s boosted": Uplift(model="boosted")}
    if not isinstance(contenders, Mapping):
        raise SpecError(f"contenders is {shown(contenders)}; give models by name, as in {{'s': cj.models.Uplift()}}")
    for name, model in contenders.items():
        if not isinstance(model, Uplift) or name in {NO_ONE, RESPONSE, BLEND} or str(name).startswith(EVERYONE):
            raise SpecError(
                f"contender {shown(name)} is {shown(model)}; give models of the class Uplift, under names other than "
                f"{NO_ONE!r}, {EVERYONE!r}, {RESPONSE!r} and {BLEND!r}, which run anyway"
            )
    return dict(contenders)
