"""Who will buy, how far that can be trusted, and what it is worth to contact them."""

from cjlab.models.forecast._forecast import Forecast
from cjlab.models.forecast._worth import Worth

__all__ = ["Forecast", "Worth"]
