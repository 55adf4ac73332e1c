"""Produce: plates from providers, lettering, the image store and the loop that ends in a proof."""
