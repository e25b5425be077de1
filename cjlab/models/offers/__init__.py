"""What to offer next."""

from cjlab.models.offers._next_offer import NextOffer

__all__ = ["NextOffer"]
