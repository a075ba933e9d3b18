"""Judging a move of a project (`advance`): the claims of its entry, the gates, and who may open them (R080, R081)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from presales_repo.errors import PrsError
from presales_repo.model.document import Document
from presales_repo.model.entry import Entry
from presales_repo.model.gates import Checked, Evidence, GateCheck, Situation, check_gate
from presales_repo.model.ledger import Head, Release
from presales_repo.model.lifecycle import Gate, Lifecycle, build_lifecycle
from presales_repo.model.policy import Policy
from presales_repo.model.projects import (
    Move,
    ProjectState,
    find_project,
    gates_of,
    is_record_of,
    project_of,
    targets,
)
from presales_repo.model.replay import Outcome, Stamp, check_position


def judge_advance(
    head: Head, entry: Entry, stamp: Stamp, record: Document, named: Sequence[tuple[Release, Evidence]]
) -> Outcome:
    """The outcome of an advance entry. `record`: project.md at its content commit; `named`: the evidence as the ledger
    has it, in the entry's order.

    Raises PrsError A2xx for wrong claims, A420 the signer's role, A421 the state it starts from, A422 no such
    transition, A423 other gates than the transition's, A424 a waiver that may not be, A425 no reason, A427 evidence of
    another project or that no gate asks for, A428 a gate that the evidence does not open, A429 no such record.
    """
    check_position(head, entry)
    _check_record(entry, record)
    lifecycle = build_lifecycle(head.policy.project)
    project = find_project(head.projects, entry.project)
    gates = _gates(lifecycle, project, entry)
    for gate in gates:
        check_signer(head.policy, gate, entry.signer)
    check_waivers(gates, entry.waived, entry.comment)
    situation = Situation([item for _, item in named], _record_fields(record), project.since)
    _check_evidence(entry, gates, named)
    for gate in gates:
        _require_open(check_gate(gate, situation, entry.waived))
    move = Move(
        entry.sequence, stamp.commit, entry.origin, entry.to, entry.gates, entry.waived, entry.evidence, entry.signer,
        stamp.time, stamp.offset, entry.comment, stamp.key,
    )  # fmt: skip
    return Outcome(project=replace(project, moves=(*project.moves, move)))


def _check_record(entry: Entry, record: Document) -> None:
    if not is_record_of(entry.path, entry.project) or record.value("id") != entry.project:
        raise PrsError("A429", path=entry.path, project=entry.project)
    if record.digest != entry.digest:
        raise PrsError("A216", path=entry.path)


def _record_fields(record: Document) -> dict[str, str]:
    return {name: record.value(name) for name in record.head.fields.values}


def _gates(lifecycle: Lifecycle, project: ProjectState, entry: Entry) -> list[Gate]:
    """The gates of the transition that an entry makes."""
    state = project.state(lifecycle)
    if entry.origin != state:
        raise PrsError("A421", project=entry.project, found=entry.origin, current=state)
    transition = next((item for to, item in targets(lifecycle, project) if to == entry.to), None)
    if transition is None:
        known = ", ".join(to for to, _ in targets(lifecycle, project))
        raise PrsError("A422", project=entry.project, current=state, to=entry.to, known=known)
    expected = gates_of(lifecycle, project, transition)
    if entry.gates != expected:
        raise PrsError("A423", found=" ".join(entry.gates), expected=" ".join(expected))
    return [lifecycle.gates[id_] for id_ in expected]


def check_signer(policy: Policy, gate: Gate, person: str) -> None:
    """Whether a person may open or waive a gate. Raises PrsError A420."""
    found = policy.people.get(person)
    if found is None or gate.signer not in found.roles:
        able = ", ".join(item.id for item in policy.people.values() if item.active and gate.signer in item.roles)
        raise PrsError("A420", person=person, gate=gate.id, role=gate.signer, holders=able)


def check_waivers(gates: Sequence[Gate], waived: Sequence[str], reason: str) -> None:
    """Whether what is waived may be, and whether there is a reason for that, or for a move that needs one.

    Raises PrsError A424, A425.
    """
    allowed = [gate.id for gate in gates if gate.waivable]
    allowed += [f"{gate.id}/{need.type}" for gate in gates for need in gate.needs if need.waivable]
    for name in waived:
        if name not in allowed:
            raise PrsError("A424", gate=name, known=", ".join(allowed))
    if (waived or any(gate.reason for gate in gates)) and not reason.strip():
        raise PrsError("A425", gates=", ".join(waived or [gate.id for gate in gates if gate.reason]))


def _check_evidence(entry: Entry, gates: Sequence[Gate], named: Sequence[tuple[Release, Evidence]]) -> None:
    """Everything named is of this project and asked for by a gate that was not waived."""
    asked = {name for gate in gates if gate.id not in entry.waived for need in gate.needs for name in need.types}
    for release, item in named:
        if project_of(release.path) != entry.project or item.type not in asked:
            raise PrsError("A427", evidence=item.name, project=entry.project)


def _require_open(check: GateCheck) -> None:
    missing: tuple[Checked, ...] = check.missing
    if missing:
        types = ", ".join(line.need.type for line in missing)
        raise PrsError("A428", gate=check.gate.id, types=types)
