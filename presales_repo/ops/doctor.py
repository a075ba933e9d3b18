"""What is missing on this machine or in this clone, each with the command that mends it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from presales_repo.codes.rule import N_
from presales_repo.errors import PrsError
from presales_repo.ops.hooks import hook_states
from presales_repo.ops.session import Session, signing_key
from presales_repo.render.pdf import engine_problems
from presales_repo.store.ledger import open_ledger
from presales_repo.store.repository import Repository, check_git, open_repository, require_main


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing looked at. `code` "": in order; `serious`: something does not work until it is mended."""

    what: str
    found: str
    code: str = ""
    args: Mapping[str, object] = field(default_factory=dict)
    serious: bool = False


def examine(session: Session) -> list[Condition]:
    """Look at the machine, then at the repository if there is one."""
    found = [*_machine()]
    try:
        repository = open_repository(session.directory, session.environment)
    except PrsError as error:
        return [*found, _failed("repository", error)]
    try:
        return [*found, *_clone(session, repository)]
    finally:
        repository.git.close()


def _failed(what: str, error: PrsError, *, serious: bool = True) -> Condition:
    return Condition(what, "", error.code, error.args_, serious)


def _machine() -> Iterator[Condition]:
    yield Condition("python", sys.version.split()[0])
    keygen = shutil.which("ssh-keygen")
    if keygen:
        yield Condition("ssh-keygen", keygen)
    else:
        yield Condition("ssh-keygen", "", "A159", {"program": "ssh-keygen", "reason": "not found"}, True)
    problems = engine_problems()
    for problem in problems:
        yield Condition("pdf", "", problem.code, problem.args, problem.code != "E073")
    if not problems:
        yield Condition("pdf", "WeasyPrint, HarfBuzz, Chinese font")


def _clone(session: Session, repository: Repository) -> Iterator[Condition]:
    try:
        yield Condition("git", check_git(repository.git))
    except PrsError as error:
        yield _failed("git", error)
        return
    try:
        ledger = open_ledger(repository)
        size = {"entries": ledger.head.sequence + 1, "genesis": ledger.head.ledger}
        yield Condition("ledger", N_("{entries} entries, genesis {genesis}"), args=size)
        ledger.close()
    except PrsError as error:
        yield _failed("ledger", error)
    try:
        yield Condition("main", require_main(repository)[:12])
    except PrsError as error:
        yield _failed("main", error, serious=False)
    try:
        yield Condition("key", signing_key(session, repository).public.fingerprint())
    except PrsError as error:
        yield _failed("key", error, serious=False)
    yield from _hooks(repository)
    yield _state_folder(repository)


def _hooks(repository: Repository) -> Iterator[Condition]:
    for hook in hook_states(repository):
        if hook.state == "current":
            yield Condition(f"hook {hook.name}", hook.path)
        elif hook.state == "foreign":
            yield Condition(f"hook {hook.name}", hook.path, "E141", {"path": hook.path, "hook": hook.name})
        else:
            yield Condition(f"hook {hook.name}", hook.state, "E143", {"hook": hook.name, "state": hook.state})


def _state_folder(repository: Repository) -> Condition:
    folder = repository.state
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    if os.access(folder, os.W_OK):
        return Condition("state", repository.state)
    return Condition("state", repository.state, "E144", {"path": repository.state})
