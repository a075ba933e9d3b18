"""三 The life of a project: states, gates, waivers and team, through the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presales_repo.ops.countersign import countersign
from presales_repo.ops.decide import approve, submit
from tests.company import Result
from tests.requirements.office import Office

SURVEY, STUCK = "XM2023001", "XM2023005"
REQUIREMENT = [{"id": "REQ-01", "text": "访客预约", "priority": "high"}]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The repository without a project."""
    return Office.make(tmp_path_factory.mktemp("projects") / "office")


@pytest.fixture
def office(founded: Office, tmp_path: Path) -> Office:
    return founded.copy(tmp_path)


def missing(office: Office, project: str, state: str) -> list[str]:
    """The types that keep a project from a state, as the refusal lists them; nothing has changed by asking."""
    before = office.desk.fingerprint()
    done = office.prs("shen", "project", "advance", project, "--to", state)
    assert (done.code, done.codes) == (2, ["W200"]), (done.out, done.err)
    assert office.desk.fingerprint() == before
    return [line.split("] ")[1].split("  ")[0] for line in done.err.split("\n") if line.strip().startswith("[ ] ")]


def shown(office: Office, project: str) -> Any:
    return office.ok("", "project", "show", project, "--json").json


def refused(done: Result, code: str) -> None:
    assert (done.code, done.codes) == (2, [code]), (done.out, done.err)


# ---- the team


@pytest.fixture(scope="module")
def staffed(founded: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A project whose team is lin and xu; lin and gu wrote something before it was appointed."""
    office = founded.copy(tmp_path_factory.mktemp("staffed"))
    office.project(SURVEY)
    for person in ("lin", "gu"):
        office.draft(person, "interview-record", SURVEY, title=f"{person} 的访谈")
    members = [{"person": "lin", "role": "solution-architect"}, {"person": "xu", "role": "technical-expert"}]
    office.publish("shen", "team-appointment", SURVEY, members=members)
    return office


def record_of(office: Office, person: str) -> Path:
    return next(office.desk.root.rglob(f"*-{person} 的访谈.md"))


def test_r009_the_team(staffed: Office, tmp_path: Path) -> None:
    """R009 | prs save, git commit, prs new, prs submit | Who is not on the published team changes no document there."""
    office = staffed.copy(tmp_path)
    assert [row["person"] for row in shown(office, SURVEY)["team"]] == ["lin", "xu"]
    path = record_of(office, "gu")
    number = path.name.split("-")[0]
    assert office.prs("gu", "register", number).codes == ["W109", "W210"]
    path.write_text(path.read_text() + "\n补充\n")
    saved = office.prs("gu", "save", "-m", "补充")
    assert (saved.code, "W210" in saved.out) == (1, True), saved
    office.desk.git_ok("add", "--all")
    commit = office.desk.commit("gu", "补充")
    assert commit.code != 0
    assert "W210" in commit.err
    office.desk.git_ok("reset", "-q", "--hard")
    new = ("new", "interview-record", "-t", "再访", "-p", SURVEY)
    refused(office.prs("gu", *new), "W210")


def test_r111_team_members_edit(staffed: Office, tmp_path: Path) -> None:
    """R111 | prs save, git commit | A member of the team changes its documents, and so does the manager."""
    office = staffed.copy(tmp_path)
    path = record_of(office, "lin")
    for person in ("lin", "xu", "shen", "ye"):
        path.write_text(path.read_text() + f"\n{person} 补充\n")
        office.ok(person, "save", "-m", "补充")
    path.write_text(path.read_text() + "\n再补充\n")
    office.desk.git_ok("add", "--all")
    assert office.desk.commit("xu", "再补充").code == 0


# ---- gates


def test_r080_gates(office: Office) -> None:
    """R080 | prs project advance | A closed gate lists what is missing and how to begin it; the state stays."""
    office.project(SURVEY)
    names = missing(office, SURVEY, "survey")
    assert names[0] == "Opportunity registration form"
    done = office.prs("shen", "--lang", "zh", "project", "advance", SURVEY, "--to", "survey")
    assert "项目机会登记表" in done.err
    assert f"prs new opportunity-registration -p {SURVEY} -t" in done.err
    assert shown(office, SURVEY)["state"] == "info"
    assert shown(office, SURVEY)["gate"]["id"] == "G0"
    office.publish("song", "opportunity-registration", SURVEY)
    assert missing(office, SURVEY, "survey") == names[1:]
    gate = shown(office, SURVEY)["gate"]
    assert (gate["id"], len(gate["missing"])) == ("G1", 4)
    refused(office.prs("shen", "project", "advance", SURVEY, "--to", "solution"), "W201")
    refused(office.prs("shen", "project", "advance", "XM2023009", "--to", "survey"), "P106")


def test_what_is_not_saved_is_not_moved(office: Office) -> None:
    """A move names the project's record as it stands on main."""
    office.project(SURVEY)
    record = next(office.desk.root.glob(f"projects/{SURVEY}-*/project.md"))
    record.write_text(record.read_text() + "\n补充\n")
    waived = ("--waive", "G0", "--waive", "G1", "--reason", "招标先到")
    refused(office.prs("shen", "project", "advance", SURVEY, "--to", "survey", *waived), "W202")


def test_the_next_deadline_and_the_projects_are_listed(office: Office) -> None:
    """The tender that is registered says until when."""
    office.project(SURVEY)
    office.publish(
        "song", "tender-document-register", SURVEY, bid_deadline="2023-06-08T09:30", opening_at="2023-06-08T09:30"
    )
    assert shown(office, SURVEY)["deadline"] == "2023-06-08T09:30"
    assert "2023-06-08 09:30" in office.ok("", "project", "show", SURVEY).out
    (listed,) = office.ok("", "project", "list", "--json").json
    assert (listed["state"], listed["manager"], listed["customer"]) == ("info", "shen", "示例客户")
    assert listed["changed"].startswith("2023-05-18T")
    assert "信息收集" in office.ok("", "--lang", "zh", "project", "list").out


def test_r037_key_projects(office: Office) -> None:
    """R037 | prs project advance, show | The assessment decides: drop keeps G1 closed, key sets the priority."""
    office.project(SURVEY)
    assert "Opportunity assessment form" in missing(office, SURVEY, "survey")
    number = office.publish("shen", "opportunity-assessment", SURVEY, decision="drop")
    assert "Opportunity assessment form" in missing(office, SURVEY, "survey")
    office.change("shen", number, "decision: drop", "decision: key")
    office.release("shen", number)
    assert "Opportunity assessment form" not in missing(office, SURVEY, "survey")
    assert shown(office, SURVEY)["priority"] == "key"


def opens(office: Office, state: str, person: str, type_id: str, title: str, **fields: Any) -> None:
    """A document of a type is what a gate lacks, until it is published."""
    project = str(shown(office, SURVEY)["id"])
    assert title in missing(office, project, state)
    number = office.draft(person, type_id, project, **fields)
    assert title in missing(office, project, state), "a draft opens nothing"
    office.release(person, number)
    assert title not in missing(office, project, state)


def test_r038_first_contact(office: Office) -> None:
    """R038 | prs project advance | G1 asks for the record of the first contact with the customer."""
    office.project(SURVEY)
    opens(office, "survey", "lin", "initial-contact-record", "Initial customer contact record")


def test_r021_feasibility(office: Office) -> None:
    """R021 | prs project advance | G3 asks for the technical feasibility report."""
    office.project(SURVEY, "示例项目", "survey", "solution")
    opens(office, "demo", "xu", "tech-feasibility-report", "Technical feasibility report")


def test_r048_experts(office: Office) -> None:
    """R048 | prs new, prs submit | The architect leads the solution, and the experts take part."""
    office.project(SURVEY, "示例项目", "survey", "solution")
    refused(office.prs("xu", "new", "solution-framework", "-t", "框架", "-p", SURVEY), "F119")
    report = publish_report(office, SURVEY)
    fields = ("--set", f"requirement_ref={report}@1.0", "--set", "contributors=xu")
    path = office.desk.path_of(office.desk.new("lin", "solution-framework", "框架", "-p", SURVEY, *fields))
    assert "F130" in checked(office, path)
    text = path.read_text()
    assert "[xu]" in text
    path.write_text(text.replace("[xu]", "[gu, xu]"))
    assert "F130" not in checked(office, path)


def checked(office: Office, path: Path) -> set[str]:
    """The codes of what a check finds in a document."""
    return {item["code"] for item in office.prs("", "check", str(path), "--json").json}


def publish_report(office: Office, project: str) -> str:
    """A survey report, of which every requirement has high priority."""
    plan = office.publish("lin", "survey-plan", project)
    return office.publish("lin", "requirement-survey-report", project, plan_ref=plan, requirements=REQUIREMENT)


def confirm(office: Office, report: str, version: str) -> str:
    """The customer's confirmation of a version, with the signed page. Its number."""
    number = office.draft("lin", "requirement-review-record", SURVEY, report_ref=f"{report}@{version}")
    office.attach("lin", number, "签字页.pdf", version.encode())
    office.release("lin", number)
    return number


def test_r046_confirmation(office: Office) -> None:
    """R046 | prs project advance | The customer confirms one version; after the next one G2 asks again."""
    office.project(SURVEY, "示例项目", "survey")
    office.publish("lin", "interview-record", SURVEY)
    report = publish_report(office, SURVEY)
    assert missing(office, SURVEY, "solution") == ["Requirement review and confirmation record"]
    confirm(office, report, "1.0")
    way = shown(office, SURVEY)["ways"][0]
    assert (way["to"], way["gates"][0]["open"]) == ("solution", True)
    office.change("lin", report, "# 需求调研报告\n", "# 需求调研报告\n\n补充一条。\n")
    office.release("lin", report)
    assert missing(office, SURVEY, "solution") == ["Requirement review and confirmation record"]
    excluded = shown(office, SURVEY)["gate"]["missing"][0]["excluded"][0]
    assert (excluded["found"], excluded["wanted"]) == (f"{report}@1.0", f"{report}@1.1")
    confirm(office, report, "1.1")
    office.ok("shen", "project", "advance", SURVEY, "--to", "solution")
    history = shown(office, SURVEY)["history"]
    assert [(move["origin"], move["to"]) for move in history] == [("info", "survey"), ("survey", "solution")]
    assert f"{report}@1.1" in history[1]["evidence"]


# ---- the review of the solution, and the story of a project that is stuck

REVIEWERS = {"technology": "han", "quality": "yao", "marketing": "bai", "business": "shao"}
COMMENT = {"id": "C1", "text": "报价未含三年运维", "status": "open"}


def designed(office: Office, project: str) -> str:
    """A project in the state solution with all that the design rests on, and the design saved. Its number."""
    office.project(project, "区县教育云资源平台二期", "survey", "solution")
    report = publish_report(office, project)
    office.publish("xu", "tech-feasibility-report", project)
    framework = office.publish(
        "lin", "solution-framework", project, requirement_ref=f"{report}@1.0", contributors=["gu", "xu"]
    )
    return office.draft(
        "lin", "solution-detailed-design", project, framework_ref=framework, requirement_ref=f"{report}@1.0",
        covers=["REQ-01"],
    )  # fmt: skip


def in_final_step(office: Office, design: str) -> None:
    """Submitted, and signed by everybody but the meeting."""
    decision = submit(office.session("lin"), design, "首次评审")
    for _ in range(2):
        decision = approve(office.session(decision.waiting[0]), design, "同意")
    assert decision.next_step == "final"


def review(office: Office, project: str, design: str, department: str, **fields: Any) -> str:
    """A department's review of the first version. Its number."""
    given = {"solution_ref": f"{design}@1.0", "review_department": department, "reviewed_blob": "0" * 40, **fields}
    return office.publish(REVIEWERS[department], "solution-review-record", project, **given)


@pytest.fixture(scope="module")
def stuck(founded: Office, tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, str, str]:
    """A project at G3: three of four departments have reviewed, one of them with a comment that is open; it was
    suspended, and resumed. With the number of the design and of that review."""
    office = founded.copy(tmp_path_factory.mktemp("stuck"))
    design = designed(office, STUCK)
    in_final_step(office, design)
    for department in ("technology", "quality"):
        countersign(office.session(REVIEWERS[department]), design, department)
        review(office, STUCK, design, department)
    commented = review(office, STUCK, design, "business", verdict="conditional", comments=[COMMENT])
    for state, reason in (("suspended", "客户预算冻结"), ("previous", "客户预算恢复")):
        office.ok("shen", "project", "advance", STUCK, "--to", state, "--reason", reason)
    return office, design, commented


def test_r052_four_departments(stuck: tuple[Office, str, str], tmp_path: Path) -> None:
    """R052 | prs approve, prs project advance | Without all four departments the final step and G3 stay closed."""
    office, design, _ = stuck
    office = office.copy(tmp_path)
    refused(office.prs("cheng", "approve", design), "A350")
    assert missing(office, STUCK, "demo") == ["Detailed solution design", "Solution review record"]
    line = shown(office, STUCK)["gate"]["missing"][1]
    assert (line["needed"], line["have"], line["about"]) == (4, 2, f"{design}@1.0")
    assert line["lacking"] == ["marketing"]


def test_the_story_of_a_stuck_project_can_be_read(stuck: tuple[Office, str, str]) -> None:
    """Who knows nothing learns from `prs project show` what it is, where it stands, and who has to do what."""
    office, design, commented = stuck
    said = office.ok("", "--lang", "zh", "project", "show", STUCK).out
    for words in (
        "区县教育云资源平台二期", "示例客户", "沈砚舟 (shen)", "方案设计", "需求调研 → 方案设计", "方案设计 → 已暂停", "客户预算冻结",
        "已暂停 → 方案设计", "客户预算恢复", "G3 方案评审", f"{design} 解决方案详细设计文档", "程伯远 (cheng)", "市场部门", "白若溪 (bai)",
        "C1 报价未含三年运维", f"{commented}@1.0", "邵一鸣 (shao)",
    ):  # fmt: skip
        assert words in said, f"{words} is not in\n{said}"


def test_r055_comments_are_answered(stuck: tuple[Office, str, str], tmp_path: Path) -> None:
    """R055 | prs project advance, prs track | An open comment keeps G3 closed until it is adopted or declined."""
    office, design, commented = stuck
    office = office.copy(tmp_path)
    finish(office, design)
    review(office, STUCK, design, "marketing")
    assert missing(office, STUCK, "demo") == ["Solution review record"]
    line = shown(office, STUCK)["gate"]["missing"][0]
    assert (line["have"], [item["found"] for item in line["excluded"]]) == (3, ["C1 报价未含三年运维"])
    office.ok("shao", "track", commented, "comments.C1.status=adopted")
    office.ok("shen", "project", "advance", STUCK, "--to", "demo")
    assert shown(office, STUCK)["state"] == "demo"


def finish(office: Office, design: str) -> None:
    """The departments that are missing countersign, the meeting's minutes are published, the design is too."""
    for department in ("marketing", "business"):
        countersign(office.session(REVIEWERS[department]), design, department)
    decided = [{"text": "同意发布", "subject": f"{design}@1.0", "result": "approve"}]
    office.publish("ye", "meeting-minutes", STUCK, meeting_type="cross-dept-final-review", decisions=decided)
    approve(office.session("cheng"), design, "会议同意")


# ---- demonstration, bid, deal


@pytest.fixture(scope="module")
def at_demo(founded: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = founded.copy(tmp_path_factory.mktemp("demo"))
    office.project(SURVEY, "示例项目", "survey", "solution", "demo")
    return office


def test_r057_presentation(at_demo: Office, tmp_path: Path) -> None:
    """R057 | prs project advance | G4 asks for the presentation."""
    office = at_demo.copy(tmp_path)
    solution = office.publish("lin", "demo-plan", SURVEY)
    opens(office, "follow", "lin", "demo-presentation", "Presentation", solution_ref=f"{solution}@1.0")


def test_r058_training(at_demo: Office, tmp_path: Path) -> None:
    """R058 | prs project advance | G4 asks that everybody of the demonstration passed the training."""
    office = at_demo.copy(tmp_path)
    office.publish("lin", "demo-plan", SURVEY, team=["lin", "xu"])
    passed = {"person": "lin", "passed": "true"}
    number = office.publish(
        "lin", "demo-training-record", SURVEY, trainees=[passed, {"person": "xu", "passed": "false"}]
    )
    assert "Demonstration training record" in missing(office, SURVEY, "follow")
    line = next(item for item in shown(office, SURVEY)["gate"]["missing"] if item["type"] == "demo-training-record")
    assert (line["excluded"][0]["number"], line["excluded"][0]["found"]) == (number, "xu")
    office.publish("lin", "demo-training-record", SURVEY, trainees=[{"person": "xu", "passed": "true"}])
    assert "Demonstration training record" not in missing(office, SURVEY, "follow")


def test_r062_summary(at_demo: Office, tmp_path: Path) -> None:
    """R062 | prs project advance | G4 asks for the summary of the demonstration."""
    office = at_demo.copy(tmp_path)
    plan = office.publish("lin", "demo-plan", SURVEY)
    feedback = office.publish("lin", "demo-feedback-record", SURVEY, plan_ref=plan)
    opens(office, "follow", "lin", "demo-summary-report", "Demonstration summary report", feedback_ref=feedback)


def test_r066_bid_meeting(at_demo: Office, tmp_path: Path) -> None:
    """R066 | prs project advance | GB asks for the minutes of a bid coordination meeting, not of another one."""
    office = at_demo.copy(tmp_path)
    title = "Meeting minutes"
    assert title in missing(office, SURVEY, "bid")
    office.publish("lin", "meeting-minutes", SURVEY, meeting_type="ad-hoc")
    assert title in missing(office, SURVEY, "bid")
    office.publish("lin", "meeting-minutes", SURVEY, meeting_type="bid-coordination")
    assert title not in missing(office, SURVEY, "bid")


@pytest.fixture(scope="module")
def followed(at_demo: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = at_demo.copy(tmp_path_factory.mktemp("followed"))
    office.move(SURVEY, "follow")
    return office


def test_r072_audit(at_demo: Office, tmp_path: Path) -> None:
    """R072 | prs project advance, prs check | G5 asks for an audit that approves, with no grave finding open."""
    office = at_demo.copy(tmp_path)
    office.move(SURVEY, "bid")
    title = "Bid audit record"
    five = ("accuracy", "completeness", "compliance", "format", "language")
    audit = {"auditor": "xu", "audited": [office.publish("lin", "demo-plan", SURVEY) + "@1.0"],
             "checklist": [{"dimension": name, "passed": "true"} for name in five]}  # fmt: skip
    finding = {"id": "F1", "dimension": "accuracy", "severity": "major", "text": "单价写错", "status": "open"}
    number = office.publish("xu", "bid-audit-record", SURVEY, verdict="conditional", findings=[finding], **audit)
    assert title in missing(office, SURVEY, "follow")
    path = office.desk.path_of(number)
    text = path.read_text()
    path.write_text(text.replace("verdict: conditional", "verdict: approved"))
    assert "F130" in checked(office, path)
    path.write_text(text.replace("verdict: conditional", "verdict: approved").replace("status: open", "status: fixed"))
    office.ok("xu", "save", "-m", "改正后复核")
    office.release("xu", number)
    assert title not in missing(office, SURVEY, "follow")


def test_r077_rework(followed: Office, tmp_path: Path) -> None:
    """R077 | prs project advance | Back to the solution needs a change note, and each time a new one."""
    office = followed.copy(tmp_path)
    title = "Solution change note"
    assert title in missing(office, SURVEY, "solution")
    trigger = office.publish("lin", "follow-up-record", SURVEY)
    note = {"trigger_ref": trigger, "affected_docs": [trigger]}
    office.publish("lin", "solution-change-note", SURVEY, **note)
    office.ok("shen", "project", "advance", SURVEY, "--to", "方案设计")
    office.move(SURVEY, "follow")
    assert title in missing(office, SURVEY, "solution"), "the note is from before the last transition"


def test_r078_contract(followed: Office, tmp_path: Path) -> None:
    """R078 | prs project advance | A won project is handed over with a contract, written by the commercial officer."""
    office = followed.copy(tmp_path)
    office.move(SURVEY, "won")
    assert missing(office, SURVEY, "handover") == ["Contract record", "Project handover record"]
    refused(office.prs("lin", "new", "contract-record", "-t", "合同", "-p", SURVEY), "F119")
    number = office.draft("song", "contract-record", SURVEY, amount="100.00",
                          payments=[{"amount": "100.00", "due": "2023-06-30", "name": "首付"}])  # fmt: skip
    office.attach("song", number, "合同.pdf")
    office.release("song", number)
    assert missing(office, SURVEY, "handover") == ["Project handover record"]
    assert shown(office, SURVEY)["outcome"] == "success"


def test_r079_handover(stuck: tuple[Office, str, str], tmp_path: Path) -> None:
    """R079 | prs approve, prs show | A handover record with one of two signatures is not published."""
    office, design, _ = stuck
    office = office.copy(tmp_path)
    finish(office, design)
    contract = office.draft("song", "contract-record", STUCK, amount="100.00",
                            payments=[{"amount": "100.00", "due": "2023-06-30", "name": "首付"}])  # fmt: skip
    office.attach("song", contract, "合同.pdf")
    office.release("song", contract)
    number = office.draft("lin", "handover-record", STUCK, delivery_owner="zhou", documents=[contract, design])
    office.ok("lin", "submit", number, "-m", "交接")
    office.ok("shen", "approve", number)
    assert office.ok("", "show", number, "--json").json["status"] == "in-review"
    office.ok("zhou", "approve", number)
    assert office.ok("", "show", number, "--json").json["status"] == "published"


def test_r081_waivers(office: Office) -> None:
    """R081 | prs project advance --waive, show | The presales manager alone waives a gate, with a reason that stays."""
    office.project(SURVEY)
    advance = ("project", "advance", SURVEY, "--to", "survey", "--waive", "G0", "--waive", "G1")
    refused(office.prs("lin", *advance, "--reason", "招标先到"), "A420")
    refused(office.prs("shen", *advance), "A425")
    refused(office.prs("shen", *advance, "--waive", "G7", "--reason", "招标先到"), "A424")
    assert shown(office, SURVEY)["state"] == "info"
    office.ok("shen", *advance, "--reason", "招标先到")
    waivers = shown(office, SURVEY)["waivers"]
    assert [(item["gate"], item["reason"], item["by"]) for item in waivers] == [
        ("G0", "招标先到", "shen"), ("G1", "招标先到", "shen"),
    ]  # fmt: skip
    assert office.ok("", "verify", "--json").json["ok"]
    refused(office.prs("shen", "project", "advance", SURVEY, "--to", "suspended"), "A425")
