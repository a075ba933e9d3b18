"""Ledger state as JSON text and back, for the cache of what was verified."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from presales_repo.model.delegation import Delegation
from presales_repo.model.emergency import EmergencyRelease, EmergencyRequest
from presales_repo.model.ledger import Countersign, DocumentState, Event, Release, Round, Tracked, Voided
from presales_repo.model.needs import Needs
from presales_repo.model.policy import Step
from presales_repo.model.projects import Move, ProjectState
from presales_repo.model.upkeep import Mark, Upkeep

# Names what a dump holds: text of another shape cannot be loaded.
STATE_SHAPE = " ".join(
    f"{kind.__name__}({','.join(kind.__annotations__)})"
    for kind in (
        DocumentState,
        Event,
        Round,
        Step,
        Needs,
        Countersign,
        Release,
        Tracked,
        Mark,
        Upkeep,
        Voided,
        Delegation,
        EmergencyRequest,
        EmergencyRelease,
        ProjectState,
        Move,
    )
)


def dump_state(state: DocumentState) -> str:
    """One document's state as JSON."""
    return json.dumps(asdict(state), ensure_ascii=False, separators=(",", ":"))


def load_state(text: str) -> DocumentState:
    """The state that dump_state wrote."""
    raw: dict[str, Any] = json.loads(text)
    return DocumentState(
        number=raw["number"],
        title=raw["title"],
        type_id=raw["type_id"],
        round=_round(raw["round"]) if raw["round"] else None,
        releases=tuple(map(_release, raw["releases"])),
        events=tuple(Event(**item) for item in raw["events"]),
        marks=tuple(Mark(*item) for item in raw["marks"]),
        upkeep=_upkeep(raw["upkeep"]),
        voided=tuple(Voided(_release(item["release"]), tuple(item["waiting"])) for item in raw["voided"]),
    )


def _release(raw: dict[str, Any]) -> Release:
    tracked = tuple(Tracked(sequence, tuple(changes), *text) for sequence, changes, *text in raw["tracked"])
    return Release(**{**_with_tuples(raw, "authors", "supersedes"), "tracked": tracked})


def _round(raw: dict[str, Any]) -> Round:
    steps = tuple(map(_step, raw["steps"]))
    values = {
        "grants": _delegation(raw["grants"]) if raw["grants"] else None,
        "requests": EmergencyRequest(**raw["requests"]) if raw["requests"] else None,
        "released": EmergencyRelease(**raw["released"]) if raw["released"] else None,
        "countersigns": tuple(Countersign(*item) for item in raw["countersigns"]),
        "upkeep": _upkeep(raw["upkeep"]),
    }
    lists = _with_tuples(raw, "authors", "signed", "signers", "seats", "named", "supersedes")
    return Round(**{**lists, "steps": steps, **values})


def _upkeep(values: list[Any] | None) -> Upkeep | None:
    return Upkeep(values[0], tuple(values[1]), values[2]) if values else None


def _step(values: list[Any]) -> Step:
    id_, title_zh, title_en, by, quorum, (minutes, departments, least) = values
    return Step(id_, title_zh, title_en, by, quorum, Needs(minutes, tuple(departments), least))


def dump_delegations(delegations: Iterable[Delegation]) -> str:
    """What published letters give, as JSON."""
    return json.dumps([asdict(item) for item in delegations], ensure_ascii=False)


def load_delegations(text: str) -> tuple[Delegation, ...]:
    """The delegations that dump_delegations wrote."""
    return tuple(map(_delegation, json.loads(text)))


def _delegation(raw: dict[str, Any]) -> Delegation:
    return Delegation(**{**raw, "roles": tuple(raw["roles"])})


def dump_projects(projects: Iterable[ProjectState]) -> str:
    """The projects that have moved, as JSON."""
    return json.dumps([asdict(item) for item in projects], ensure_ascii=False)


def load_projects(text: str) -> tuple[ProjectState, ...]:
    """The projects that dump_projects wrote."""
    return tuple(ProjectState(raw["id"], tuple(map(_move, raw["moves"]))) for raw in json.loads(text))


def _move(raw: dict[str, Any]) -> Move:
    return Move(**{**raw, **{key: tuple(raw[key]) for key in ("gates", "waived", "evidence")}})


def _with_tuples(raw: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The same with those lists as tuples, as they were before JSON."""
    lists = {key: tuple(raw[key]) for key in keys}
    return {**raw, **lists, "attachments": tuple(map(tuple, raw["attachments"]))}
