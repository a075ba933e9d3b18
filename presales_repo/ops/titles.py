"""Words that people type for titles and names: one line, nothing hidden in it."""

from __future__ import annotations

import unicodedata

from presales_repo.errors import PrsError
from presales_repo.model.paths import safe_name
from presales_repo.model.text import hidden_character

LONGEST_TITLE = 60


def check_title(title: str) -> str:
    """A title fit for a file name and a cover. Raises PrsError P107 (empty, too long), S107 (hidden characters)."""
    title = _plain(title, "title", "标题")
    if not safe_name(title) or len(title) > LONGEST_TITLE:
        raise PrsError("P107", title=title[:LONGEST_TITLE], longest=LONGEST_TITLE)
    return title


def check_name(name: str, option: str, label: str) -> str:
    """The name of a company, a customer or a person. Raises PrsError W117 (empty), S107 (hidden characters)."""
    name = _plain(name, option, label)
    if not name:
        raise PrsError("W117", found=f'{option} ""', expected=f'{option} "{label}"')
    return name


def _plain(text: str, field: str, label: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    hidden = hidden_character(text)
    found = hidden[0] if hidden else next((char for char in text if unicodedata.category(char) in ("Cc", "Cs")), "")
    if found:
        raise PrsError("S107", field=field, title=label, character=f"U+{ord(found):04X}")
    return text
