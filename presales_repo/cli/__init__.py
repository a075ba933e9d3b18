"""Commands: parse words, call one operation, show its result."""
