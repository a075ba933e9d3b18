"""Measures what `docs/performance.md` promises, on generated repositories. Never part of the test suite."""
