"""HTML to PDF, refusing what would print wrongly: boxes for characters, holes for images."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from types import ModuleType

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.render.metadata import Metadata

_NAMED = 10  # how many characters or images a message names
_EVERYDAY = (0x4E00, 0x9FA5)  # the Han characters that every Chinese font has (GB 13000)
_PROBES = {"zh-Hans": "汉", "zh-Hant": "漢"}


@dataclass(frozen=True, slots=True)
class Pdf:
    """A finished PDF, its number of pages and the hexadecimal SHA-256 of its bytes."""

    data: bytes
    pages: int
    sha256: str


def load_engine() -> ModuleType:
    """WeasyPrint and its libraries, loaded once a process; raises PrsError E070 when they cannot be."""
    try:
        with redirect_stdout(io.StringIO()):  # WeasyPrint prints advice of its own
            from presales_repo.render import weasy
    except (ImportError, OSError) as error:
        raise PrsError("E070", reason=" ".join(str(error).split())) from error
    return weasy


def render_pdf(html: str, assets: Mapping[str, bytes], meta: Metadata) -> Pdf:
    """A PDF/A-3u whose bytes depend on nothing but the arguments, the fonts and the libraries.

    `assets` are the images by the names that the Markdown gives them, PNG or JPEG. Raises PrsError E070 (engine),
    E071 and E072 (characters without glyph), E074 (images not given or damaged), E076 (pages), S125 and S126
    (images of another kind or too large).
    """
    sheet = load_engine().typeset(html, assets, meta)
    if sheet.missing:
        raise _unprintable(sheet.missing)
    if sheet.refused:
        raise PrsError("E074", images=", ".join(sheet.refused[:_NAMED]), count=len(sheet.refused))
    return Pdf(sheet.data, sheet.pages, hashlib.sha256(sheet.data).hexdigest())


def engine_problems() -> list[Finding]:
    """What is wrong with this machine's WeasyPrint, fonts and libraries, found by setting two characters.

    E070: it does not load. E072: no font for Chinese. E073: no HarfBuzz subset library, so that exports take ten
    times as long and their bytes differ from run to run. Asked before `render_many`, it also warms the process that
    forks: a document takes a fifth less.
    """
    try:
        engine = load_engine()
    except PrsError as error:
        return [Finding(error.code, args=error.args_)]
    html = "".join(f'<p lang="{lang}">{character}</p>' for lang, character in _PROBES.items())
    probe = engine.typeset(html, {}, Metadata("", "", "zh-Hans", "", (), "2000-01-01T00:00:00+00:00"))
    problems = []
    if probe.missing:
        problems.append(Finding("E072", args={"characters": _named(probe.missing)}))
    if probe.slow_fonts:
        problems.append(Finding("E073"))
    return problems


def _unprintable(missing: Sequence[int]) -> PrsError:
    """No font for Chinese at all, or single characters that the fonts lack."""
    chinese = any(_EVERYDAY[0] <= point <= _EVERYDAY[1] for point in missing)
    return PrsError("E072" if chinese else "E071", characters=_named(missing), count=len(missing))


def _named(points: Sequence[int]) -> str:
    """Characters as a reader can find them: themselves and their code points."""
    return ", ".join(f"{chr(point)} U+{point:04X}" for point in points[:_NAMED])
