"""Move a project to another state through its gates, signed in the ledger (三 工作流程; R080, R081)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from presales_repo.codes import severity_of
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.advance import check_signer, check_waivers
from presales_repo.model.document import Document
from presales_repo.model.entry import ADVANCE, Entry
from presales_repo.model.facts import Fact, Facts
from presales_repo.model.gates import Evidence, GateCheck, Situation, check_gate, evidence_for
from presales_repo.model.lifecycle import PREVIOUS, Lifecycle, build_lifecycle
from presales_repo.model.policy import Policy
from presales_repo.model.projects import ProjectState, find_project, gates_of, project_of, targets
from presales_repo.model.trace import stale
from presales_repo.ops.decide import clean_comment, until_shared
from presales_repo.ops.facts import read_facts
from presales_repo.ops.projects import find_project as find_folder
from presales_repo.ops.session import Session, Work, find_actor, stamp
from presales_repo.ops.shared import publisher
from presales_repo.ops.typerules import gate_findings
from presales_repo.store.files import read_file
from presales_repo.store.repository import require_main
from presales_repo.store.verifier import load_content

_ENDED = ("void", "obsolete", "disposed")


@dataclass(frozen=True, slots=True)
class Advanced:
    """What was recorded. `commit`: the entry; `shared` false: the server could not be reached."""

    id: str
    name: str
    origin: str
    state: str
    gates: tuple[str, ...]
    waived: tuple[str, ...]
    evidence: tuple[str, ...]
    person: str
    reason: str
    commit: str
    shared: bool


class GateClosed(PrsError):
    """Gates on the way of a project are closed: W200. `checks`: what each gate found; `broken`: rules of types
    that do not hold."""

    def __init__(
        self, project: str, state: str, to: str, checks: Sequence[GateCheck], broken: Sequence[Finding]
    ) -> None:
        super().__init__("W200", project=project, current=state, to=to, target=to, missing="")
        self.checks = tuple(checks)
        self.broken = tuple(broken)


def advance(session: Session, project: str, to: str, waive: Iterable[str] = (), reason: str = "") -> Advanced:
    """Move a project to the state `to`. `waive`: gates that are not asked, or lines of them as GATE/TYPE.

    Raises GateClosed when documents are missing, PrsError P106 no such project, W201 no such way, W202 the record is
    not committed, A420 not this person's right, A424, A425 what may not be waived or has no reason.
    """
    waived, words = tuple(dict.fromkeys(waive)), clean_comment(reason)
    return until_shared(session, project, lambda work: _try_advance(work, project, to, waived, words))


def _try_advance(work: Work, project: str, to: str, waived: tuple[str, ...], reason: str) -> Advanced | None:
    actor, head = find_actor(work), work.ledger.head
    main, path = require_main(work.repository), _record_path(work, project)
    record = load_content(work.ledger.reader, main, path).document
    lifecycle = build_lifecycle(work.policy.project)
    known = find_project(head.projects, project)
    state = known.state(lifecycle)
    to, names = _way(lifecycle, known, to)
    gates = [lifecycle.gates[name] for name in names]
    for gate in gates:
        check_signer(work.policy, gate, actor.person.id)
    check_waivers(gates, waived, reason)
    facts = read_facts(work)
    situation = situation_of(work, facts, known, record)
    checks = [check_gate(gate, situation, waived) for gate in gates]
    broken = [item for gate in names if gate not in waived for item in broken_rules(work, facts, project, gate)]
    if broken or any(check.missing for check in checks):
        raise GateClosed(project, state, to, checks, broken)
    evidence = tuple(item.name for item in evidence_for(checks, situation))
    entry = Entry(
        ADVANCE, head.ledger, head.sequence + 1, actor.person.id, head.policy.digest, path=path, content=main,
        digest=record.digest, comment=reason, project=project, origin=state, to=to, gates=names, waived=waived,
        evidence=evidence,
    )  # fmt: skip
    publish = publisher(work.repository, work.mode, main)
    commit = work.ledger.append(entry, actor.person, actor.key, stamp(work.session, work.policy), publish)
    if commit is None:
        return None
    shared = work.mode != "offline"
    name = record.value("name")
    return Advanced(project, name, state, to, names, waived, evidence, actor.person.id, reason, commit, shared)


def _record_path(work: Work, project: str) -> str:
    """The path of a project's record, which must be committed as it stands."""
    folder = find_folder(work, project)
    if folder is None:
        raise PrsError("P106", project=project)
    path = f"{folder}/project.md"
    blob = work.repository.git.read(f"HEAD:{path}")
    if blob is None or read_file(work.repository.root, path, blob.size) not in (None, blob.data):
        raise PrsError("W202", project=project)
    return path


def _way(lifecycle: Lifecycle, project: ProjectState, to: str) -> tuple[str, tuple[str, ...]]:
    """The state that `to` means, and the gates on the way there."""
    found = targets(lifecycle, project)
    for target, transition in found:
        titles = (lifecycle.states[target].title_zh, lifecycle.states[target].title_en)
        if to in (target, transition.to if transition.to == PREVIOUS else target, *titles):
            return target, gates_of(lifecycle, project, transition)
    known = ", ".join(_titled(lifecycle, target) for target, _ in found)
    current = _titled(lifecycle, project.state(lifecycle))
    raise PrsError("W201", project=project.id, current=current, to=_titled(lifecycle, to), known=known or "-")


def _titled(lifecycle: Lifecycle, state: str) -> str:
    """A state's id with its title."""
    return f"{state} ({lifecycle.states[state].title_zh})" if state in lifecycle.states else state


def situation_of(work: Work, facts: Facts, project: ProjectState, record: Document) -> Situation:
    """What the gates of a project look at."""
    fields = {name: record.value(name) for name in record.head.fields.values}
    return Situation(documents_of(facts, project.id), fields, project.since, stale_numbers(work.policy, facts))


def documents_of(facts: Facts, project: str) -> list[Evidence]:
    """The versions in force of a project's documents, by number."""
    return [
        Evidence(fact.number, fact.version, fact.state.type_id, release.sequence, fact.in_force)
        for fact in facts
        if in_force(fact) and fact.state and (release := fact.state.release) and project_of(release.path) == project
    ]


def in_force(fact: Fact) -> bool:
    """Whether a version of a document counts: also while the next one is in review (R120)."""
    return fact.published is not None and fact.status not in _ENDED


def broken_rules(work: Work, facts: Facts, project: str, gate: str) -> list[Finding]:
    """The rules of types for a gate (`when: gate`) that the project's documents break."""
    return [item for item in gate_findings(work, facts, project, gate) if severity_of(item.code) == "error"]


def stale_numbers(policy: Policy, facts: Facts) -> Mapping[str, str]:
    """The documents because of which one has to be revised before it counts again, by number. What only rests on
    something that is behind may be right as it stands."""
    hard = {number: [item.by for item in why if not item.is_soft] for number, why in stale(facts, policy).items()}
    return {number: ", ".join(dict.fromkeys(names)) for number, names in hard.items() if names}
