"""Who decided: what a plan was made with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Signature:
    """Who decided: what the plan was made with.

    Parameters
    ----------
    campaign
        What its contacts are called.
    model_version
        Which model told what actions are worth.
    recipe
        The fingerprint of the features it read.
    """

    campaign: str
    model_version: str | None = None
    recipe: str | None = None
