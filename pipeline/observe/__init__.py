"""Observability: what is told about a run while it runs."""
