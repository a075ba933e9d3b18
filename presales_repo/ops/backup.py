"""`prs backup` and `prs restore` (定期备份, R103): one file with everything, its SHA-256 beside it, and the way back.

A bundle holds all branches, the ledger and the numbers. What comes back is verified from genesis before it is put in
its place.
"""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass, replace

from presales_repo.errors import PrsError
from presales_repo.model.workflow import may_author
from presales_repo.ops.decide import register
from presales_repo.ops.hooks import set_up_clone
from presales_repo.ops.new import new
from presales_repo.ops.save import save
from presales_repo.ops.session import Session, Work, company_time, find_actor, open_work
from presales_repo.store.bundle import digest_of_file, unpack_bundle, write_bundle
from presales_repo.store.files import disk_errors, read_file, write_file
from presales_repo.store.git import git_environment
from presales_repo.store.ledger import verify_all
from presales_repo.store.repository import open_repository

RECORD = "backup-record"
_SUM = ".sha256"


@dataclass(frozen=True, slots=True)
class Backup:
    """A bundle that was made. `record`: number of the record, "" for none; `genesis`, `tip`: of the ledger in it."""

    file: str
    sha256: str
    refs: int
    genesis: str
    tip: str
    record: str


@dataclass(frozen=True, slots=True)
class Restored:
    """A repository made from a bundle, and how far its ledger goes."""

    directory: str
    entries: int
    genesis: str
    tip: str


def backup(session: Session, folder: str, *, record: bool = True) -> Backup:
    """Bundle the repository into a new file in `folder`, have git verify it, and record that.

    Raises PrsError: F119 the owner of the key may not write the record, W324 the folder lies in the repository, W322
    git cannot bundle, E106, E107, E109 the disk.
    """
    with open_work(session, exclusive=True) as work:
        if record:
            _require_recorder(work)
        root = os.path.realpath(work.repository.root)
        place = os.path.realpath(os.path.join(session.directory, folder))
        if os.path.commonpath((root, place)) == root:
            raise PrsError("W324", path=folder)
        now = company_time(session, work.policy)
        path = os.path.join(place, f"{os.path.basename(root)}-{now:%Y%m%d-%H%M%S}.bundle")
        with disk_errors(folder):
            os.makedirs(place, exist_ok=True)
        if os.path.lexists(path):
            raise PrsError("P110", path=path)
        refs = write_bundle(work.repository.git, path)
        digest = digest_of_file(path)
        write_file(place, os.path.basename(path) + _SUM, f"{digest}  {os.path.basename(path)}\n".encode(), replace=True)
        head = work.ledger.head
        done = Backup(path, digest, refs, head.ledger, head.tip, "")
    return replace(done, record=_record(session, done, now.isoformat(timespec="seconds"))) if record else done


def _require_recorder(work: Work) -> None:
    doctype, person = work.policy.types.get(RECORD), find_actor(work).person
    if doctype is None:
        raise PrsError("F122", found=RECORD, known=", ".join(work.policy.types))
    if not may_author(doctype, person):
        raise PrsError("F119", person=person.id, type=RECORD, roles=", ".join(doctype.authors))


def _record(session: Session, done: Backup, made_at: str) -> str:
    """The number of a published record of a backup."""
    name = os.path.basename(done.file)
    values = {"made_at": made_at, "file": name, "sha256": done.sha256, "refs": str(done.refs), "verified": "true"}
    made = new(session, RECORD, name, "", values)
    save(session, [made.number], f"prs backup {name}")
    register(session, made.number)
    return made.number


def restore(session: Session, bundle: str, directory: str, genesis: str = "") -> Restored:
    """Make a repository from a bundle in `directory`, which must not be there yet.

    Raises PrsError: E121 it is there, E122 no such bundle, W325 its bytes are not those that were written, W323 git
    does not accept it, A261 its ledger has another `genesis`, and why the ledger does not verify. Nothing is left then.
    """
    source = os.path.abspath(os.path.join(session.directory, bundle))
    target = os.path.abspath(os.path.join(session.directory, directory))
    if os.path.lexists(target):
        raise PrsError("E121", directory=directory)
    if not os.path.isfile(source):
        raise PrsError("E122", path=bundle)
    _check_sum(source)
    temporary = f"{target}.{secrets.token_hex(4)}.prs-tmp"
    try:
        with disk_errors(directory):
            os.makedirs(temporary)
        unpack_bundle(source, temporary, git_environment(session.environment))
        found = _verified(session, temporary, target, genesis)
        with disk_errors(directory):
            os.rename(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    set_up_clone(replace(session, directory=target))
    return found


def _check_sum(bundle: str) -> None:
    written = read_file(os.path.dirname(bundle), os.path.basename(bundle) + _SUM, 1 << 12)
    if written is None:
        return
    expected = (written.split() or [b"-"])[0].decode("ascii", "replace")
    if digest_of_file(bundle) != expected:
        raise PrsError("W325", path=bundle, expected=expected)


def _verified(session: Session, folder: str, target: str, genesis: str) -> Restored:
    """The ledger in a folder, verified from genesis with a memory of its own, which goes again."""
    memory = os.path.join(folder, ".git", "prs-restore")
    repository = open_repository(folder, {**session.environment, "XDG_STATE_HOME": memory})
    try:
        head, count, problems = verify_all(repository, lambda done, total: session.progress("verify", done, total))
    finally:
        repository.git.close()
        shutil.rmtree(memory, ignore_errors=True)
        shutil.rmtree(os.path.join(folder, ".git", "prs"), ignore_errors=True)
    if problems or head is None:
        raise problems[0].error if problems else PrsError("A221", oid="approved", kind="commit")
    if genesis and head.ledger != genesis.lower():
        raise PrsError("A261", found=head.ledger, expected=genesis)
    return Restored(target, count, head.ledger, head.tip)
