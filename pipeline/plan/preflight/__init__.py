"""Preflight: what is wrong with a plan, found before anything is paid."""
