"""Reading an exported PDF: its first page's words and the files inside. The one module that uses pypdf."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass

from presales_repo.errors import PrsError


@dataclass(frozen=True, slots=True)
class PdfFile:
    """What a PDF says. `attachments`: the embedded files by name."""

    first_page: str
    attachments: dict[str, bytes]


def read_pdf(data: bytes, path: str) -> PdfFile:
    """Raises PrsError E123 when the file is no PDF that can be read."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports on stderr what we report in words
    try:
        reader = PdfReader(io.BytesIO(data))
        text = reader.pages[0].extract_text()
        attachments = {name: contents[0] for name, contents in reader.attachments.items() if contents}
    except (PyPdfError, IndexError, KeyError, ValueError, TypeError, AttributeError, RecursionError):
        raise PrsError("E123", path=path) from None
    return PdfFile(text, attachments)
