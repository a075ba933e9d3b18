"""A whole presales company that writes and publishes complete documents of any type, in this process and quickly.

What a test is about runs through the command line; the documents that have to be there first need not.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from presales_repo.model.doctype import Field
from presales_repo.model.policy import build_policy
from presales_repo.ops.decide import Decision, approve, register, submit
from presales_repo.ops.new import new
from presales_repo.ops.projects import new_project
from presales_repo.ops.save import save
from presales_repo.ops.session import Session
from tests.company import ORGANISATION, Company, Desk, Person, make_key
from tests.unit.model.policies import built_in_data

_HINT = re.compile("〔[^〔〕]*〕")
_STAFF = (
    ("cheng", "程伯远", "management", ("company-leader", "meeting-chair", "repo-admin")),
    ("gao", "高敬之", "presales", ("dept-head",)),
    ("shen", "沈砚舟", "presales", ("presales-manager",)),
    ("lin", "林越", "presales", ("solution-architect",)),
    ("gu", "顾明谦", "presales", ("industry-expert",)),
    ("xu", "许知行", "technology", ("technical-expert",)),
    ("song", "宋佳宁", "business", ("business-specialist",)),
    ("lu", "陆晓棠", "marketing", ("marketing-specialist",)),
    ("han", "韩策", "technology", ("dept-head", "reviewer")),
    ("yao", "姚静", "quality", ("dept-head", "reviewer")),
    ("shao", "邵一鸣", "business", ("dept-head", "reviewer")),
    ("bai", "白若溪", "marketing", ("dept-head", "reviewer")),
    ("zhou", "周启", "delivery", ("delivery-manager",)),
    ("ye", "叶青", "quality", ("doc-controller",)),
)
_POLICY = build_policy(built_in_data())


@dataclass
class Office:
    """One repository of that company. `time`: when the next thing happens; every step takes a minute."""

    desk: Desk
    time: datetime.datetime

    @classmethod
    def make(cls, folder: Path, time: str = "2023-05-18T09:30:00+08:00") -> Office:
        """Found the repository, without any project."""
        (folder / "home").mkdir(parents=True)
        people = [Person(id, name, department, roles, folder / id) for id, name, department, roles in _STAFF]
        for person in people:
            make_key(person.key)
        company = Company(folder, {person.id: person for person in people})
        company.people_file.write_text(company.listed(company.people), encoding="utf-8")
        desk = Desk(company, folder, folder / "home")
        founder = company.people["cheng"]
        desk.ok(
            "cheng", "init", "repo", "--org", ORGANISATION, "--name", founder.name, "--email", founder.email,
            "--people", company.people_file,
        )  # fmt: skip
        desk.root = folder / "repo"
        desk.git_ok("config", "--unset", "user.signingkey")
        return cls(desk, datetime.datetime.fromisoformat(time))

    def copy(self, folder: Path) -> Office:
        """The same repository at another place."""
        folder.mkdir(parents=True, exist_ok=True)
        return Office(self.desk.copy(folder), self.time)

    def session(self, person: str) -> Session:
        """A person at work, a minute later than before."""
        self.time += datetime.timedelta(minutes=1)
        return Session(
            str(self.desk.root), self.desk.environment(), self.time, str(self.desk.company.people[person].key)
        )

    def prs(self, person: str, *words: str) -> Any:
        """The real command, now."""
        self.time += datetime.timedelta(minutes=1)
        return self.desk.prs(person, *words, now=self.time.isoformat())

    def ok(self, person: str, *words: str) -> Any:
        """The real command, which does what it is asked."""
        done = self.prs(person, *words)
        assert done.code == 0, f"prs {words}: exit {done.code}\n{done.out}\n{done.err}"
        return done

    def project(self, project: str, name: str = "示例项目", *states: str) -> str:
        """A new project; moved through `states` by waiving every gate."""
        new_project(self.session("shen"), project, name, "示例客户", "shen")
        save(self.session("shen"), (), f"登记 {project}")
        for state in states:
            self.move(project, state)
        return project

    def move(self, project: str, state: str) -> None:
        """To another state, whatever is missing: every gate on the way is waived."""
        shown = self.ok("shen", "project", "show", project, "--json").json
        way = next(way for way in shown["ways"] if way["to"] == state)
        waived = [word for gate in way["gates"] if not gate["open"] for word in ("--waive", gate["id"])]
        self.ok("shen", "project", "advance", project, "--to", state, *waived, "--reason", "测试准备")

    def draft(self, person: str, type_id: str, project: str, **fields: Any) -> str:
        """A complete document, saved; fields that are not given get some fitting value. Its number."""
        doctype = _POLICY.types[type_id]
        title = fields.pop("title", doctype.title_zh)
        values = {name: _typed(_filled(field, person)) for name, field in doctype.fields.items() if field.required}
        values |= {name: _typed(value) for name, value in fields.items()}
        number = new(self.session(person), type_id, title, project, values).number
        path = self.desk.path_of(number)
        path.write_text(
            _HINT.sub(
                "客户业务流程、现有系统状况、业务痛点和期望目标已经写明，其余豁免。", path.read_text(encoding="utf-8")
            ),
            encoding="utf-8",
        )
        save(self.session(person), [number], "初稿")
        return number

    def publish(self, person: str, type_id: str, project: str, **fields: Any) -> str:
        """A complete document through its whole chain. Its number."""
        number = self.draft(person, type_id, project, **fields)
        self.release(person, number)
        return number

    def release(self, person: str, number: str, note: str = "发布") -> None:
        """Publish what is saved: register it, or have every step signed by whoever may."""
        type_id = yaml.safe_load(self.desk.path_of(number).read_text(encoding="utf-8").split("---\n")[1])["type"]
        if not _POLICY.chains[_POLICY.types[type_id].chain].steps:
            register(self.session(person), number)
            return
        self.sign_all(number, submit(self.session(person), number, note))

    def sign_all(self, number: str, decision: Decision) -> None:
        """Every step that is left, each by the first who may."""
        while decision.status == "in-review":
            decision = approve(self.session(decision.waiting[0]), number, "同意")
        assert decision.status == "published", decision

    def change(self, person: str, number: str, old: str, new_text: str) -> None:
        """Edit and save a document."""
        path = self.desk.path_of(number)
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} in {text}"
        path.write_text(text.replace(old, new_text), encoding="utf-8")
        save(self.session(person), [number], "修改")

    def attach(self, person: str, number: str, name: str, data: bytes = b"scan") -> None:
        """A file beside a document, named in its front matter."""
        folder = self.desk.root / "attachments" / number
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        entry = f"attachments:\n  - {{path: attachments/{number}/{name}, sha256: {digest}}}\n"
        self.change(person, number, f"number: {number}\n", f"number: {number}\n{entry}")


def _filled(field: Field, person: str) -> Any:
    """Some value that a field takes."""
    plain = {
        "date": "2023-05-18", "datetime": "2023-05-18T10:00", "int": int(field.minimum or 1), "number": "1.0",
        "money": "100.00", "bool": "true", "person": person, "persons": [person], "department": "presales",
        "departments": ["presales"], "strings": ["甲"], "period": "2023-05", "enums": list(field.values),
    }  # fmt: skip
    if field.kind == "enum":
        return next(iter(field.values))
    if field.kind == "list<object>":
        return [{name: _filled(item, person) for name, item in field.item.items() if item.required}]
    return plain.get(field.kind, "说明")


def _typed(value: Any) -> str:
    """A value as one types it after `--set FIELD=`."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    if isinstance(value, Mapping | list):
        text: str = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000).strip()
        return re.sub(r"'(true|false|[0-9.]+)'", r"\1", text)
    return str(value)
