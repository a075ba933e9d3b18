"""One module per verb: gather, decide, apply. No printing, no environment."""
