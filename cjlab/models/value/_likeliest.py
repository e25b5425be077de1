"""A model that has likeliest parameters: what it keeps of them, shows, and stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from cjlab.models._named import Named
from cjlab.models.value._parameters import require_fitted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.models.value._parameters import Parameters


class Likeliest(Named):
    """Parameters found by maximum likelihood, from customers who came back."""

    _learned: ClassVar[tuple[str, ...]] = ("parameters", "log_likelihood", "customers")
    parameters: Parameters
    log_likelihood: float
    customers: int

    def __init__(self, *, confidence: float = 0.95) -> None:
        self.confidence = confidence

    def __repr__(self) -> str:
        """Write what made it, and once it has learnt, of how many customers, and its parameters."""
        if not hasattr(self, "parameters"):
            return super().__repr__()
        table = self.parameters.to_frame().to_string(index=False)
        return f"{super().__repr__()} of {self.customers:,} customers\n{table}"

    def _require_fitted(self) -> None:
        """Refuse to answer before it has learnt."""
        require_fitted(self, type(self).__name__)

    def _parts(self) -> dict[str, Any]:
        self._require_fitted()
        return {"confidence": self.confidence, **{name: getattr(self, name) for name in self._learned}}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Self:
        made = cls(confidence=parts["confidence"])
        for name in cls._learned:
            setattr(made, name, parts[name])
        return made
