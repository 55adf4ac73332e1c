"""Typeset: fonts, line breaks, fitting and drawing of exact copy."""
