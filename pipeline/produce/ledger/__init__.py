"""Ledger: the database of intents, request ids, charges and outcomes: the truth about money."""
