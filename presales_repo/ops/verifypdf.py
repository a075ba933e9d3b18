"""Is this PDF what was published? Its pages are made again from the ledger and compared byte for byte."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.ledger import DocumentState, Release
from presales_repo.model.upkeep import status_of_marks
from presales_repo.ops.export import published_job
from presales_repo.ops.session import Session, Work, open_work
from presales_repo.ops.stamps import possible_stamps
from presales_repo.render.sheet import Profile
from presales_repo.render.worker import render_many
from presales_repo.store.files import read_file
from presales_repo.store.pdffile import PdfFile, read_pdf

_NUMBER = re.compile(r"[A-Z]{2}20[0-9]{7}")
_PROFILES: tuple[Profile, ...] = ("controlled", "external", "obsolete")
_LARGEST = 256 << 20


@dataclass(frozen=True, slots=True)
class PdfVerdict:
    """What a PDF is. `exact`: its bytes are those that the ledger gives; `source`: its embedded Markdown is that of
    the version; `in_force`: the version is the latest, not obsolete. `error`: why it is not what was published."""

    number: str
    version: str
    profile: str
    exact: bool
    source: bool
    in_force: bool
    error: PrsError | None


def verify_pdf(session: Session, path: str) -> PdfVerdict:
    """Compare a PDF with the ledger. Raises PrsError E122, E123 when the file cannot be read."""
    data = read_file(session.directory, path, _LARGEST)
    if data is None:
        raise PrsError("E122", path=path)
    pdf = read_pdf(data, path)
    with open_work(session) as work:
        state = _document(work, pdf, path)
        if isinstance(state, PrsError):
            return PdfVerdict("", "", "", False, False, False, state)
        return _compare(work, state, pdf, data)


def _document(work: Work, pdf: PdfFile, path: str) -> DocumentState | PrsError:
    for number in _NUMBER.findall(pdf.first_page):
        state = work.ledger.document(number)
        if state is not None and state.releases:
            return state
    return PrsError("A240", path=path)


def _compare(work: Work, state: DocumentState, pdf: PdfFile, data: bytes) -> PdfVerdict:
    """Try the version whose source is inside first, then the newest; only the same bytes prove the pages."""
    digest = hashlib.sha256(data).hexdigest()
    source = pdf.attachments.get(f"{state.number}.md")
    inside = hashlib.sha256(source).hexdigest() if source is not None else ""
    texts = (text for release in state.releases for text in release.texts)
    releases = sorted(texts, key=lambda release: (release.digest != inside, -release.sequence, -len(release.tracked)))
    for release in releases:
        profile = _exact_profile(work, state, release, digest)
        if profile:
            return _verdict(state, release, profile, True, release.digest == inside, None)
    best = releases[0]
    if best.digest == inside:
        error = PrsError("A241", number=state.number, version=best.version)
        return _verdict(state, best, "", False, True, error)
    return _verdict(state, best, "", False, False, PrsError("A240", path=state.number))


def _exact_profile(work: Work, state: DocumentState, release: Release, digest: str) -> str:
    for stamps in possible_stamps(work, state, release):
        jobs = [published_job(work, state, release, profile, stamps) for profile in _PROFILES]
        for profile, result in zip(_PROFILES, render_many(jobs, 2), strict=True):
            if result.pdf is not None and result.pdf.sha256 == digest:
                return profile
    return ""


def _verdict(
    state: DocumentState, release: Release, profile: str, exact: bool, source: bool, error: PrsError | None
) -> PdfVerdict:
    in_force = state.release == release and status_of_marks(state.marks) in ("", "archived")
    return PdfVerdict(state.number, release.version, profile, exact, source, in_force, error)
