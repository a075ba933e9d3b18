"""PDFs: published documents from the ledger's bytes, drafts only as drafts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.document import Document, read_document
from presales_repo.model.ledger import DocumentState, Release, Round
from presales_repo.model.markdown import to_html
from presales_repo.model.paths import resolve_link, safe_name
from presales_repo.model.periods import iso_time
from presales_repo.model.upkeep import in_library, is_disposed, require_alive, status_of_marks, superseded_by
from presales_repo.ops.lookup import find_document, split_version
from presales_repo.ops.register import find_release
from presales_repo.ops.session import Session, Work, open_work, stamp, working_snapshot
from presales_repo.ops.sheets import draft_sheet, published_sheet, released_sheet
from presales_repo.ops.stamps import Stamps, profile_now, require_issued, stamps_of
from presales_repo.ops.typerules import require_exportable
from presales_repo.render.metadata import Attached
from presales_repo.render.pdf import engine_problems
from presales_repo.render.sheet import Profile
from presales_repo.render.worker import Job, render_many
from presales_repo.store.files import disk_errors, read_file, write_file
from presales_repo.store.snapshot import Snapshot
from presales_repo.store.verifier import released_bytes

DEFAULT_FOLDER = "pdf"
_LONGEST_NAME = 180  # bytes of the title in a file name: file systems allow 255 in all


@dataclass(frozen=True, slots=True)
class Exported:
    """One PDF that was written. `version` "" for a draft; `emergency`: of a text that still waits for its approval."""

    number: str
    version: str
    path: str
    sha256: str
    pages: int
    emergency: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """One document without a PDF, and why."""

    number: str
    error: PrsError


@dataclass(frozen=True, slots=True)
class ExportResult:
    """PDFs made, documents that failed, and warnings about this machine's PDF engine."""

    exported: tuple[Exported, ...]
    failed: tuple[Failed, ...]
    warnings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    number: str
    version: str
    title: str
    job: Job


def export(
    session: Session,
    names: Sequence[str],
    *,
    everything: bool = False,
    folder: str = "",
    profile: Profile = "controlled",
    copy_no: str = "",
) -> ExportResult:
    """Make PDFs of NUMBER or NUMBER@VERSION, or of all published documents. A text in review that an emergency
    release gives out comes first, marked.

    Raises PrsError W107, W108 (not published), W118 (external copy of an internal type), E07x (the PDF engine);
    what is wrong with a single document is a result.
    """
    problems = engine_problems()
    for problem in problems:
        if problem.code != "E073":
            raise PrsError(problem.code, **dict[str, Any](problem.args))
    with open_work(session) as work:
        items = _gather(work, names, everything, profile, copy_no)
        target = os.path.abspath(folder) if folder else os.path.join(work.repository.root, DEFAULT_FOLDER)
        with disk_errors(target):
            os.makedirs(target, exist_ok=True)
        done = 0

        def count(_result: object) -> None:
            nonlocal done
            done += 1
            session.progress("export", done, len(items))

        results = render_many([item.job for item in items], min(len(items), os.cpu_count() or 1), count)
        exported, failed = [], []
        for item, result in zip(items, results, strict=True):
            if result.pdf is None:
                failed.append(Failed(item.number, result.error or PrsError("E079", reason="-")))
                continue
            name = _file_name(item)
            write_file(target, name, result.pdf.data, replace=True)
            path = os.path.join(target, name)
            pdf, urgent = result.pdf, item.job.sheet.urgent
            exported.append(Exported(item.number, item.version, path, pdf.sha256, pdf.pages, urgent))
    return ExportResult(tuple(exported), tuple(failed), tuple(problems))


def _gather(work: Work, names: Sequence[str], everything: bool, profile: Profile, copy_no: str = "") -> list[_Item]:
    if everything:
        published = (state for state in work.ledger.documents() if in_library(state))
        names = [f"{state.number}@{state.release.version}" for state in published if state.release]
    if profile == "draft":
        snapshot = working_snapshot(work)
        return [_draft(work, snapshot, split_version(name)[0]) for name in names]
    asked = _Asked(profile, copy_no, frozenset(superseded_by(work.ledger.superseding())))
    return [_given_out(work, *split_version(name), asked) for name in names]


class _Asked(NamedTuple):
    """The copies that are asked for. `superseded`: numbers of the documents whose place others have taken."""

    profile: Profile
    copy_no: str
    superseded: frozenset[str]


def _given_out(work: Work, number: str, version: str, asked: _Asked) -> _Item:
    """A published version; or the text in review, while an emergency release gives it out."""
    state = work.ledger.document(number)
    profile = asked.profile
    opened = state.round if state and profile in ("controlled", "external") and not asked.copy_no else None
    if state is None or opened is None or opened.released is None or version not in ("", opened.version):
        return _published(work, number, version, asked)
    if profile == "external":
        _require_customer_facing(work, state)
        require_exportable(work, opened)
    return _Item(number, opened.version, state.title, released_job(work, state, opened, profile))


def _published(work: Work, number: str, version: str, asked: _Asked) -> _Item:
    release = find_release(work, number, version)
    state = work.ledger.document(number)
    assert state is not None, "a release has a state"
    if is_disposed(state):
        raise PrsError("W321", number=number, by=state.marks[-1].by)
    if asked.profile == "external" and status_of_marks(state.marks) not in ("", "archived"):
        require_alive(state)
    profile = profile_now(state, release, asked.profile, asked.superseded)
    if profile == "external":
        _require_customer_facing(work, state)
        require_exportable(work, release)
    if asked.copy_no:
        require_issued(work, number, release.version, asked.copy_no)
    stamps = stamps_of(state)._replace(copy_no=asked.copy_no)
    return _Item(number, release.version, state.title, published_job(work, state, release, profile, stamps))


def _require_customer_facing(work: Work, state: DocumentState) -> None:
    if not work.policy.types[state.type_id].customer_facing:
        raise PrsError("W118", number=state.number, type=state.type_id)


def released_job(work: Work, state: DocumentState, opened: Round, profile: Profile) -> Job:
    """How to make the PDF of exactly the submitted text, marked. Raises PrsError A216, A221."""
    document = _source(work, opened)
    sheet = released_sheet(work, state, opened, document, profile)
    return Job(state.number, sheet, _images(work, document, opened.content), (_markdown(state, document),))


def _source(work: Work, text: Release | Round) -> Document:
    """The bytes that the ledger names. Raises PrsError A216, A221."""
    return read_document(released_bytes(work.ledger.reader, text), text.path)


def _markdown(state: DocumentState, document: Document) -> Attached:
    return Attached(f"{state.number}.md", document.data, "Source", "Markdown")


def published_job(work: Work, state: DocumentState, release: Release, profile: Profile, stamps: Stamps) -> Job:
    """How to make the PDF of a published version from the ledger's bytes. Raises PrsError A216, A221."""
    document = _source(work, release)
    sheet = stamps.on(published_sheet(work, state, release, document, profile))
    attached = (_markdown(state, document), *_evidence(work, state, release))
    return Job(state.number, sheet, _images(work, document, release.content), attached)


def _evidence(work: Work, state: DocumentState, release: Release) -> list[Attached]:
    """The raw commits that this version rests on: whoever has the PDF can verify them without the repository."""
    found = []
    for event in sorted((*state.evidence(release), *state.countersigns(release)), key=lambda event: event.sequence):
        blob = work.repository.git.read(event.commit)
        if blob is not None and blob.data is not None:
            name = f"{event.sequence:06d}-{event.commit[:12]}.commit"
            found.append(Attached(name, blob.data, "Supplement", event.step))
    return found


def _images(work: Work, document: Document, content: str) -> dict[str, bytes]:
    """The bytes of the images that a body shows, as they stood in the commit `content`."""
    found = {}
    for target in to_html(document.body).images:
        path = resolve_link(document.path, target)
        blob = work.repository.git.read(f"{content}:{path}", 1 << 26) if path else None
        if blob is not None and blob.kind == "blob" and blob.data is not None:
            found[target] = blob.data
    return found


def _draft(work: Work, snapshot: Snapshot, number: str) -> _Item:
    row = find_document(snapshot, number)
    data = read_file(work.repository.root, row.path, 1 << 26)
    if data is None:
        raise PrsError("W105", path=row.path)
    document = read_document(data, row.path)
    moment = iso_time(*stamp(work.session, work.policy))
    sheet = draft_sheet(work, work.ledger.document(number), document, moment)
    images = {}
    for target in to_html(document.body).images:
        path = resolve_link(document.path, target)
        image = read_file(work.repository.root, path, 1 << 26) if path else None
        if image is not None:
            images[target] = image
    return _Item(number, "", document.title, Job(number, sheet, images))


def _file_name(item: _Item) -> str:
    title = safe_name(item.title).encode()[:_LONGEST_NAME].decode("utf-8", "ignore")
    version = f"v{item.version}" if item.version else "draft"
    mark = "-emergency" if item.job.sheet.urgent else ""
    mark += f"-copy{safe_name(item.job.sheet.copy_no)}" if item.job.sheet.copy_no else ""
    return f"{item.number}-{version}{mark}-{title}.pdf"
