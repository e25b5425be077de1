"""What to offer next, and what comes next."""

from cjlab.models.offers._next_offer import NextOffer

__all__ = ["NextOffer"]
