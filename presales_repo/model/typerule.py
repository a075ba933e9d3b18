"""A rule of a document type: data of policy/types, judged by rules/typerules.py, applied by rules/expressions.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from presales_repo.model.plaindata import mapping_of, text_of

CHECK, SUBMIT, PUBLISH, GATE, EXPORT = "check", "submit", "publish", "gate", "export"
MOMENTS = (CHECK, SUBMIT, PUBLISH, GATE, EXPORT)
ERROR, WARNING = "error", "warning"


class TypeRule(NamedTuple):
    """One rule. `when`: from which moment it is asked; `gate`: of the project, for the moment of that name; `field`,
    `heading`: where a finding points to; `expression`: what must be true; `show`: an expression for what {found}
    stands for in `message`; `message`, `hint`: by language (en, zh)."""

    id: str
    when: str
    gate: str
    severity: str
    field: str
    heading: str
    expression: str
    show: str
    message: Mapping[str, str]
    hint: Mapping[str, str]


def build_rule(raw: Mapping[str, Any]) -> TypeRule:
    """A rule from its YAML. Raises KeyError, TypeError for what is missing or no text; whether it makes sense is
    judged where policies are proposed, so that a ledger's earlier policies stay readable."""
    return TypeRule(
        id=text_of(raw["id"]),
        when=text_of(raw.get("when", CHECK)),
        gate=text_of(raw.get("gate", "")),
        severity=text_of(raw.get("severity", ERROR)),
        field=text_of(raw.get("field", "")),
        heading=text_of(raw.get("heading", "")),
        expression=text_of(raw["assert"]),
        show=text_of(raw.get("show", "")),
        message=_languages(raw["message"]),
        hint=_languages(raw.get("hint")),
    )


def _languages(raw: Any) -> dict[str, str]:
    return {language: text_of(text) for language, text in mapping_of(raw).items()}
