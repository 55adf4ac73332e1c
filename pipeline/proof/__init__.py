"""Prove: find the text, read it, match it to the lines, judge it."""
