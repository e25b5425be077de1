"""Who decided: what a plan was made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Signature:
    """Who decided: what the plan was made with.

    Parameters
    ----------
    campaign
        What its contacts are called.
    model_version
        Which model told what actions are worth; ``(n,)`` where it is not the same for all customers.
    recipe
        The fingerprint of the features it read.
    """

    campaign: str
    model_version: str | NDArray[np.str_] | None = None
    recipe: str | None = None

    @property
    def versions(self) -> str:
        """The models that told, in one word."""
        one = self.model_version
        return one or "" if one is None or isinstance(one, str) else "+".join(sorted(set(one.tolist())))
