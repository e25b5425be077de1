"""What to offer next."""

from cjlab.models.offers._next_offer import NextOffer
from cjlab.models.offers._plan import OfferPlan

__all__ = ["NextOffer", "OfferPlan"]
