"""A document of the whole company: departments countersign, the meeting's minutes carry it, the PDF shows both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.company import NOW, ORGANISATION, Company, Desk, new_paper
from tests.unit.render.samples import pdf_text

MEETING = (
    "--set", "meeting_type=cross-dept-final-review", "--set", "held_at=2023-05-18T14:00", "--set", "host=cheng",
    "--set", "attendees=cheng,han,ye,song",
)  # fmt: skip
REVIEWERS = {"doc-controller": "doc-controller, reviewer", "business-specialist": "business-specialist, reviewer"}


@pytest.fixture(scope="module")
def asked_once(company: Company, tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, str]:
    """A white paper of the whole company by xu, in review. han speaks for technology, ye for quality, song for
    business; marketing has nobody, so the leader cheng speaks for it."""
    folder = tmp_path_factory.mktemp("countersign")
    listed = company.listed(person for person in company.people if person != "stranger")
    for role, roles in REVIEWERS.items():
        listed = listed.replace(f"[{role}]", f"[{roles}]")
    (folder / "people.yaml").write_text(listed, encoding="utf-8")
    desk = Desk(company, folder, folder / "home")
    desk.home.mkdir()
    founder = company.people["cheng"]
    desk.ok(
        "cheng", "init", "repo", "--org", ORGANISATION, "--name", founder.name, "--email", founder.email,
        "--people", folder / "people.yaml",
    )  # fmt: skip
    desk.root = folder / "repo"
    desk.git_ok("config", "--unset", "user.signingkey")
    paper = new_paper(desk)
    path = desk.path_of(paper)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub("^author: xu$", "author: xu\nscope: company", text, flags=re.MULTILINE), encoding="utf-8")
    desk.ok("xu", "save", paper, "-m", "初稿")
    desk.ok("xu", "submit", paper, "-m", "首次发布")
    return desk, paper


@pytest.fixture
def asked(asked_once: tuple[Desk, str], tmp_path: Path) -> tuple[Desk, str]:
    desk, paper = asked_once
    copy = desk.copy(tmp_path)
    copy.ok("", "list")  # the first contact of this home with the ledger, which is announced
    return copy, paper


def hear(desk: Desk, paper: str, *people: str) -> None:
    for person in people:
        desk.ok(person, "countersign", paper, "-m", f"{person}同意")


def check_twice(desk: Desk, paper: str) -> None:
    """First and second review."""
    desk.ok("han", "approve", paper)
    desk.ok("shen", "approve", paper)


def write_minutes(
    desk: Desk, subject: str, result: str = "approve", title: str = "终审会纪要", change: str = ""
) -> str:
    """Minutes by ye in review; their number."""
    number = desk.new("ye", "meeting-minutes", title, *MEETING)
    path = desk.path_of(number)
    decision = f"decisions:\n  - {{text: 关于白皮书, subject: {subject}, result: {result}}}"
    text = re.sub("^decisions:.*$", decision, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(text.replace("cross-dept-final-review  #", f"{change}  #") if change else text, encoding="utf-8")
    desk.ok("ye", "save", number, "-m", "纪要")
    desk.ok("ye", "submit", number, "-m", "会议纪要")
    return number


def publish_minutes(desk: Desk, subject: str, **more: str) -> str:
    number = write_minutes(desk, subject, **more)
    desk.ok("shen", "approve", number)
    return number


def states(desk: Desk, paper: str) -> dict[str, str]:
    return {item["department"]: item["state"] for item in desk.ok("", "show", paper, "--json").json["countersigns"]}


def test_four_departments_and_the_meeting_publish(asked: tuple[Desk, str], tmp_path: Path) -> None:
    desk, paper = asked
    assert states(desk, paper) == dict.fromkeys(("technology", "quality", "marketing", "business"), "missing")
    waiting = desk.ok("song", "inbox", "--json").json
    assert [(item["number"], item["action"], item["department"], item["step"]) for item in waiting] == [
        (paper, "countersign", "business", "final")
    ]
    assert "countersign business" in desk.ok("song", "inbox").out

    made = desk.ok("ye", "countersign", paper, "-m", "可检查", "--json").json
    assert (made["action"], made["department"], made["opinion"], made["status"], made["next_step"]) == (
        "countersign", "quality", "agree", "in-review", "first",
    )  # fmt: skip
    assert made["missing"] == ["technology", "marketing", "business"]
    assert desk.ok("ye", "inbox", "--json").json == []
    check_twice(desk, paper)
    desk.ok("song", "countersign", paper, "-m", "song同意", now="2023-05-19T09:30:00+08:00")
    final = next(item for item in desk.ok("cheng", "inbox", "--json").json if item["action"] == "approve")
    assert final["since"] == NOW, "an opinion does not open the step anew"
    hear(desk, paper, "cheng")
    assert "quality" not in desk.refuse("A350", "cheng", "approve", paper).err
    assert "technology (han)" in desk.refuse("A350", "cheng", "approve", paper).err
    hear(desk, paper, "han")
    desk.refuse("A358", "cheng", "approve", paper)

    number = publish_minutes(desk, f"{paper}@1.0")
    final = desk.ok("cheng", "approve", paper, "-m", "会议通过", "--json").json
    assert (final["status"], final["minutes"], final["missing"]) == ("published", f"{number}@1.0", [])
    shown = desk.ok("", "show", paper, "--json").json
    assert [step["minutes"] for step in shown["steps"]] == ["", "", f"{number}@1.0"]
    assert [(item["department"], item["by"], item["state"]) for item in shown["countersigns"]] == [
        ("quality", "ye", "agree"),
        ("business", "song", "agree"),
        ("marketing", "cheng", "agree"),
        ("technology", "han", "agree"),
    ]
    said = [
        (item["person"], item["department"], item["opinion"]) for item in desk.ok("", "history", paper, "--json").json
    ]
    assert ("song", "business", "agree") in said
    assert f"minutes: {number}@1.0" in desk.ok("", "show", paper).out
    assert "business agree song同意" in desk.ok("", "history", paper).out
    assert desk.ok("", "verify", "--full", "--json").json["ok"] is True
    for entry in desk.git_ok("rev-list", "--first-parent", "approved").split():
        desk.git_ok("verify-commit", entry)
    check_pdf(desk, paper, number, tmp_path)


def check_pdf(desk: Desk, paper: str, number: str, folder: Path) -> None:
    """The countersign table (R166) in the controlled copy and not in the one for customers; the pages verify."""
    made = desk.ok("", "export", paper, "-o", folder / "pdf", "--json").json
    text = re.sub(r"\s+", " ", " ".join(pdf_text(Path(made[0]["path"]))))
    assert "会签表 部门 姓名 意见" in text
    for row in ("技术部门 韩策 同意", "质量部门 叶青 同意", "市场部门 程伯远 同意", "商务部门 宋佳宁 同意"):
        assert row in text
    assert f"会议纪要 {number}@1.0" in text
    assert desk.ok("", "verify", made[0]["path"]).code == 0
    external = desk.ok("", "export", paper, "-o", folder / "out", "--profile", "external", "--json").json
    assert "会签" not in "".join(pdf_text(Path(external[0]["path"])))


@pytest.mark.parametrize(
    ("code", "person", "words"),
    [
        ("A352", "xu", ()),
        ("A354", "shen", ()),
        ("A354", "shen", ("--department", "nowhere")),
        ("A351", "ye", ("--department", "technology")),
        ("A351", "song", ("--department", "quality")),
        ("A351", "cheng", ("--department", "business")),
        ("A355", "ye", ("--disagree",)),
        ("A355", "ye", ("--disagree", "-m", " ")),
        ("A301", "stranger", ()),
    ],
)
def test_who_may_not_speak_for_a_department(
    asked: tuple[Desk, str], code: str, person: str, words: tuple[str, ...]
) -> None:
    desk, paper = asked
    desk.refuse(code, person, "countersign", paper, *words)


def test_a_department_speaks_once(asked: tuple[Desk, str]) -> None:
    desk, paper = asked
    hear(desk, paper, "ye")
    desk.refuse("A353", "ye", "countersign", paper, "--disagree", "-m", "改主意了")


def test_a_text_that_changed_is_not_countersigned(asked: tuple[Desk, str]) -> None:
    desk, paper = asked
    desk.edit(paper)
    desk.refuse("A307", "ye", "countersign", paper)


def test_what_one_step_alone_decides_asks_no_department(asked: tuple[Desk, str]) -> None:
    desk, paper = asked
    number = write_minutes(desk, f"{paper}@1.0")
    desk.refuse("A354", "han", "countersign", number)
    desk.refuse("A308", "han", "countersign", "FJ202305999")


def test_a_leader_who_speaks_for_two_departments_says_for_which(company: Company, asked: tuple[Desk, str]) -> None:
    """The reviewer of business left: its opinion falls to the leader, like that of marketing."""
    desk, paper = asked
    people = desk.root / "policy" / "people.yaml"
    people.write_text(
        people.read_text(encoding="utf-8").replace("business-specialist, reviewer", "business-specialist")
    )
    desk.ok("cheng", "policy", "propose", "-m", "宋佳宁不再评审")
    refused = desk.refuse("A366", "cheng", "countersign", paper)
    assert "marketing, business" in refused.err
    assert desk.ok("cheng", "countersign", paper, "--department", "business", "--json").json["department"] == "business"
    assert desk.ok("cheng", "countersign", paper, "--json").json["department"] == "marketing"


def test_a_disagreement_takes_the_step_to_the_leaders_and_needs_an_answer(asked: tuple[Desk, str]) -> None:
    desk, paper = asked
    desk.ok("song", "countersign", paper, "--disagree", "-m", "价格口径不清")
    hear(desk, paper, "han", "ye", "cheng")
    check_twice(desk, paper)
    publish_minutes(desk, f"{paper}@1.0")
    assert "disagree" in desk.ok("", "show", paper).out
    desk.refuse("A357", "cheng", "approve", paper)
    desk.ok("cheng", "approve", paper, "-m", "口径在附件里，照发")


@pytest.mark.parametrize(
    ("code", "subject", "more"),
    [
        ("A362", "{paper}@1.0", {"result": "reject"}),
        ("A362", "{paper}@1.0", {"result": "note"}),
        ("A358", "{paper}@1.1", {}),
        ("A358", "{paper}@1.0", {"change": "ad-hoc"}),
    ],
)
def test_minutes_that_do_not_carry_the_paper(
    asked: tuple[Desk, str], code: str, subject: str, more: dict[str, str]
) -> None:
    """Found or not by itself; named with --minutes the refusal says what is wrong with them."""
    desk, paper = asked
    hear(desk, paper, "han", "ye", "cheng", "song")
    check_twice(desk, paper)
    number = publish_minutes(desk, subject.format(paper=paper), **more)
    desk.refuse(code, "cheng", "approve", paper)
    named = {"A362": "A362", "A358": "A360" if more else "A361"}[code]
    desk.refuse(named, "cheng", "approve", paper, "--minutes", number)


def test_minutes_must_be_out_and_where_several_fit_one_is_chosen(asked: tuple[Desk, str]) -> None:
    desk, paper = asked
    hear(desk, paper, "han", "ye", "cheng", "song")
    check_twice(desk, paper)
    number = write_minutes(desk, f"{paper}@1.0")
    desk.refuse("A358", "cheng", "approve", paper)
    desk.refuse("A359", "cheng", "approve", paper, "--minutes", number)
    desk.refuse("N102", "cheng", "approve", paper, "--minutes", "会议")
    desk.ok("shen", "approve", number)
    other = write_minutes(desk, f"{paper}@1.0", title="补充纪要")
    desk.refuse("A365", "shen", "approve", other, "--minutes", number)
    desk.ok("shen", "approve", other)
    assert f"{number}@1.0, {other}@1.0" in desk.refuse("A364", "cheng", "approve", paper).err
    done = desk.ok("cheng", "approve", paper, "--minutes", other, "--json").json
    assert (done["status"], done["minutes"]) == ("published", f"{other}@1.0")


def test_after_a_withdrawal_the_meeting_meets_again(asked: tuple[Desk, str]) -> None:
    desk, paper = asked
    hear(desk, paper, "ye")
    publish_minutes(desk, f"{paper}@1.0")
    desk.ok("xu", "withdraw", paper)
    desk.edit(paper)
    desk.ok("xu", "save", paper, "-m", "改")
    desk.ok("xu", "submit", paper, "-m", "再次提交")
    assert set(states(desk, paper).values()) == {"missing"}
    hear(desk, paper, "han", "ye", "cheng", "song")
    check_twice(desk, paper)
    desk.refuse("A363", "cheng", "approve", paper)
    publish_minutes(desk, f"{paper}@1.0", title="第二次会议")
    assert desk.ok("cheng", "approve", paper, "--json").json["status"] == "published"


def test_a_policy_that_asks_a_department_nobody_knows_is_not_proposed(asked: tuple[Desk, str]) -> None:
    desk, _ = asked
    approval = desk.root / "policy" / "approval.yaml"
    text = approval.read_text(encoding="utf-8")
    approval.write_text(text.replace("[technology, quality,", "[sales, quality,"), encoding="utf-8")
    desk.refuse("A402", "cheng", "policy", "propose", "-m", "改部门")
    approval.write_text(text.replace("minutes: cross-dept-final-review", "minutes: board"), encoding="utf-8")
    assert "A406" in desk.prs("", "check").out
