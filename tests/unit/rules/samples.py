"""A policy, a register that is a plain value, and documents, for tests of the rules."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from presales_repo.findings import Finding
from presales_repo.model.looked import Looked
from presales_repo.model.policy import PEOPLE, Policy, build_policy, policy_data
from presales_repo.ops.init import built_in_policy
from presales_repo.rules.checks import check_file

PEOPLE_TEXT = """people:
  - {id: lin, name: 林越, department: presales, roles: [solution-architect], email: lin@q.example, keys: []}
  - {id: shen, name: 沈砚舟, department: presales, roles: [presales-manager], email: shen@q.example, keys: []}
  - {id: song, name: 宋佳宁, department: business, roles: [business-specialist], email: song@q.example, keys: []}
"""
FOLDER = "common/6-其他文档"
POST = f"{FOLDER}/GT202304001-进展.md"
PROJECT = "projects/XM2023001-滨江"


def policy() -> Policy:
    return build_policy(policy_data({**built_in_policy(), PEOPLE: PEOPLE_TEXT.encode()}))


POLICY = policy()


@dataclass(frozen=True)
class Shelf:
    """The register of a repository that holds `files` (path → bytes) with numbers up to 900 issued in April 2023.
    `numbers`: number → paths; `released`: published versions, None where there is no ledger;
    `others`: what rules may look up."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    numbers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    released: frozenset[tuple[str, str]] | None = frozenset()
    others: tuple[Looked, ...] = ()
    state: str | None = None

    def has_number(self, number: str) -> bool:
        return number in self.numbers

    def other_paths(self, number: str, path: str) -> tuple[str, ...]:
        return tuple(other for other in self.numbers.get(number, ()) if other != path)

    def has_file(self, path: str) -> bool:
        return path in self.files or any(name.startswith(f"{path}/") for name in self.files)

    def digest_of(self, path: str) -> str | None:
        return hashlib.sha256(self.files[path]).hexdigest() if path in self.files else None

    def project_folder(self, project: str) -> str | None:
        folders = sorted({"/".join(path.split("/")[:2]) for path in self.files if path.startswith("projects/")})
        return next((folder for folder in folders if folder.split("/")[1].split("-")[0] == project), None)

    def last_reserved(self, stage: str, period: str) -> int | None:
        return 900 if period == "202304" else None

    def is_known(self, number: str, path: str) -> bool:
        return number in self.known

    def has_release(self, number: str, version: str) -> bool | None:
        return None if self.released is None else (number, version) in self.released

    def look(self, number: str, version: str = "") -> Looked | None:
        return next(
            (item for item in self.others if (item.number, version) in ((number, ""), (number, item.version))), None
        )

    def project_state(self, project: str) -> str | None:
        return self.state

    def documents(self, project: str, type_id: str) -> list[Looked]:
        return [item for item in self.others if (item.fields.get("project", ""), item.type) == (project, type_id)]


EMPTY = Shelf()


def post(body: str = "\n## 内容\n\n文字。\n", drop: str = "", **fields: str) -> str:
    """A team post that breaks no rule; `fields` replace or add lines of front matter."""
    head = {
        "number": "GT202304001",
        "title": "进展",
        "type": "team-post",
        "author": "lin",
        "created": "2023-04-18",
        "kind": "progress",
        **fields,
    }
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in head.items() if key != drop) + f"---\n{body}"


def findings(text: str | bytes, path: str = POST, register: Shelf = EMPTY, mode: str = "100644") -> list[Finding]:
    data = text.encode() if isinstance(text, str) else text
    return check_file(path, data, mode, POLICY, register)


def codes(text: str | bytes, path: str = POST, register: Shelf = EMPTY) -> list[str]:
    return [finding.code for finding in findings(text, path, register)]
