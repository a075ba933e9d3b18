"""Verify the ledger, one document's part of it, or that a PDF is what was published."""

from __future__ import annotations

from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.upkeep import in_library
from presales_repo.ops.lookup import require_number
from presales_repo.ops.session import Session, open_work
from presales_repo.store.ledger import Problem, open_ledger, verify_all
from presales_repo.store.repository import check_git, open_repository, require_ledger
from presales_repo.store.verifier import check_release


@dataclass(frozen=True, slots=True)
class Verification:
    """The result. `entries`: in the ledger; `genesis`: SHA-256 of the genesis entry, to compare with a colleague."""

    ok: bool
    entries: int
    tip: str
    genesis: str
    problems: tuple[Problem, ...]
    version: str = ""  # of the document in force whose bytes were compared


def verify(session: Session, *, full: bool = False) -> Verification:
    """Replay the ledger: what is new since the last time, or with `full` everything from genesis.

    A ledger that does not verify is a result, not an error; a repository that cannot be read is (E1xx).
    """
    repository = open_repository(session.directory, session.environment)
    try:
        check_git(repository.git)
        tip = require_ledger(repository)

        def progress(done: int, total: int) -> None:
            session.progress("verify", done, total)

        if full:
            head, entries, problems = verify_all(repository, progress)
            return Verification(not problems, entries, tip, head.ledger if head else "", tuple(problems))
        try:
            ledger = open_ledger(repository, progress)
        except PrsError as error:
            if not error.code.startswith(("A", "S", "F")):
                raise
            return Verification(False, 0, tip, "", (Problem(str(error.args_.get("entry", tip)), error),))
        ledger.close()
        return Verification(True, ledger.head.sequence + 1, tip, ledger.head.ledger, ())
    finally:
        repository.git.close()


def verify_document(session: Session, number: str) -> Verification:
    """The ledger, and that the library holds exactly the bytes of the document's version in force."""
    result = verify(session)
    if not result.ok:
        return result
    with open_work(session) as work:
        state = work.ledger.document(require_number(number))
        if state is None:
            raise PrsError("W113", number=number)
        release = in_library(state)  # of a document that was disposed of there is nothing to compare
        problems = []
        if release is not None:
            try:
                check_release(work.ledger.reader, work.ledger.head.tree, release)
            except PrsError as error:
                if not error.code.startswith("A"):
                    raise
                problems.append(Problem(release.commit, error))
    version = release.version if release is not None else ""
    return Verification(not problems, result.entries, result.tip, result.genesis, tuple(problems), version)
