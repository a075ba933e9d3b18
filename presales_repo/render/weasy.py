"""The one module that imports WeasyPrint: HTML and the given images to PDF bytes, and what WeasyPrint complained of."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from io import BytesIO

from PIL import Image, ImageFile
from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.urls import URLFetcher, URLFetcherResponse

from presales_repo.errors import PrsError
from presales_repo.model.markdown import image_target
from presales_repo.render.metadata import Attached, Metadata

MAX_PIXELS = 25_000_000  # of one image: 100 MB decoded
MAX_PAGES = 2_000
GENERATOR = "prs"

_VARIANT = "pdf/a-3u"
_IMAGE_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}
_LOG = logging.getLogger("weasyprint")
# Parsed once a process: forked workers find it ready.
_STYLE = CSS(string=files("presales_repo.render").joinpath("style.css").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Typeset:
    """A PDF and its faults: code points that no font has, images that were not served or could not be read,
    fonts that the slow subsetter took, whose bytes differ from run to run."""

    data: bytes
    pages: int
    missing: tuple[int, ...]
    refused: tuple[str, ...]
    slow_fonts: bool


class _Complaints(logging.Handler):
    """Collects from WeasyPrint's log what it reports nowhere else."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: dict[int, None] = {}
        self.images: dict[str, None] = {}
        self.slow_fonts = False

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef") and isinstance(record.args, tuple):
            self.missing[int(str(record.args[1]))] = None
        elif record.msg.startswith("Failed to load image") and isinstance(record.args, tuple):
            address = str(record.args[0])
            self.images[image_target(address) or address] = None
        elif "instead of HarfBuzz-Subset" in record.msg:
            self.slow_fonts = True


class _Assets(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Serves the given images by the names that `model.markdown.image_name` makes, and nothing else."""

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._assets = assets
        self._types = {target: _image_type(target, data) for target, data in assets.items()}

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        target = image_target(url)
        if target is None or target not in self._assets:
            raise ValueError("not an image of this document")
        return URLFetcherResponse(url, self._assets[target], {"Content-Type": self._types[target]})


def typeset(html: str, assets: Mapping[str, bytes], meta: Metadata) -> Typeset:
    """Lay out and paint. Raises PrsError S125, S126 (image refused) and E076 (too many pages)."""
    fetcher = _Assets(assets)
    with _listening() as complaints:
        document = HTML(string=html, url_fetcher=fetcher).render(stylesheets=[_STYLE], pdf_variant=_VARIANT)
        if len(document.pages) > MAX_PAGES:
            raise PrsError("E076", pages=len(document.pages), limit=MAX_PAGES)
        _describe(document, meta)
        with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # it leaves its colour profile open
            data = document.write_pdf(pdf_variant=_VARIANT)
    return Typeset(
        data, len(document.pages), tuple(complaints.missing), tuple(complaints.images), complaints.slow_fonts
    )


def _image_type(target: str, data: bytes) -> str:
    """The media type of a whole PNG or JPEG of bearable size, judged by its bytes; raises PrsError S125, S126."""
    try:
        with _strict_pillow(), Image.open(BytesIO(data), formats=tuple(_IMAGE_TYPES)) as image:
            if image.width * image.height > MAX_PIXELS:  # known from the head, before anything is decoded
                raise PrsError("S126", image=target, limit=MAX_PIXELS // 1_000_000)
            image.load()
            return _IMAGE_TYPES[str(image.format)]
    except Image.DecompressionBombError:
        raise PrsError("S126", image=target, limit=MAX_PIXELS // 1_000_000) from None
    except (OSError, ValueError, SyntaxError):  # what Pillow raises on bytes it does not know or that are damaged
        raise PrsError("S125", image=target) from None


@contextmanager
def _strict_pillow() -> Iterator[None]:
    """WeasyPrint tells Pillow to paint what a truncated image lacks grey; a document with such a picture is wrong."""
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _describe(document: Document, meta: Metadata) -> None:
    """Metadata from the ledger's entry: no clock is read, so that the same entry gives the same bytes."""
    moment = datetime.fromisoformat(meta.created)
    about = document.metadata
    about.title, about.authors, about.lang = meta.title, [meta.author], meta.lang
    about.description, about.keywords, about.generator = meta.subject, list(meta.keywords), GENERATOR
    about.created = about.modified = moment.isoformat(timespec="seconds")
    about.attachments = [_attachment(attached, moment.astimezone(UTC)) for attached in meta.attachments]


def _attachment(attached: Attached, moment: datetime) -> Attachment:
    return Attachment(
        file_obj=BytesIO(attached.data),
        name=attached.name,
        description=attached.description,
        relationship=attached.relationship,
        created=moment,
        modified=moment,
    )


@contextmanager
def _listening() -> Iterator[_Complaints]:
    """Collect WeasyPrint's log instead of letting it reach the terminal."""
    complaints, propagate = _Complaints(), _LOG.propagate
    _LOG.addHandler(complaints)
    _LOG.propagate = False
    try:
        yield complaints
    finally:
        _LOG.removeHandler(complaints)
        _LOG.propagate = propagate
