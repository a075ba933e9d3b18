"""Sheet to HTML to PDF."""
