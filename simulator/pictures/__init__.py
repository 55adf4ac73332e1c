"""Pictures the simulated models return: plain ones by the thousand, or drawn from the prompt."""
