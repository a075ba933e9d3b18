"""The rules that a type has as data (policy/types, `rules`), asked of one document.

docs/types.md describes what an expression sees; the functions are those of FUNCTIONS and Lookups below.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType
from presales_repo.model.document import Document
from presales_repo.model.expression import Outcome, evaluate
from presales_repo.model.fold import fold_heading
from presales_repo.model.outline import Outline
from presales_repo.model.policy import Policy
from presales_repo.model.typerule import CHECK, ERROR, TypeRule
from presales_repo.rules.labels import label_of
from presales_repo.rules.lookups import FUNCTIONS, Lookups
from presales_repo.rules.place import field_line
from presales_repo.rules.register import Shelf
from presales_repo.rules.typed import typed_fields
from presales_repo.rules.words import shown

# What to do, where a rule does not say; in both languages, as rules say it.
_MEND = {"en": "Correct it there.", "zh": "请在该处改正。"}


class Decided(NamedTuple):
    """What is known when a text is submitted, and not when it is only checked. `note`: the comment of whoever does;
    `previous`: front matter of the version in force, empty for none."""

    note: str
    previous: Mapping[str, Any]


def check_rules(
    document: Document,
    doctype: DocType,
    structure: Outline | None,
    policy: Policy,
    shelf: Shelf,
    moments: Collection[str] = (CHECK,),
    decided: Decided | None = None,
) -> Iterator[Finding]:
    """F130, F131 a rule that is asked at one of `moments` does not hold; F132 it could not be evaluated."""
    rules = [rule for rule in doctype.rules if rule.when in moments]
    if rules:
        asked = _Asked(document, doctype, structure, policy, shelf, decided)
        for rule in rules:
            yield from asked.findings(rule)


class _Asked:
    """One document, ready to be asked several rules."""

    def __init__(
        self,
        document: Document,
        doctype: DocType,
        structure: Outline | None,
        policy: Policy,
        shelf: Shelf,
        decided: Decided | None,
    ) -> None:
        self._document = document
        self._doctype = doctype
        self._structure = structure
        self._policy = policy
        fields = typed_fields(document.plain_fields(), doctype, policy)
        fields["authors"] = list(document.authors)
        previous = typed_fields(decided.previous, doctype, policy) if decided else {}
        self._variables = {"doc": fields, "previous": previous, "note": decided.note if decided else ""}
        lookups = Lookups(document, structure, policy, shelf)
        self._functions = {**FUNCTIONS, **lookups.functions()}

    def findings(self, rule: TypeRule) -> Iterator[Finding]:
        outcome = self._evaluate(rule.expression)
        if outcome.value is True or (outcome.value is None and not outcome.problem):
            return
        place = (self._document.path, self._line(rule), 0)
        if outcome.value is not False:
            problem = outcome.problem or f"{outcome.value!r} is neither true nor false"
            yield Finding("F132", *place, {"rule": rule.id, "type": self._doctype.id, "problem": shown(problem)})
            return
        found = self._found(rule)
        texts = {
            name: {language: text.get(language, "").replace("{found}", found[language]) for language in found}
            for name, text in (("message", rule.message), ("hint", rule.hint or _MEND))
        }
        yield Finding("F130" if rule.severity == ERROR else "F131", *place, {"rule": rule.id, **texts})

    def _evaluate(self, text: str) -> Outcome:
        return evaluate(text, self._variables, self._functions)

    def _found(self, rule: TypeRule) -> dict[str, str]:
        """What the rule shows, as one text in each language."""
        value = self._evaluate(rule.show).value if rule.show else ""
        entries = [str(entry) for entry in (value if isinstance(value, list) else [value]) if entry is not None]
        labels = [label_of(entry, self._doctype, self._policy) for entry in entries]
        return {"en": shown(", ".join(entries)), "zh": shown("、".join(labels))}

    def _line(self, rule: TypeRule) -> int:
        sections: Sequence[Any] = self._structure.sections if self._structure else ()
        if rule.heading:
            wanted = fold_heading(rule.heading)
            return next((section.line for section in sections if fold_heading(section.title) == wanted), 0)
        return field_line(self._document, rule.field) if rule.field else 0
