"""Documents of any type from its data alone: each marked place filled with something that fits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from presales_repo.model.doctype import DocType, Field
from presales_repo.model.number import parse_number
from presales_repo.model.paths import document_path
from presales_repo.model.policy import Policy
from presales_repo.ops.template import render_body, render_template

OTHER = "ZH202304900"  # what references lead to where nothing else is said


def value(field: Field, author: str) -> Any:
    """A value that fits a field."""
    if field.kind == "list<object>":
        return [{name: value(inner, author) for name, inner in field.item.items() if inner.required}]
    if field.kind == "map":
        return dict.fromkeys(field.keys or ("K1",), 80)
    one = {
        "string": "文字", "int": max(1, int(field.minimum or 0)), "number": "1.5", "money": "100.00", "bool": True,
        "date": "2023-04-18", "datetime": "2023-04-18T10:00", "period": "2023-03", "person": author, "role": "reviewer",
        "department": "technology", "doc-ref": OTHER, "doc-ref-version": f"{OTHER}@1.0",
        "enum": next(iter(field.values), ""),
    }  # fmt: skip
    many = {"strings": ["presales"], "persons": ["other"], "departments": ["technology"], "doc-refs": [OTHER],
            "doc-ref-versions": [f"{OTHER}@1.0"], "enums": list(field.values)}  # fmt: skip
    return one[field.kind] if field.kind in one else many[field.kind]


def filled(doctype: DocType, template: str, body: Mapping[str, str]) -> str:
    """A template with text in place of its hints."""
    for heading in doctype.headings:
        text = body.get(heading.title) or "，".join(["正文", *heading.mentions])
        template = re.sub(rf"(## {heading.title}\n\n)〔[^〕]*〕", lambda match, text=text: match[1] + text, template)
    assert "〔" not in template, "a marked place is left"
    return template


def compose(
    policy: Policy, doctype: DocType, number: str, author: str, fields: Mapping[str, Any], body: Mapping[str, str],
    folder: str,
) -> tuple[str, str]:  # fmt: skip
    """Path and text of a new document, its places filled. `folder`: of the project, for types that belong to one."""
    parsed = parse_number(number)
    assert parsed is not None
    project = "XM2023001" if doctype.scope == "project" else ""
    head = {"title": "标题", "project": project, "author": author, "created": "2023-04-18"}
    more = {"secrecy_until": "long-term"} if doctype.sensitivity in ("confidential", "secret") else {}
    texts = {name: json.dumps(item, ensure_ascii=False) for name, item in {**more, **fields}.items()}
    template = render_body(policy, doctype, texts, [], {}, complete=False)
    path = document_path(policy, doctype, number, "标题", folder if project else "")
    return path, render_template(policy, doctype, parsed, head, texts, filled(doctype, template, body))
