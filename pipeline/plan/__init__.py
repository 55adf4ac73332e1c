"""Plan: variants, copy, scenes and prompts, prices and reasons; no network, no clock."""
