"""Provisional numbers: when somebody else claimed the same ones first, ours change, with every link to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.number import Number
from presales_repo.model.paths import ATTACHMENTS
from presales_repo.model.text import MAX_BYTES
from presales_repo.ops.session import Work, find_actor, ident, stamp, working_snapshot
from presales_repo.ops.shared import MAIN_REF, claimer, is_ancestor
from presales_repo.store.files import read_file
from presales_repo.store.git import Git
from presales_repo.store.index import Row
from presales_repo.store.remote import NONE, NUMBERS, REMOTE_MAIN, REMOTE_NUMBERS
from presales_repo.store.repository import require_main
from presales_repo.store.reserve import claimed_numbers, reserve_number
from presales_repo.store.snapshot import Snapshot
from presales_repo.store.undo import change_files, finish
from presales_repo.store.verifier import MAX_ATTACHMENT
from presales_repo.store.worktree import commit_paths

KEPT = "refs/prs/kept/"
_LOST = f"{KEPT}numbers/"  # <stage>/<month>/<claim>: more than one when a sync was killed before the first was settled


@dataclass(frozen=True, slots=True)
class Renumbered:
    """A document of ours whose number somebody else had first. `links`: files whose references were changed."""

    old: str
    new: str
    path: str
    links: tuple[str, ...]


def lost_numbers(git: Git) -> frozenset[str]:
    """Numbers claimed here alone, of reservations on which the server went another way.

    Our refs follow the server's; what was lost is kept until the documents have other numbers, so that a crash on
    the way leaves no document with somebody else's.
    """
    for shared_ref in git.text("for-each-ref", "--format=%(refname)", REMOTE_NUMBERS).split():
        name = shared_ref.removeprefix(REMOTE_NUMBERS)
        local, shared = git.resolve(NUMBERS + name), git.resolve(shared_ref)
        if local == shared or shared is None or (local and is_ancestor(git, shared, local)):
            continue
        updates = [(NUMBERS + name, shared, local or NONE)]
        if local and not is_ancestor(git, local, shared):
            lost = f"{_LOST}{name}/{local[:12]}"
            updates.append((lost, local, git.resolve(lost) or NONE))
        git.update_refs(updates, "prs: follow origin")
    return frozenset(str(number) for number in _lost(git))


def _lost(git: Git) -> list[Number]:
    names = git.text("for-each-ref", "--format=%(refname)", _LOST).split()
    shared = [REMOTE_NUMBERS + name.removeprefix(_LOST).rpartition("/")[0] for name in names]
    found = (number for ref, known in zip(names, shared, strict=True) for number in claimed_numbers(git, known, ref))
    return list(dict.fromkeys(found))


def renumber_claims(work: Work) -> tuple[Renumbered, ...]:
    """Give our documents whose number was lost the next free one, and commit that.

    Raises PrsError W101 when there are unsaved changes: what is committed here is only what changes with the numbers.
    """
    git = work.repository.git
    snapshot = working_snapshot(work)
    lost = _lost(git)
    base = _common(git)
    ours = {row.path: number for number in lost for row in snapshot.find(str(number)) if not _at(git, base, row)}
    if ours and snapshot.changes:
        raise PrsError("W101", path=sorted(snapshot.changes)[0], number="")
    done = _renumber(work, snapshot, ours, base) if ours else ()
    for ref in git.text("for-each-ref", "--format=%(refname)", _LOST).split():
        git.update_refs([(ref, NONE, git.resolve(ref) or NONE)], "prs: renumbered")
    return done


def _renumber(work: Work, snapshot: Snapshot, ours: Mapping[str, Number], base: str) -> tuple[Renumbered, ...]:
    """`ours`: the documents to change, path → the number that they lost."""
    news = {old: _next_number(work, old) for old in sorted(set(ours.values()), key=str)}
    files, links = _rewritten(work, snapshot, ours, news, base)
    moved = [item for old, new in news.items() for item in _moved_attachments(work, old, new)]
    # A name that one document leaves may be the one that another takes.
    left: dict[str, bytes | None] = {path: None for path, data in moved if data is None}
    files = left | files | {path: data for path, data in moved if data is not None}
    change_files(work.repository, files)
    done = tuple(
        Renumbered(str(old), str(news[old]), path.replace(str(old), str(news[old])), links[old])
        for path, old in sorted(ours.items())
    )
    note = ", ".join(f"{item.old} -> {item.new}" for item in done)
    actor, head = find_actor(work), require_main(work.repository)
    who = ident(actor.person, stamp(work.session, work.policy))
    commit_paths(work.repository, head, list(files), f"prs sync: {note}", who, actor.key)
    finish(work.repository)
    return done


def _common(git: Git) -> str:
    """The last commit that our main and the server's share, "" when there is none."""
    done = git.run("merge-base", MAIN_REF, REMOTE_MAIN, ok=(0, 1, 128))
    return done.stdout.decode().strip()


def _at(git: Git, base: str, row: Row) -> str:
    """The blob of a document at the common commit. What stood there is the server's too: its numbers are its own."""
    return (base and git.resolve(f"{base}:{row.path}")) or ""


def _next_number(work: Work, old: Number) -> Number:
    """The next free number of the same stage and month, claimed at the server at once."""
    who = ident(find_actor(work).person, stamp(work.session, work.policy))
    share = claimer(work.repository, old.stage, f"{old.year:04d}{old.month:02d}")
    return reserve_number(work.repository.git, old.stage, old.year, old.month, who, lambda: 0, share)


def _rewritten(
    work: Work, snapshot: Snapshot, ours: Mapping[str, Number], news: Mapping[Number, Number], base: str
) -> tuple[dict[str, bytes | None], dict[Number, tuple[str, ...]]]:
    """Our documents with their new numbers, and every text of ours that names them: bytes by path, None for a path
    that is left; and the files other than the document itself, by old number.

    A text that came from the server means the document that keeps the number.
    """
    names = {str(old).encode(): str(new).encode() for old, new in news.items()}
    pattern = re.compile(rb"(?<![A-Za-z0-9])(" + b"|".join(names) + rb")(?![0-9])")
    links: dict[Number, list[str]] = {old: [] for old in news}
    left: dict[str, bytes | None] = {}
    files: dict[str, bytes | None] = {}
    for row in snapshot.rows():
        data = read_file(work.repository.root, row.path, MAX_BYTES)
        if data is None or row.blob == _at(work.repository.git, base, row):
            continue
        old = ours.get(row.path)
        target = row.path.replace(str(old), str(news[old])) if old else row.path
        changed = pattern.sub(lambda match: names[match[1]], data)
        if changed != data:
            files[target] = changed
        if target != row.path:
            left[row.path] = None
        named = {name.decode() for name in pattern.findall(data)}
        for number in (number for number in news if str(number) in named and number != old):
            links[number].append(target)
    return left | files, {number: tuple(paths) for number, paths in links.items()}


def _moved_attachments(work: Work, old: Number, new: Number) -> Iterator[tuple[str, bytes | None]]:
    for path in work.repository.git.paths("ls-files", "-z", "--", f"{ATTACHMENTS}/{old}/"):
        data = read_file(work.repository.root, path, MAX_ATTACHMENT)
        if data is not None:
            yield path, None
            yield path.replace(str(old), str(new)), data
