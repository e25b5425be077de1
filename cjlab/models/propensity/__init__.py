"""Propensity and churn: the chance that a customer does something within a time."""

from cjlab.models.propensity._churn import Churn
from cjlab.models.propensity._propensity import Propensity

__all__ = ["Churn", "Propensity"]
