"""prs: a Git-backed repository for presales documents."""

__version__ = "0.1.0"
