"""Provisional numbers: when somebody else claimed the same ones first, ours change, with every link to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.frontmatter import set_field
from presales_repo.model.number import Number
from presales_repo.model.paths import ATTACHMENTS, SUFFIX
from presales_repo.model.text import decode_text
from presales_repo.ops.save import commit_paths
from presales_repo.ops.session import Work, find_actor, ident, stamp, working_snapshot
from presales_repo.ops.shared import is_ancestor
from presales_repo.store.files import read_file, remove_file, write_file
from presales_repo.store.index import is_document
from presales_repo.store.remote import NUMBERS, REMOTE_NUMBERS
from presales_repo.store.reserve import claimed_numbers, reserve_number
from presales_repo.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Renumbered:
    """A document of ours whose number somebody else had first. `links`: files whose references were changed."""

    old: str
    new: str
    path: str
    links: tuple[str, ...]


def renumber_claims(work: Work) -> tuple[Renumbered, ...]:
    """Follow the server's reservations; give documents that lost their number the next free one, and commit that.

    Raises PrsError W125 when such a document is published or in review here, W101 when it has unsaved changes.
    """
    lost = list(_lost_claims(work))
    if not lost:
        return ()
    snapshot = working_snapshot(work)
    if snapshot.changes:
        raise PrsError("W101", path=sorted(snapshot.changes)[0], number="")
    done: list[Renumbered] = []
    for number in lost:
        for row in snapshot.find(str(number)):
            done.append(_renumber(work, snapshot, number, row.path))
    if done:
        changed = _changed_paths(work)
        note = ", ".join(f"{item.old} -> {item.new}" for item in done)
        commit_paths(work, find_actor(work), changed, f"prs sync: {note}")
    return tuple(done)


def _lost_claims(work: Work) -> Iterator[Number]:
    """Numbers claimed here alone, on reservations where the server went another way; our refs then follow it."""
    git = work.repository.git
    for shared_ref in git.text("for-each-ref", "--format=%(refname)", REMOTE_NUMBERS).split():
        ref = NUMBERS + shared_ref.removeprefix(REMOTE_NUMBERS)
        local, shared = git.resolve(ref), git.resolve(shared_ref)
        if local == shared or shared is None or (local and is_ancestor(git, shared, local)):
            continue
        ours = claimed_numbers(git, shared, local) if local and not is_ancestor(git, local, shared) else []
        git.update_refs([(ref, shared, local or "0" * 40)], "prs: follow origin")
        yield from ours


def _renumber(work: Work, snapshot: Snapshot, old: Number, path: str) -> Renumbered:
    if work.ledger.document(str(old)) is not None:
        raise PrsError("W125", number=str(old))
    actor = find_actor(work)
    who = ident(actor.person, stamp(work.session, work.policy))
    new = reserve_number(work.repository.git, old.stage, old.year, old.month, who, lambda: 0)
    git, root = work.repository.git, work.repository.root
    target = path.replace(str(old), str(new))
    text = _read(root, path)
    moved = [item for item in git.paths("ls-files", "-z", "--", f"{ATTACHMENTS}/{old}/")]
    for item in [path, *moved]:
        destination = item.replace(str(old), str(new))
        data = read_file(root, item, 1 << 30)
        if data is not None:
            write_file(root, destination, data, replace=False)
            remove_file(root, item)
    write_file(root, target, set_field(_replace(text, old, new), "number", str(new)).encode(), replace=True)
    links = tuple(_relink(work, snapshot, old, new, path))
    return Renumbered(str(old), str(new), target, links)


def _relink(work: Work, snapshot: Snapshot, old: Number, new: Number, path: str) -> Iterator[str]:
    """Every document here that names the old number meant ours: the other one has not been merged yet."""
    root = work.repository.root
    for row in snapshot.rows():
        if row.path == path or not row.path.endswith(SUFFIX):
            continue
        text = _read(root, row.path)
        changed = _replace(text, old, new)
        if changed != text:
            write_file(root, row.path, changed.encode(), replace=True)
            yield row.path


def _replace(text: str, old: Number, new: Number) -> str:
    return re.sub(rf"(?<![A-Za-z0-9]){old}(?![0-9])", str(new), text)


def _read(root: str, path: str) -> str:
    data = read_file(root, path, 1 << 26)
    if data is None:
        raise PrsError("W105", path=path)
    return decode_text(data, path)


def _changed_paths(work: Work) -> list[str]:
    git = work.repository.git
    changed = git.paths("diff", "--name-only", "-z", "--no-renames", "HEAD")
    changed += git.paths("ls-files", "-z", "--others", "--exclude-standard")
    return [path for path in dict.fromkeys(changed) if is_document(path) or path.startswith(ATTACHMENTS)]
