"""The demo company: its five projects, each with its story, as somebody finds them who looks around with commands."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from presales_repo.model.gates import Situation, check_gate
from presales_repo.model.lifecycle import Lifecycle, build_lifecycle
from presales_repo.model.projects import find_project
from presales_repo.ops.advance import situation_of
from presales_repo.ops.facts import read_facts
from presales_repo.ops.projects import find_record
from presales_repo.ops.session import Session, open_work
from tests.company import Desk
from tests.unit.demo_play import SCENES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

END = "2023-07-17T18:00:00+08:00"
PARK, HOSPITAL, FACTORY, BANK, EDUCATION = (f"XM202300{number}" for number in range(1, 6))


def ask(demo: Desk, *args: str) -> Any:
    return demo.ok("", *args, "--json", now=END).json


def listed(demo: Desk, type_id: str, project: str) -> list[dict[str, Any]]:
    """The documents of a type, each with the fields of its front matter."""
    rows = ask(demo, "list", "--type", type_id, "-p", project)
    texts = [demo.path_of(row["number"]).read_text(encoding="utf-8") for row in rows]
    heads = [yaml.load(text.split("---\n")[1], Loader=yaml.BaseLoader) for text in texts]
    return [{**row, "fields": head} for row, head in zip(rows, heads, strict=True)]


def only(demo: Desk, type_id: str, project: str) -> dict[str, Any]:
    (found,) = listed(demo, type_id, project)
    return found


def test_the_five_projects_stand_where_their_stories_end(demo: Desk) -> None:
    states = {item["id"]: item["state"] for item in ask(demo, "project", "list")}
    assert states == {PARK: "closed", HOSPITAL: "closed", FACTORY: "handover", BANK: "lost", EDUCATION: "solution"}


def test_there_are_documents_of_every_stage_and_status(demo: Desk) -> None:
    rows = ask(demo, "list")
    planned = [document for part in SCENES.values() for document in part["documents"]]
    assert len(rows) == len(planned) > 120
    counts = Counter(row["status"] for row in rows)
    assert {"draft", "in-review", "changes-requested", "published", "revising"} <= set(counts)
    assert counts["in-review"] == 2
    assert {row["number"][:2] for row in rows} >= {"XS", "QD", "FJ", "YS", "TB", "GC", "GT", "WK", "ZH"}


def test_it_verifies_and_breaks_no_rule(demo: Desk) -> None:
    assert ask(demo, "verify", "--full")["ok"]
    findings = demo.prs("", "check", "--json", now=END).json
    late = only(demo, "bid-submission-record", BANK)["number"]
    assert [(finding["code"], late in finding["path"]) for finding in findings] == [("F131", True)]


def test_the_named_documents_are_there_as_pdf(demo: Desk) -> None:
    names = {path.name.split("-")[0] for path in (demo.root / "pdf").iterdir()}
    assert {"QD202305006", "ZH202301001"} < names
    assert only(demo, "contract-record", PARK)["number"] in names
    assert demo.git_ok("status", "--short") == "", "neither PDFs nor keys are committed"


# ---------------------------------------------------------------------------------------------- XM2023001


def test_the_first_project_went_through_all_gates(demo: Desk) -> None:
    shown = ask(demo, "project", "show", PARK)
    gates = [gate for move in shown["history"] for gate in move["gates"]]
    assert gates == ["G0", "G1", "G2", "G3", "G4", "GB", "G5", "G6", "G7", "G8"]
    assert [move["waived"] for move in shown["history"] if move["waived"]] == []
    assert (shown["outcome"], shown["outcome_on"]) == ("success", "2023-06-20")


def open_gates(demo: Desk, project: str) -> tuple[Lifecycle, Situation]:
    """What the gates of a project look at, at the end."""
    now = datetime.datetime.fromisoformat(END)
    with open_work(Session(str(demo.root), demo.environment(END), now)) as work:
        facts, state = read_facts(work), find_project(work.ledger.head.projects, project)
        return build_lifecycle(work.policy.project), situation_of(work, facts, state, find_record(work, project))


@pytest.mark.parametrize("gate", ["G0", "G1", "G2", "G3", "G4", "GB", "G5", "G6", "G7", "G8"])
def test_a_gate_without_one_of_its_documents_is_closed_and_says_which(demo: Desk, gate: str) -> None:
    lifecycle, situation = open_gates(demo, PARK)
    whole = check_gate(lifecycle.gates[gate], situation)
    assert whole.missing == ()
    needed = [line for line in whole.lines if line.found]
    assert needed
    for line in needed:
        taken = {item.number for item in line.found[line.need.least - 1 :]}
        rest = replace(situation, documents=[item for item in situation.documents if item.number not in taken])
        missing = [left.need.type for left in check_gate(lifecycle.gates[gate], rest).missing]
        assert line.need.type in missing


def test_two_rounds_of_four_departments_reviewed_the_design(demo: Desk) -> None:
    reviews = [row["fields"] for row in listed(demo, "solution-review-record", PARK)]
    rounds = Counter((row["round"], row["verdict"]) for row in reviews)
    assert rounds == {("1", "approved"): 2, ("1", "conditional"): 1, ("1", "fail"): 1, ("2", "approved"): 4}
    assert {comment["status"] for row in reviews for comment in row.get("comments", [])} == {"adopted"}


def test_one_finding_of_the_bid_audit_was_fixed(demo: Desk) -> None:
    audits = [row["fields"] for row in listed(demo, "bid-audit-record", PARK)]
    assert [audit["verdict"] for audit in audits] == ["conditional", "approved"]
    assert [finding["status"] for audit in audits for finding in audit["findings"]] == ["fixed", "fixed"]
    assert only(demo, "bid-technical", PARK)["version"] == "1.1"


def test_every_important_document_of_the_first_project_lies_in_the_archive_on_paper(demo: Desk) -> None:
    papers = listed(demo, "paper-archive-record", PARK)
    kept = {row["fields"]["target"].split("@")[0] for row in papers}
    asked = ("requirement-survey-report", "solution-detailed-design", "bid-file", "contract-record", "quotation-plan")
    assert {only(demo, type_id, PARK)["number"] for type_id in asked} < kept


# ---------------------------------------------------------------------------------------------- the others


def test_the_second_project_reworked_its_solution_and_lost_by_price(demo: Desk) -> None:
    shown = ask(demo, "project", "show", HOSPITAL)
    assert "GR" in [gate for move in shown["history"] for gate in move["gates"]]
    result = only(demo, "bid-result-record", HOSPITAL)["fields"]
    assert result["result"] == "lost"
    assert float(result["our_price"]) > float(result["winning_price"])
    answers = only(demo, "satisfaction-survey", HOSPITAL)["fields"]
    scores = [int(answers[name]) for name in ("response", "expertise", "solution", "communication", "overall")]
    assert sum(scores) / len(scores) == 3.6
    design = only(demo, "solution-detailed-design", HOSPITAL)["number"]
    behind = {row["number"] for row in ask(demo, "trace", design)["named_by"] if row["is_stale"]}
    assert only(demo, "demo-presentation", HOSPITAL)["number"] in behind
    assert ask(demo, "check", "--stale") == [], "a closed project is left alone"


def test_the_third_project_was_signed_for_a_head_on_leave(demo: Desk) -> None:
    shown = ask(demo, "project", "show", FACTORY)
    assert not {"G4", "GB", "G5"} & {gate for move in shown["history"] for gate in move["gates"]}
    assert only(demo, "cooperation-intent", FACTORY)["fields"]["agreed_on"] == "2023-06-28"
    report = only(demo, "requirement-survey-report", FACTORY)["number"]
    history = ask(demo, "history", report)
    assert "gao.jingzhi" in str(history)
    assert "zhou.qi" in str(history)


def test_the_fourth_project_was_late_and_its_emergency_release_never_made_up(demo: Desk) -> None:
    shown = ask(demo, "project", "show", BANK)
    assert [gate for move in shown["history"] for gate in move["waived"]] == ["G2", "G3"]
    due = demo.prs("", "due", "--json", now=END).json
    codes = {row["code"] for row in due if row["number"] in {item["number"] for item in ask(demo, "list", "-p", BANK)}}
    assert {"D106", "D124"} <= codes
    result = only(demo, "bid-result-record", BANK)["fields"]
    assert (result["result"], result["void_cause"], result["result_on"]) == ("void", "ours", "2023-07-06")
    design = only(demo, "solution-detailed-design", BANK)["number"]
    assert any(path.name.startswith(design) for path in (demo.root / "pdf").iterdir())


def test_the_fifth_project_waits_for_a_review_and_says_so(demo: Desk) -> None:
    shown = demo.ok("", "project", "show", EDUCATION, now=END).out
    assert "Suspended" in shown
    assert "G3" in shown
    reviews = listed(demo, "solution-review-record", EDUCATION)
    assert {row["fields"]["review_department"] for row in reviews} == {"technology", "quality", "marketing"}
    comments = [comment for row in reviews for comment in row["fields"].get("comments", [])]
    assert [comment["status"] for comment in comments] == ["open"]
    granted = only(demo, "access-request", EDUCATION)["fields"]
    assert (granted["applicant"], granted["until"]) == ("lu.xiaotang", "2023-07-13")


def test_the_next_gate_of_the_fourth_project_names_what_it_lacks(demo: Desk) -> None:
    desk = Desk(
        demo.company, demo.root, demo.home, {**demo.env, "PRS_KEY": str(Path(demo.root, "keys", "shen.yanzhou"))}
    )
    said = desk.refuse("W200", "", "project", "advance", BANK, "--to", "closed", now=END).err
    assert "Customer satisfaction survey" in said
    assert "Archive list" in said
