"""A local server that speaks the three paid picture APIs, with named faults and its own bill."""
