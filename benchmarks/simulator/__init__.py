"""How fast a market is simulated, beside others and by itself."""
