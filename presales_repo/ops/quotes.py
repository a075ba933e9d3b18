"""What a new document repeats from earlier ones of its project, as its type says (R039: key questions and concerns)."""

from __future__ import annotations

from collections.abc import Iterator

from presales_repo.model.doctype import DocType, Quote
from presales_repo.model.document import Document, read_document
from presales_repo.model.facts import Fact, Facts
from presales_repo.model.fold import fold_heading
from presales_repo.model.outline import outline
from presales_repo.ops.facts import read_facts
from presales_repo.ops.session import Work
from presales_repo.rules.content import is_hint
from presales_repo.store.files import read_file
from presales_repo.store.verifier import released_bytes

_MOST = 1 << 20


def quoted_sections(work: Work, doctype: DocType, project: str) -> dict[str, str]:
    """Markdown quotes by heading of the new document."""
    wanted = {heading.title: heading.quote for heading in doctype.headings if heading.quote}
    if not (wanted and project):
        return {}
    facts = read_facts(work)
    return {title: "\n\n".join(_quotes(work, facts, project, quote)) for title, quote in wanted.items()}


def _quotes(work: Work, facts: Facts, project: str, quote: Quote) -> Iterator[str]:
    for fact in _sources(facts, project, quote):
        document = _read(work, fact)
        if document is None:
            continue
        for section in outline(document.body).sections:
            titles = {fold_heading(title): title for title in quote.headings}
            title = titles.get(fold_heading(section.title))
            if title and section.text and not is_hint(section.text):
                source = f"{fact.number}@{fact.version}" if fact.version else fact.number
                text = f"{title}（{source}）\n\n{section.text}"
                yield "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _sources(facts: Facts, project: str, quote: Quote) -> list[Fact]:
    """Those in force; while there are none, what was written last."""
    return facts.effective(project=project, type_id=quote.type) or facts.of(project=project, type_id=quote.type)[-1:]


def _read(work: Work, fact: Fact) -> Document | None:
    release = fact.state.release if fact.state else None
    data = released_bytes(work.ledger.reader, release) if release else read_file(work.repository.root, fact.path, _MOST)
    return read_document(data, fact.path) if data is not None else None
