"""Erasing: what is a customer's leaves a stored log in one step."""
