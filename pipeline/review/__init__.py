"""Review: a page on this machine where a person decides about what is held."""
