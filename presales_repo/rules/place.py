"""Where a finding about something that is missing points to: the line at which it would be added."""

from __future__ import annotations

from presales_repo.model.document import Document
from presales_repo.model.text import position


def field_line(document: Document, name: str) -> int:
    """The line of a field's key; of the closing fence, above which it belongs, when the field is missing."""
    key = document.head.fields.keys.get(name)
    return key.line if key else position(document.text, document.head.end)[0]
