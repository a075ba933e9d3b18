"""Plays the demo's scenario on the shipped policy files, without the program: numbers, versions, who signs.

Only PyYAML is used, so that a fault in the program cannot hide a fault in the data. An event that the policy
does not allow fails an assertion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "presales_repo" / "demo"
POLICY = ROOT / "schemas" / "policy"

PLACEHOLDER = re.compile(r"\{\{([a-z0-9/.-]+?)(\.path|\.blob|\.sha256)?\}\}(?:@(\d+\.\d+))?")


def load(path: Path) -> Any:
    """YAML with every scalar as the text that stands in the file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


PEOPLE: dict[str, Any] = {person["id"]: person for person in load(DEMO / "people.yaml")}
SCENES: dict[str, Any] = {file.stem: load(file) for file in sorted((DEMO / "scenario").glob("*.yaml"))}
PROJECTS: dict[str, Any] = {part["project"]["id"]: part["project"] for part in SCENES.values() if "project" in part}


def event_of(line: str, **more: str) -> dict[str, str]:
    """`2023-05-08 14:10 lin.yue submit 时间已与客户逐一确认` as a mapping."""
    day, clock, person, verb, *words = line.split(" ", 4)
    return {"at": f"{day}T{clock}", "by": person, "do": verb, "words": "".join(words), **more}


def events_of(scene: str) -> Iterator[dict[str, str]]:
    part = SCENES[scene]
    project = part.get("project", {}).get("id", "")
    for line in part.get("steps", []):
        yield event_of(line, key=project)
    for document in part["documents"]:
        texts = (f"documents/{scene}/{document['key']}{end}.md" for end in ("", "-v2", "-v3"))
        told = {"key": f"{scene}/{document['key']}", "project": project}
        for line in document["life"]:
            event = event_of(line, **told)
            if event["do"] in ("new", "edit"):
                event |= {"type": document["type"], "title": document["title"], "text": next(texts)}
            yield event


EVENTS: list[dict[str, str]] = sorted(
    (event for scene in SCENES for event in events_of(scene)), key=lambda event: event["at"]
)
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


def fill(raw: str, register: Register, scene: str) -> str:
    """The text with numbers for keys; a key must name a document that is there, a version one that is published."""

    def value(match: re.Match[str]) -> str:
        key, kind, version = match.groups()
        name = key if "/" in key else f"{scene}/{key}"
        if name.endswith(".png"):
            assert (DEMO / "attachments" / name).is_file()
            return f"attachments/{name}"
        assert name in register, f"{match[0]} names a document that does not exist yet"
        other = register[name]
        if version:
            decided = version == other.version and other.status == "in-review"  # a meeting decides before publication
            assert decided or version in other.published, f"{match[0]} is not published yet"
            return f"{other.number}@{version}"
        return f"{other.number}.md" if kind == ".path" else other.number

    return PLACEHOLDER.sub(value, raw)


def write_text(document: Document, event: Mapping[str, str], register: Register) -> None:
    others = {key: other for key, other in register.items() if key != document.key}
    text = fill((DEMO / event["text"]).read_text(encoding="utf-8"), others, document.key.partition("/")[0])
    opening, front_matter, body = text.split("---\n", 2)
    assert opening == ""
    document.meta = yaml.load(front_matter, Loader=yaml.BaseLoader) or {}
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
        event["project"],
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


def next_version(document: Document, *, major: bool) -> str:
    if not document.published:
        assert not major, "a first version is always 1.0"
        return "1.0"
    first, second = map(int, document.published[-1].split("."))
    return f"{first + 1}.0" if major else f"{first}.{second + 1}"


def submit(register: Register, event: Mapping[str, str]) -> None:
    document = register[event["key"]]
    assert document.status in {"draft", "changes-requested", "revising"}
    assert event["by"] in document.writers
    document.version = next_version(document, major=event["do"] == "submit-major")
    steps = chain_of(document)
    assert steps, "a record is registered, not submitted"
    document.steps, document.signers = [step["by"] for step in steps], []
    document.needs, document.heard = steps[-1].get("needs", {}), {}
    document.status = "in-review"


def sign(register: Register, event: Mapping[str, str], seat: str = "") -> Document:
    """四(三)1; `seat`: for whom somebody signs who holds a delegation."""
    document = register[event["key"]]
    assert document.status == "in-review"
    assert event["by"] not in {*document.writers, document.author}, "nobody signs what they wrote"
    assert event["by"] not in document.signers, "nobody signs twice"
    role, seat = document.steps[0], seat or event["by"]
    vacant = not any(holds(person, role, document.author) for person in PEOPLE if person not in document.writers)
    assert holds(seat, "company-leader" if vacant else role, document.author), f"{seat} is not {role}"
    return document


def countersign(register: Register, event: Mapping[str, str]) -> None:
    """三(三)3: each department that the last step asks, once, by its head or a reviewer of its own."""
    document, department = register[event["key"]], PEOPLE[event["by"]]["department"]
    assert document.status == "in-review"
    assert event["by"] not in {*document.writers, document.author}, "nobody signs what they wrote"
    assert {"dept-head", "reviewer"} & set(PEOPLE[event["by"]]["roles"])
    assert department in document.needs.get("countersign_departments", [])
    assert department not in document.heard, "one opinion a department"
    document.heard[department] = event["do"]


def check_needs(register: Register, document: Document) -> None:
    """四(三)1: the departments were heard, and published minutes approve exactly this version."""
    assert len(document.heard) >= int(document.needs.get("min_countersigns", "0")), "departments not heard"
    if "minutes" in document.needs:
        wanted = {"subject": f"{document.number}@{document.version}", "result": "approve"}
        assert any(
            other.status == "published"
            and other.meta.get("meeting_type") == document.needs["minutes"]
            and any(wanted.items() <= decision.items() for decision in other.meta.get("decisions", []))
            for other in register.values()
        ), "no minutes"


def publish(document: Document) -> None:
    document.published.append(document.version)
    document.status = "published"


def approve(register: Register, event: Mapping[str, str]) -> None:
    seat = event["words"].split(" ")[0] if event["do"] == "approve-for" else ""
    document = sign(register, event, seat)
    if seat:
        assert any(
            letter.published
            and {"principal": seat, "delegate": event["by"]}.items() <= letter.meta.items()
            and letter.meta["from_date"] <= event["at"][:10] <= letter.meta["to_date"]
            for letter in register.values()
        ), "no delegation"
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
    document.version = next_version(document, major=False)
    publish(document)


def track(register: Register, event: Mapping[str, str]) -> None:
    document = register[event["key"]]
    assert document.published
    allowed = document.kind["mutable_after_release"]
    for word in event["words"].split(" "):
        parts = word.split("=")[0].split(".")
        assert f"{parts[0]}.{parts[-1]}" in allowed or parts[0] in allowed, word


def move(_: Register, event: Mapping[str, str]) -> None:
    """The gates are judged by the program alone; who moves a project is not."""
    assert event["key"] in PROJECTS
    assert "presales-manager" in PEOPLE[event["by"]]["roles"]


PLAYERS: dict[str, Callable[[Register, Mapping[str, str]], None]] = {
    "new": create,
    "edit": edit,
    "submit": submit,
    "submit-major": submit,
    "agree": countersign,
    "disagree": countersign,
    "approve": approve,
    "approve-for": approve,
    "reject": reject,
    "withdraw": withdraw,
    "register": register_record,
    "track": track,
    "open": move,
    "advance": move,
    "waive": move,
}


@cache
def _performance() -> tuple[Register, dict[int, Document]]:
    """The end of the play, and what each event with a text left of its document."""
    register: Register = {}
    told = {}
    for index, event in enumerate(EVENTS):
        PLAYERS[event["do"]](register, event)
        if "text" in event:
            told[index] = replace(register[event["key"]])
    return register, told


def final() -> Register:
    return _performance()[0]


def after(event: dict[str, str]) -> Document:
    """The event's document as that event left it."""
    return _performance()[1][EVENTS.index(event)]
