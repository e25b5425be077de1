"""A model that has likeliest parameters: what it keeps of them, shows, and stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from cjlab.models._card import Facts
from cjlab.models._figure import about_all
from cjlab.models._named import Named
from cjlab.models._taught import Taught, day, days
from cjlab.models.value._parameters import require_fitted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from cjlab.models.value._parameters import Parameters


class Likeliest(Named):
    """Parameters found by maximum likelihood, from customers who came back."""

    _learned: ClassVar[tuple[str, ...]] = ("parameters", "log_likelihood", "customers")
    _columns: ClassVar[tuple[str, ...]]
    _supposed: ClassVar[str]
    dates: tuple[str, ...] = ()
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

    def _facts(self) -> Facts:
        """Tell the parameters, which say how sure they are."""
        self._require_fitted()
        limits = self.parameters.limits
        figures = [
            about_all(name, value, *limits[name][:2])
            for name, value in zip(self.parameters.names, self.parameters.estimates, strict=True)
        ]
        taught = Taught(self.customers, self.customers, dates=self.dates)
        return Facts(type(self).__name__, taught, self._columns, tuple(figures), (self._supposed,))

    def _parts(self) -> dict[str, Any]:
        self._require_fitted()
        learned = {name: getattr(self, name) for name in self._learned}
        return {"confidence": self.confidence, **learned, "dates": list(self.dates)}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Self:
        made = cls(confidence=parts["confidence"])
        for name in cls._learned:
            setattr(made, name, parts[name])
        made.dates = tuple(parts.get("dates", ()))
        return made


def dates_of(table: Any, as_of: str | dt.date | None) -> tuple[str, ...]:  # noqa: ANN401 - a log, or a frame
    """Return the day as of which a log was read; none of a frame, which says of none."""
    return () if as_of is None else days([day(table.moment(as_of), table.timezone)])
