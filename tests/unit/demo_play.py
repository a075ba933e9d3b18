"""Plays the demo's scenario on the shipped policy files, without the program: numbers, versions, who signs.

Only PyYAML is used, so that a fault in the program cannot hide a fault in the data. An event that the policy
does not allow fails an assertion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "presales_repo" / "demo"
POLICY = ROOT / "schemas" / "policy"

PLACEHOLDER = re.compile(r"\{\{([a-z0-9-]+)(\.path)?\}\}(?:@(\d+\.\d+))?")


def load(path: Path) -> Any:
    """YAML with every scalar as the text that stands in the file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


PEOPLE: dict[str, Any] = {person["id"]: person for person in load(DEMO / "people.yaml")}
EVENTS: list[dict[str, str]] = load(DEMO / "scenario.yaml")["events"]
APPROVAL: dict[str, Any] = load(POLICY / "approval.yaml")
TYPES: dict[str, Any] = {
    kind["id"]: kind for file in sorted((POLICY / "types").glob("*.yaml")) for kind in load(file)["types"]
}


@dataclass(slots=True)
class Document:
    """A document as far as the scenario has played."""

    key: str
    kind: Mapping[str, Any]
    number: str
    created: str
    project: str
    title: str
    author: str
    status: str = "draft"
    version: str = ""  # of the open round, or the last published one
    published: list[str] = field(default_factory=list)
    writers: set[str] = field(default_factory=set)  # nobody of them may sign
    steps: list[str] = field(default_factory=list)  # roles that have yet to sign
    needs: dict[str, Any] = field(default_factory=dict)  # of the last step
    heard: dict[str, str] = field(default_factory=dict)  # departments that countersigned, and what they think
    signers: list[str] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)
    body: str = ""


Register = dict[str, Document]


def allocate(register: Register, kind: Mapping[str, Any], at: str) -> str:
    """四(二)1: stage, year and month, the next of its stage and month."""
    prefix = kind["stage"] + at[:4] + at[5:7]
    used = sum(document.number.startswith(prefix) for document in register.values())
    return f"{prefix}{used + 1:03d}"


def fill(raw: str, register: Register) -> str:
    """The text with numbers for keys; a key must name a document that is there, a version one that is published."""

    def value(match: re.Match[str]) -> str:
        key, path, version = match.groups()
        assert key in register, f"{match[0]} names a document that does not exist yet"
        if version:
            other = register[key]
            decided = version == other.version and other.status == "in-review"  # a meeting decides before publication
            assert decided or version in other.published, f"{match[0]} is not published yet"
            return f"{register[key].number}@{version}"
        return f"{register[key].number}.md" if path else register[key].number

    return PLACEHOLDER.sub(value, raw)


def write_text(document: Document, event: Mapping[str, str], register: Register) -> None:
    others = {key: other for key, other in register.items() if key != document.key}
    text = fill((DEMO / event["text"]).read_text(encoding="utf-8"), others)
    opening, front_matter, body = text.split("---\n", 2)
    assert opening == ""
    document.meta = yaml.load(front_matter, Loader=yaml.BaseLoader)
    document.body = body.removeprefix("\n")
    document.writers |= {event["by"], *document.meta.get("contributors", [])}


def chain_of(document: Document) -> list[Any]:
    """The steps to sign, in order; `scope` chooses between the two full chains (四(三)1)."""
    chain = document.kind["chain"]
    selector = APPROVAL["chain_rules"]["final_selector"]
    if chain.startswith("full-") and "scope" in document.meta:
        chain = selector[document.meta["scope"]]
    return list(APPROVAL["chains"][chain]["steps"])


def holds(person: str, role: str, author: str) -> bool:
    if role == "team-member":
        return True
    if role == "dept-head-of-author":
        same_department = PEOPLE[person]["department"] == PEOPLE[author]["department"]
        return same_department and "dept-head" in PEOPLE[person]["roles"]
    return role in PEOPLE[person]["roles"]


def create(register: Register, event: Mapping[str, str]) -> None:
    assert event["key"] not in register
    kind = TYPES[event["type"]]
    assert any(holds(event["by"], role, event["by"]) for role in kind["authors"]), "no author's role"
    document = Document(
        event["key"],
        kind,
        allocate(register, kind, event["at"]),
        event["at"][:10],
        event.get("project", ""),
        event["title"],
        event["by"],
    )
    write_text(document, event, register)
    register[event["key"]] = document


def edit(register: Register, event: Mapping[str, str]) -> None:
    document = register[event["key"]]
    if document.status == "published":
        document.status, document.writers = "revising", set()
    write_text(document, event, register)


def next_version(document: Document, bump: str | None) -> str:
    if not document.published:
        assert bump is None, "a first version is always 1.0"
        return "1.0"
    major, minor = map(int, document.published[-1].split("."))
    return {"minor": f"{major}.{minor + 1}", "major": f"{major + 1}.0"}[str(bump)]


def submit(register: Register, event: Mapping[str, str]) -> None:
    document = register[event["key"]]
    assert document.status in {"draft", "changes-requested", "revising"}
    assert event["by"] in document.writers
    document.version = next_version(document, event.get("bump"))
    steps = chain_of(document)
    assert steps, "a record is registered, not submitted"
    document.steps, document.signers = [step["by"] for step in steps], []
    document.needs, document.heard = steps[-1].get("needs", {}), {}
    document.status = "in-review"


def sign(register: Register, event: Mapping[str, str]) -> Document:
    document = register[event["key"]]
    assert document.status == "in-review"
    assert event["by"] not in {*document.writers, document.author}, "nobody signs what they wrote"
    assert event["by"] not in document.signers, "nobody signs twice"
    assert holds(event["by"], document.steps[0], document.author), f"{event['by']} is not {document.steps[0]}"
    return document


def countersign(register: Register, event: Mapping[str, str]) -> None:
    """三(三)3: each department that the last step asks, once, by its head or a reviewer of its own."""
    document, department = register[event["key"]], PEOPLE[event["by"]]["department"]
    assert document.status == "in-review"
    assert event["by"] not in {*document.writers, document.author}, "nobody signs what they wrote"
    assert {"dept-head", "reviewer"} & set(PEOPLE[event["by"]]["roles"])
    assert department in document.needs.get("countersign_departments", [])
    assert department not in document.heard, "one opinion a department"
    document.heard[department] = event.get("opinion", "agree")


def check_needs(register: Register, document: Document) -> None:
    """四(三)1: the departments were heard, and published minutes approve exactly this version."""
    assert len(document.heard) >= int(document.needs.get("min_countersigns", "0")), "departments not heard"
    if "minutes" in document.needs:
        wanted = {"subject": f"{document.number}@{document.version}", "result": "approve"}
        assert any(
            other.status == "published"
            and other.meta.get("meeting_type") == document.needs["minutes"]
            and any(wanted.items() <= decision.items() for decision in other.meta["decisions"])
            for other in register.values()
        ), "no minutes"


def publish(document: Document) -> None:
    document.published.append(document.version)
    document.status = "published"


def approve(register: Register, event: Mapping[str, str]) -> None:
    document = sign(register, event)
    document.signers.append(event["by"])
    document.steps.pop(0)
    if not document.steps:
        check_needs(register, document)
        publish(document)


def reject(register: Register, event: Mapping[str, str]) -> None:
    sign(register, event).status = "changes-requested"


def withdraw(register: Register, event: Mapping[str, str]) -> None:
    document = register[event["key"]]
    assert document.status == "in-review"
    assert event["by"] in document.writers
    document.status = "draft"


def register_record(register: Register, event: Mapping[str, str]) -> None:
    document = register[event["key"]]
    assert document.status == "draft"
    assert event["by"] in document.writers
    assert chain_of(document) == []
    document.version = next_version(document, None)
    publish(document)


PLAYERS: dict[str, Callable[[Register, Mapping[str, str]], None]] = {
    "new": create,
    "edit": edit,
    "submit": submit,
    "countersign": countersign,
    "approve": approve,
    "reject": reject,
    "withdraw": withdraw,
    "register": register_record,
}


def play(events: list[dict[str, str]]) -> Register:
    register: Register = {}
    for event in events:
        PLAYERS[event["do"]](register, event)
    return register


@cache
def final() -> Register:
    return play(EVENTS)


def after(event: dict[str, str]) -> Document:
    """The event's document as that event left it."""
    return play(EVENTS[: EVENTS.index(event) + 1])[event["key"]]
