"""Trains the further alphabets of the recogniser: draw, compute features, learn, export."""
