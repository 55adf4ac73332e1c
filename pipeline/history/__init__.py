"""Price history: what a campaign asked for day by day, from git and from its price feed."""
