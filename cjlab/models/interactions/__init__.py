"""What a customer does next, where, and when."""

from cjlab.models.interactions._next_interaction import NextInteraction

__all__ = ["NextInteraction"]
