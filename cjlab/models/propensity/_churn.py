"""Churn: the chance that a customer is gone by the end of a time, and why one would think so."""

from __future__ import annotations

from cjlab.models.propensity._propensity import Propensity


class Churn(Propensity):
    r"""The chance of leaving for each customer, calibrated, with its reasons.

    A :class:`Propensity` of leaving: the same members, choice and calibration. What it is asked for, and what is said
    of a customer, is a risk; the label that comes second in order is leaving (1, True, "Yes").

    Parameters
    ----------
    member : {"blend", "xgboost", "logistic"}
        Who answers.
    depths : sequence of int
        Depths of trees to choose from.
    rounds : int
        How many trees at most.
    folds : int
        Into how many parts customers are divided to choose settings.
    monotone : mapping of str to int, optional
        Columns of numbers in which the risk may only rise (1) or fall (−1), in both members.
    within : str, optional
        How long the outcome takes, such as ``"60D"``; see :class:`Propensity`.
    seed : int
        What draws folds and trees.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.telecom(n_customers=800), days=120).log
    >>> left = cj.features.churned(log, as_of="2024-03-01", within="45D")
    >>> recipe = cj.features.Recipe(cj.features.Recency("visit"), cj.features.Frequency("complaint"))
    >>> X = recipe.build(log, "2024-03-01").loc[left.y.index]
    >>> model = cj.models.Churn(rounds=50).fit(X, left.y)
    >>> model.classes_.tolist()
    [0.0, 1.0]
    """
