"""Generated documents: valid ones of real types, any number of them, the same for the same seed.

Numbers run over stages and months as they would in eight years of work; projects, category folders, links and
references are those that the rules ask for.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property

from presales_repo.model.doctype import DocType, Field
from presales_repo.model.paths import PROJECT_RECORD, document_path, project_folder, relative_link
from presales_repo.model.policy import Person, Policy
from presales_repo.model.workflow import may_author

FIRST_YEAR, MONTHS = 2016, 96
# One type of each stage whose fields are plain values; their chains have none, one and three steps.
TYPES = (
    "survey-application",
    "survey-plan",
    "tech-feasibility-report",
    "demo-plan",
    "tender-document-register",
    "contract-record",
    "meeting-minutes",
)
_WORDS = (
    "需求 调研 方案 系统 流程 数据 接口 平台 部门 客户 业务 管理 评审 计划 进度 风险 成本 质量 安全 权限 "
    "报表 审批 合同 项目 实施 培训 演示 投标 报价 指标 架构 模块 部署 集成 测试 验收 运维 监控 备份 迁移 "
    "性能 网络 存储 终端 用户 角色 文档 版本 目录 标准 规范 范围 目标 问题 建议 措施 责任 期限 资源 团队 "
    "沟通 会议 记录 结论 依据 附件 预算 交付"
).split()
_LATIN = "API SLA ERP OA CRM Kubernetes PostgreSQL HTTPS LDAP".split()


@dataclass(frozen=True, slots=True)
class Made:
    """One generated document. `index`: its place in the corpus; `person`: who writes and commits it."""

    index: int
    number: str
    path: str
    data: bytes
    doctype: DocType
    person: Person


class Corpus:
    """`count` documents under `policy`."""

    def __init__(self, policy: Policy, count: int, seed: int) -> None:
        self.policy = policy
        self.count = count
        self._seed = seed

    @cached_property
    def projects(self) -> list[tuple[str, str]]:
        """Id and folder of each project: one for about a hundred documents, at most 200."""
        found = []
        for index in range(max(4, min(200, self.count // 100))):
            project = f"XM{FIRST_YEAR + index // 25}{index % 25 + 1:03d}"
            name = f"{_WORDS[index % 50]}{_WORDS[index * 7 % 50 + 9]}项目"
            found.append((project, project_folder(project, name)))
        return found

    @cached_property
    def _authors(self) -> dict[str, Person]:
        people = [person for person in self.policy.people.values() if person.keys]
        return {id_: next(p for p in people if may_author(self.policy.types[id_], p)) for id_ in TYPES}

    def records(self) -> list[tuple[str, bytes]]:
        """Path and bytes of each project's own record."""
        manager = next(person for person in self.policy.people.values() if "presales-manager" in person.roles)
        fixed = f"customer: 客户\npriority: normal\nmanager: {manager.id}\nopened_on: {FIRST_YEAR}-01-04\n"
        return [
            (f"{folder}/{PROJECT_RECORD}", f"---\nid: {id_}\nname: {folder.split('-', 1)[1]}\n{fixed}---\n".encode())
            for id_, folder in self.projects
        ]

    def document(self, index: int) -> Made:
        """The document at a place, always the same."""
        number, path, doctype, title = self._name(index)
        person = self._authors[doctype.id]
        chance = random.Random(f"{self._seed}/{index}")
        created = f"{number[2:6]}-{number[6:8]}-{chance.randrange(1, 29):02d}"
        project = self.projects[index % len(self.projects)][0]
        head = {"number": number, "title": title, "type": doctype.id, "project": project, "author": person.id}
        head |= {"created": created, "keywords": f"[{', '.join(chance.sample(_WORDS, 3))}]"}
        earlier = self._name(index - len(self.projects)) if index >= len(self.projects) else None
        if earlier:
            head["based_on"] = f"[{earlier[0]}]"
        if doctype.sensitivity in ("confidential", "secret"):
            head["secrecy_until"] = "long-term"
        head |= {name: _value(field, created, person) for name, field in doctype.fields.items() if field.required}
        lines = ["---", *(f"{key}: {value}" for key, value in head.items()), "---", "", f"# {title}", ""]
        for heading in doctype.headings:
            lines += [f"## {heading.title}", "", *_paragraphs(chance, 1000 // len(doctype.headings)), ""]
            lines += [f"{'、'.join(heading.mentions)}。", ""] if heading.mentions else []
        if earlier:
            lines += [f"依据[{earlier[3]}]({relative_link(path, earlier[1])})编制。", ""]
        row = f"| {chance.choice(_WORDS)} | {person.name} | {created} |"
        lines += ["| 事项 | 负责人 | 期限 |", "|---|---|---|", row]
        return Made(index, number, path, ("\n".join(lines) + "\n").encode(), doctype, person)

    def _name(self, index: int) -> tuple[str, str, DocType, str]:
        """Number, path, type and title. Numbers fill the months evenly, each month's in sequence."""
        cell, sequence = index % (len(TYPES) * MONTHS), index // (len(TYPES) * MONTHS) + 1
        doctype = self.policy.types[TYPES[cell % len(TYPES)]]
        month = cell // len(TYPES)
        number = f"{doctype.stage}{FIRST_YEAR + month // 12}{month % 12 + 1:02d}{sequence:03d}"
        chance = random.Random(f"{self._seed}/title/{index}")
        title = "".join(chance.choices(_WORDS, k=4)) + doctype.title_zh
        folder = self.projects[index % len(self.projects)][1]
        return number, document_path(self.policy, doctype, number, title, folder), doctype, title


def _value(field: Field, created: str, person: Person) -> str:
    """A value in form for one required field; of a list the last, which rules of types ask least of."""
    choice = next(reversed([*field.values]), "")
    values = {
        "date": created,
        "datetime": f"{created}T09:30",
        "enum": choice,
        "enums": f"[{choice}]",
        "person": person.id,
        "persons": f"[{person.id}]",
        "money": "860000.00",
        "string": "滨江智慧园区",
    }
    return values[field.kind]


def _paragraphs(chance: random.Random, length: int) -> list[str]:
    """Lines of Chinese sentences with some Latin words, about `length` characters together."""
    lines = []
    while length > 0:
        words = chance.choices(_WORDS, k=16)
        words[7], words[12] = f"{words[7]}，", f" {chance.choice(_LATIN)} "
        lines.append("".join(words) + "。")
        length -= len(lines[-1])
    return lines
