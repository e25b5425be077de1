"""Churn and propensity: beside XGBoost and a plain line, and in a market whose truth is known."""
