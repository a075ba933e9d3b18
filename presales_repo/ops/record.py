"""A document in one go: written, saved and, where it needs no approval, published: a call in one line."""

from __future__ import annotations

from dataclasses import dataclass

from presales_repo.findings import Finding
from presales_repo.ops.decide import Blocked, Decision, register
from presales_repo.ops.new import NewDocument, Request, new_document
from presales_repo.ops.save import save
from presales_repo.ops.session import Session


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of it. `commit`: the saved text, "" when `findings` stopped it; `decision`: its publication, None where
    that was not asked for or was stopped."""

    made: NewDocument
    commit: str
    decision: Decision | None
    findings: tuple[Finding, ...]


def record(session: Session, asked: Request, message: str, *, publish: bool) -> Recorded:
    """Write a new document, save it and, with `publish`, register it. The file stays when a rule stops the rest.

    Raises PrsError as new_document, save and register do; W343 the type needs an approval (before anything is written).
    """
    made = new_document(session, asked)
    commit = ""
    try:
        commit = save(session, [made.number], message).commit
        decision = register(session, made.number, message) if publish else None
    except Blocked as blocked:
        return Recorded(made, commit, None, tuple(blocked.findings))
    return Recorded(made, commit, decision, ())
