"""The demo's scenario as data: who does what, when, to which document or project (presales_repo/demo/README.md)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from presales_repo.model.text import decode_text
from presales_repo.model.yamlsubset import parse_node, to_data

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "demo")


@dataclass(frozen=True, slots=True)
class Plan:
    """A document that the scenario makes. `key`: its name in the scenario, as park/survey-plan; `project`: "" for
    none; `texts`: its text, then those of its edits, as file names below the data folder."""

    key: str
    type: str
    title: str
    project: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that one person does. `at`: YYYY-MM-DDTHH:MM in the company's zone; `verb`: which action; `words`: what
    it is done with; `subject`: a document's key or a project's id."""

    at: str
    person: str
    verb: str
    words: str
    subject: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """All of it. `steps` in the order of time; `scenes`: ids of the projects by the names of their files; `projects`:
    their records' fields, by id; `pdfs`: keys of the documents that are given out as PDFs."""

    organisation: str
    people: tuple[Mapping[str, Any], ...]
    scenes: Mapping[str, str]
    projects: Mapping[str, Mapping[str, str]]
    plans: Mapping[str, Plan]
    steps: tuple[Step, ...]
    pdfs: tuple[str, ...]


def read_scenario() -> Scenario:
    """The shipped scenario: one file for the company and one for each project."""
    folder = os.path.join(DATA, "scenario")
    parts = {name.removesuffix(".yaml"): read_data(f"scenario/{name}") for name in sorted(os.listdir(folder))}
    company = read_data("company.yaml")
    scenes = {scene: part["project"]["id"] for scene, part in parts.items() if "project" in part}
    projects = {part["project"]["id"]: part["project"] for part in parts.values() if "project" in part}
    plans = {plan.key: plan for scene, part in parts.items() for plan in _plans(scene, part)}
    steps = [step for scene, part in parts.items() for step in _steps(scene, part)]
    return Scenario(
        company["organisation"],
        tuple(read_data("people.yaml")),
        scenes,
        projects,
        plans,
        tuple(sorted(steps, key=lambda step: step.at)),
        tuple(company["pdfs"]),
    )


def read_data(name: str) -> Any:
    """A YAML file of the demo's data; every scalar is text."""
    with open(os.path.join(DATA, name), "rb") as file:
        node = parse_node(decode_text(file.read(), name), name)
    return to_data(node) if node is not None else {}


def _plans(scene: str, part: Mapping[str, Any]) -> Iterator[Plan]:
    project = part["project"]["id"] if "project" in part else ""
    for document in part["documents"]:
        stem = f"documents/{scene}/{document['key']}"
        edits = sum(line.split(" ", 4)[3] == "edit" for line in document["life"])
        texts = [f"{stem}.md", *(f"{stem}-v{number}.md" for number in range(2, edits + 2))]
        owner = document.get("project", project)
        yield Plan(f"{scene}/{document['key']}", document["type"], document["title"], owner, tuple(texts))


def _steps(scene: str, part: Mapping[str, Any]) -> Iterator[Step]:
    for line in part.get("steps", ()):
        yield _step(line, part["project"]["id"])
    for document in part["documents"]:
        for line in document["life"]:
            yield _step(line, f"{scene}/{document['key']}")


def _step(line: str, subject: str) -> Step:
    """`2023-05-08 14:10 lin.yue submit 时间已与客户逐一确认` as a step."""
    day, clock, person, verb, *words = line.split(" ", 4)
    return Step(f"{day}T{clock}", person, verb, "".join(words), subject)
