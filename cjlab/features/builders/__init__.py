"""Builders: families of features, each a formula of what is added up of a customer's rows."""
