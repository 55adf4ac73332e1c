"""Providers: one module for each source of plates."""
