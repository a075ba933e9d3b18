"""Facts for tests: documents with versions in force, made without a repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from presales_repo.model.facts import Fact, Facts
from presales_repo.model.ledger import DocumentState, Release, Voided

PROJECT = "XM2023001"


def release(sequence: int, version: str = "1.0", **more: Any) -> Release:
    """A version published by the ledger's entry `sequence`."""
    given = {
        "version": version, "sequence": sequence, "start": sequence, "commit": f"{sequence:040x}", "content": "c" * 40,
        "path": "", "blob": "b" * 40, "digest": "d" * 64, "authors": ("lin",), "chain": "light", "note": "",
        "time": 1_684_000_000 + sequence, "offset": "+0800",
    }  # fmt: skip
    return Release(**{**given, **more})


def fact(
    number: str, type_id: str, *releases: Release, project: str = PROJECT, title: str = "", author: str = "lin",
    created: str = "2023-05-18", status: str = "", published_at: str = "", voided: tuple[Voided, ...] = (),
    draft: Mapping[str, Any] | None = None, **fields: Any,
) -> Fact:  # fmt: skip
    """A document with `fields`; `releases`: its versions, none for a draft; `draft`: what main has else than they."""
    latest = releases[-1] if releases else None
    state = DocumentState(number, title or number, type_id, releases=releases, voided=voided)
    return Fact(
        number=number, title=title or number, type=type_id, project=project, author=author, created=created,
        path=f"projects/{project}/{number}.md", status=status or ("published" if latest else "draft"),
        version=latest.version if latest else "", published_at=published_at or "2023-05-18T10:00:00+08:00" * bool(latest),
        fields={**fields, **(draft or {})}, published=fields if latest else None, state=state,
    )  # fmt: skip


def facts(*documents: Fact) -> Facts:
    """All documents, by number."""
    return Facts({document.number: document for document in sorted(documents, key=lambda item: item.number)})


def revised(document: Fact, sequence: int, version: str, **fields: Any) -> Fact:
    """The same document with its next version in force."""
    assert document.state is not None
    held = {**document.in_force, **fields}
    state = replace(document.state, releases=(*document.state.releases, release(sequence, version)))
    return replace(document, version=version, fields=held, published=held, state=state, status="published")
