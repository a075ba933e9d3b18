"""Two projects with interview records, and a short life of projects whose gates ask for such records."""

from __future__ import annotations

from tests.unit.store.library import Library, document, sha256

LIFE = """states:
  info: {title_zh: 信息收集}
  survey: {title_zh: 需求调研}
  solution: {title_zh: 方案设计}
  suspended: {title_zh: 已暂停, active: false}
gates:
  G0: {title_zh: 登记, needs: [{type: interview-record}]}
  G1: {title_zh: 立项, needs: [{type: interview-record, where: {level: [executive]}}]}
  G2: {title_zh: 确认, needs: [{type: interview-record, min: 2}]}
  GS: {title_zh: 暂停, reason: true, waivable: false, needs: []}
transitions:
  - {from: [], to: info, gates: [G0]}
  - {from: [info], to: survey, gates: [G1]}
  - {from: [survey], to: solution, gates: [G2]}
  - {from: [info, survey], to: suspended, gates: [GS]}
  - {from: [suspended], to: previous, gates: [GS]}
"""
RECORD = "projects/XM2023001-甲/project.md"
OTHER_RECORD = "projects/XM2023002-乙/project.md"
# number: folder of the project, level of the interviewee
INTERVIEWS = {
    "QD202305001": ("XM2023001-甲", "executive"),
    "QD202305002": ("XM2023001-甲", "technical"),
    "QD202305003": ("XM2023002-乙", "executive"),
}


def record(project: str) -> bytes:
    """The bytes of a project's record."""
    return f"---\nid: {project}\nname: 项目\ncustomer: 客户\nmanager: shen\n---\n# 项目\n".encode()


def path_of(number: str) -> str:
    """Where an interview record lies."""
    return f"projects/{INTERVIEWS[number][0]}/2-需求调研文档/{number}-访谈.md"


def interview(number: str, **fields: str) -> bytes:
    """The bytes of an interview record."""
    return document("interview-record", number=number, level=INTERVIEWS[number][1], **fields)


def stage(library: Library) -> None:
    """Both projects with their records on main, every interview registered; the first one in its second version."""
    library.commit({RECORD: record("XM2023001"), OTHER_RECORD: record("XM2023002")})
    for number in INTERVIEWS:
        library.commit({path_of(number): interview(number)})
        library.append("register", "lin", number, path=path_of(number))
    library.commit({path_of("QD202305001"): interview("QD202305001", summary="补充")})
    library.append("register", "lin", "QD202305001", path=path_of("QD202305001"), version="1.1")


def advance(library: Library, to: str, gates: tuple[str, ...], evidence: tuple[str, ...], **claims: object) -> str:
    """An honest move of the first project by shen; the commit."""
    main = library.git.text("rev-parse", "refs/heads/main")
    given = {"path": RECORD, "content": main, "digest": sha256(record("XM2023001")), "project": "XM2023001"}
    return library.append("advance", "shen", "", **{**given, "to": to, "gates": gates, "evidence": evidence, **claims})
