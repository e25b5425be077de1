"""Rhythm: the law of a customer's own gaps, and when he departs from it."""
