"""What is known of every document at one moment: what stands in its front matter and what the ledger says of it.

Gates, deadlines, traces and reports are functions of these values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from presales_repo.model.ledger import DocumentState

ENDED = ("void", "superseded", "obsolete", "disposed")  # what counts no more, whatever was published


@dataclass(frozen=True, slots=True)
class Fact:
    """One document. `fields`: its front matter on main; `published`: that of the version in force, None when there is
    none; in both, scalars are text as written, lists and mappings nest. `version`: the one in force, "" for none;
    `published_at`: when that was published, ISO 8601; `state`: all that the ledger knows, None for a draft."""

    number: str
    title: str
    type: str
    project: str
    author: str
    created: str
    path: str
    status: str
    version: str
    published_at: str
    fields: Mapping[str, Any]
    published: Mapping[str, Any] | None
    state: DocumentState | None

    @property
    def is_effective(self) -> bool:
        """Whether a version of it is in force: also while the next one is in review (四(四)1)."""
        return self.published is not None and self.status not in ENDED

    @property
    def in_force(self) -> Mapping[str, Any]:
        """The front matter of the version in force; empty for none."""
        return self.published or {}

    @property
    def current(self) -> Mapping[str, Any]:
        """The front matter of the version in force; before there is one, what is being written."""
        return self.fields if self.published is None else self.published


@dataclass(frozen=True, slots=True)
class Facts:
    """All documents, by number."""

    documents: Mapping[str, Fact]
    _places: dict[tuple[str | None, str | None], list[Fact]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort them once by project and type: what is judged asks for each project, or each document."""
        places: dict[tuple[str | None, str | None], list[Fact]] = {}
        for fact in self.documents.values():
            for place in ((None, None), (fact.project, None), (None, fact.type), (fact.project, fact.type)):
                places.setdefault(place, []).append(fact)
        object.__setattr__(self, "_places", places)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.documents.values())

    def get(self, number: str) -> Fact | None:
        """The document with a number."""
        return self.documents.get(number)

    def of(self, *, project: str | None = None, type_id: str | None = None) -> list[Fact]:
        """The documents of a project, of a type; by number."""
        return list(self._places.get((project, type_id), ()))

    def effective(self, *, project: str | None = None, type_id: str | None = None) -> list[Fact]:
        """Those of them that have a version in force."""
        return [fact for fact in self.of(project=project, type_id=type_id) if fact.is_effective]


def items_of(fields: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The mappings of a list field; what is not a mapping is left to the field check."""
    found = fields.get(name)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def texts_in(fields: Mapping[str, Any], name: str) -> list[str]:
    """The texts of a list field; one text counts as a list of one."""
    found = fields.get(name)
    if isinstance(found, str):
        return [found] if found else []
    return [item for item in found if isinstance(item, str)] if isinstance(found, list) else []


def text_in(fields: Mapping[str, Any], name: str) -> str:
    """The text of a scalar field, "" when it is absent or not a scalar."""
    found = fields.get(name)
    return found if isinstance(found, str) else ""
