"""The Prefect side: thin, no rule of the trade lives here."""
