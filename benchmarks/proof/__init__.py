"""The statistical evidence: what is promised, how often it held in simulated tests, and the verdict."""
