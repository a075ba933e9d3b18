"""Rules that a type has as data, at the moments of a decision: submission, publication, gate of a project, export."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from presales_repo.codes import severity_of
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.document import Document, read_document
from presales_repo.model.facts import Fact, Facts
from presales_repo.model.ledger import DocumentState, Release, Round
from presales_repo.model.looked import Looked
from presales_repo.model.outline import outline
from presales_repo.model.typerule import EXPORT, GATE, PUBLISH, SUBMIT
from presales_repo.ops.session import Work, committed_snapshot
from presales_repo.rules.expressions import Decided, check_rules
from presales_repo.store.published import Published
from presales_repo.store.snapshot import Snapshot
from presales_repo.store.verifier import released_bytes

# `register` submits and publishes at once.
_MOMENTS = {"submit": (SUBMIT,), "register": (SUBMIT, PUBLISH)}


def opening_findings(work: Work, snapshot: Snapshot, document: Document, action: str, note: str) -> list[Finding]:
    """What rules say of a text that is about to be submitted or registered. `note`: the comment of whoever does."""
    return list(_asked(work, snapshot, document, _MOMENTS[action], note))


def publishing_findings(work: Work, snapshot: Snapshot, opened: Round) -> list[Finding]:
    """What rules say of a text that is published when the open step is approved; nothing at an earlier step."""
    if opened.position + 1 < len(opened.steps):
        return []
    document = read_document(released_bytes(work.ledger.reader, opened), opened.path)
    return list(_asked(work, snapshot, document, (PUBLISH,), ""))


def require_exportable(work: Work, text: Release | Round) -> None:
    """Raises PrsError F130, F132 when a rule of the type keeps a text from people outside."""
    document = read_document(released_bytes(work.ledger.reader, text), text.path)
    for finding in _asked(work, committed_snapshot(work), document, (EXPORT,), ""):
        if severity_of(finding.code) == "error":
            args: dict[str, Any] = dict(finding.args)
            raise PrsError(finding.code, path=finding.path, line=finding.line, **args)


def _asked(
    work: Work, snapshot: Snapshot, document: Document, moments: Collection[str], note: str
) -> Iterator[Finding]:
    doctype = work.policy.types.get(document.type_id)
    if doctype is None or not any(rule.when in moments for rule in doctype.rules):
        return
    structure = outline(document.body, document.head.body_line)
    decided = Decided(note, _in_force(work, work.ledger.document(document.number)))
    yield from check_rules(document, doctype, structure, work.policy, snapshot, moments, decided)


def _in_force(work: Work, state: DocumentState | None) -> Mapping[str, Any]:
    """Front matter of the version in force; empty for none."""
    release = state.release if state else None
    if release is None:
        return {}
    return read_document(released_bytes(work.ledger.reader, release), release.path).plain_fields()


def gate_findings(work: Work, facts: Facts, project: str, gate: str) -> list[Finding]:
    """What the rules of a gate (`when: gate`) say of the versions in force in a project, in the order of numbers.

    `facts`: of all documents. A rule sees versions in force only, its own document's and those that it looks up.
    """
    findings: list[Finding] = []
    shelf = _InForce(facts, Published(work.ledger))
    for fact in facts.effective(project=project):
        doctype = work.policy.types.get(fact.type)
        rules = [rule for rule in doctype.rules if (rule.when, rule.gate) == (GATE, gate)] if doctype else []
        release = fact.state.release if fact.state else None
        if doctype and rules and release:
            document = read_document(released_bytes(work.ledger.reader, release), release.path)
            asked = doctype._replace(rules=tuple(rules))
            structure = outline(document.body, document.head.body_line)
            findings += check_rules(document, asked, structure, work.policy, shelf, (GATE,))
    return findings


class _InForce:
    """The versions in force, for rules to look up."""

    def __init__(self, facts: Facts, published: Published) -> None:
        self._facts = facts
        self._published = published

    def look(self, number: str, version: str = "") -> Looked | None:
        """The version in force; another version is not looked into, and counts as not there."""
        fact = self._facts.get(number)
        if fact is None or not fact.is_effective or version not in ("", fact.version):
            return None
        return _looked(fact)

    def documents(self, project: str, type_id: str) -> Sequence[Looked]:
        """Those of a type in a project."""
        return [_looked(fact) for fact in self._facts.effective(project=project, type_id=type_id)]

    def project_state(self, project: str) -> str | None:
        """The state that a project is in."""
        return self._published.project_state(project)


def _looked(fact: Fact) -> Looked:
    return Looked(fact.number, fact.type, fact.author, fact.version, fact.in_force, fact.published_at[:10])
