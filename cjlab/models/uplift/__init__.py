"""Uplift: what a contact changes, customer by customer, and whom to contact for it."""

from cjlab.models.uplift._uplift import Uplift

__all__ = ["Uplift"]
