"""States: yesterday's features kept so that today's cost little."""
