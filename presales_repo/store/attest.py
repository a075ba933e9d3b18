"""What each entry of a ledger says and which key signed it: the part of verification that no other entry decides.

It is almost half of the work. For a long ledger a second process does it, ahead of the one that replays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from presales_repo.errors import PrsError
from presales_repo.model.commit import Commit, object_id, parse_commit
from presales_repo.model.entry import Entry, parse_message
from presales_repo.model.sshkey import PublicKey
from presales_repo.model.sshsig import parse_signature
from presales_repo.model.sshverify import verify
from presales_repo.store.git import Git

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

ALONE = 1000  # entries up to which a second process takes longer to start than it saves
_CHUNK = 100


@dataclass(frozen=True, slots=True)
class Attested:
    """An entry whose bytes are those of its id, and whose signature is that of `key` - whoever owns it."""

    oid: str
    raw: bytes
    commit: Commit
    entry: Entry
    key: PublicKey


def attest(oid: str, raw: bytes) -> Attested:
    """Read one entry. Raises PrsError A221 (not the bytes of this id), A110 to A120 (commit), A211 (message), A205
    (unsigned), A102 to A108, A130 to A139 (signature)."""
    if object_id("commit", raw) != oid:
        raise PrsError("A221", oid=oid, kind="commit")
    commit = parse_commit(raw)
    entry = parse_message(commit.message)
    if commit.signature is None:
        raise PrsError("A205")
    return Attested(oid, raw, commit, entry, verify(parse_signature(commit.signature), commit.payload))


def attest_all(git: Git, oids: Sequence[str]) -> Iterator[Attested]:
    """The entries in order. Raises PrsError, as attest does, at the first that is none."""
    alone = len(oids) <= ALONE or os.cpu_count() == 1 or not hasattr(os, "fork")
    for found in _read_all(git, oids) if alone else _read_ahead(git, oids):
        if isinstance(found, PrsError):
            raise found
        yield found


def _read_all(git: Git, oids: Sequence[str]) -> Iterator[Attested | PrsError]:
    for oid, blob in zip(oids, git.read_many(oids), strict=True):
        if blob is None or blob.kind != "commit" or blob.data is None:
            yield PrsError("A221", oid=oid, kind="commit")
            return
        try:
            yield attest(oid, blob.data)
        except PrsError as error:
            yield error
            return


def _read_ahead(git: Git, oids: Sequence[str]) -> Iterator[Attested | PrsError]:
    """The same by another process, ahead of who asks by as much as a pipe holds."""
    import multiprocessing

    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_send, args=(git.directory, git.environment, oids, ours, theirs), daemon=True)
    worker.start()
    theirs.close()
    done = 0
    try:
        while done < len(oids):
            chunk = ours.recv()
            yield from chunk
            done += _CHUNK
    except EOFError:  # it was killed: what is left is read here
        yield from _read_all(git, oids[done:])
    finally:
        ours.close()
        worker.terminate()
        worker.join()


def _send(
    directory: str, environment: Mapping[str, str], oids: Sequence[str], ours: Connection, out: Connection
) -> None:
    """In the other process. It keeps no end that the first one reads from, so it ends when that one does."""
    ours.close()
    with closing(Git(directory, environment)) as git, suppress(BrokenPipeError):
        for start in range(0, len(oids), _CHUNK):
            out.send(list(_read_all(git, oids[start : start + _CHUNK])))
