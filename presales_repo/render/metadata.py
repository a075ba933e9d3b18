"""What a PDF says about itself, and the files inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from presales_repo.render.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the PDF; `relationship` as in ISO 32000-2, 7.11.3."""

    name: str
    data: bytes
    relationship: Literal["Source", "Supplement"]
    description: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """Title, author and so on; `created` is ISO 8601 with offset, the only time in the PDF."""

    title: str
    author: str
    lang: str
    subject: str
    keywords: tuple[str, ...]
    created: str
    attachments: tuple[Attached, ...] = ()


def metadata_of(sheet: Sheet, attachments: tuple[Attached, ...] = ()) -> Metadata:
    """The metadata of a sheet's PDF. An external copy names the organisation instead of the author, and carries
    neither summary, keywords nor attachments: a customer would find in them what the pages leave out."""
    if sheet.profile == "external":
        return Metadata(sheet.title, sheet.organisation, sheet.lang, "", (), sheet.published_at)
    return Metadata(
        sheet.title, sheet.author, sheet.lang, sheet.summary, sheet.keywords, sheet.published_at, attachments
    )
