"""授权: somebody signs for a colleague who is away; the command line, the register and the PDF say so."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.acceptance.scenes import rewrite
from tests.acceptance.test_people_and_policy import edit_policy, propose
from tests.company import Desk
from tests.conftest import PAPER, PLAN

LETTER = "WK202305001"
LATER = "2023-05-26T09:00:00+08:00"


def delegate(
    desk: Desk, principal: str, person: str, role: str, begin: str = "2023-05-18", end: str = "2023-05-25"
) -> str:
    """A letter by shen, not yet submitted; its number."""
    fields = {"principal": principal, "delegate": person, "roles": role, "from_date": begin, "to_date": end}
    options = [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]
    number = desk.new("shen", "delegation-letter", f"授权书{role}", *options)
    desk.ok("shen", "save", number, "-m", "授权书")
    return number


def granted(desk: Desk, principal: str, person: str, role: str, *days: str) -> str:
    number = delegate(desk, principal, person, role, *days)
    desk.ok("shen", "submit", number, "-m", "休假期间")
    desk.ok("cheng", "approve", number)
    return number


@pytest.fixture
def away(drafted: Desk) -> Desk:
    """shen is away, ye may sign for them; lin's plan waits for shen."""
    assert granted(drafted, "shen", "ye", "presales-manager") == LETTER
    drafted.ok("lin", "submit", PLAN, "-m", "请审核")
    return drafted


def pdf_text(desk: Desk, number: str, folder: Path) -> str:
    (made,) = desk.ok("", "export", number, "-o", folder, "--json").json
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(Path(made["path"]).read_bytes())).pages)


def test_a_delegate_approves_without_an_option(away: Desk, tmp_path: Path) -> None:
    waiting = away.ok("ye", "inbox", "--json").json
    assert [(item["number"], item["on_behalf_of"]) for item in waiting] == [(PLAN, ["shen"])]
    assert "check (for shen)" in away.ok("ye", "inbox").out
    shown = away.ok("", "show", PLAN, "--json").json
    assert (shown["waiting_for"], shown["deputies"]) == (["shen"], [{"person": "ye", "for": "shen"}])
    assert "waits for: shen, ye (for shen)" in away.ok("", "show", PLAN).out

    done = away.ok("ye", "approve", PLAN, "-m", "同意")
    assert done.out.startswith(f"approve {PLAN} v1.0 by ye (for shen): published")
    (step,) = away.ok("", "show", PLAN, "--json").json["steps"]
    assert (step["by"], step["on_behalf_of"], step["state"]) == ("ye", "shen", "signed")
    assert "ye (for shen)" in away.ok("", "show", PLAN).out
    last = away.ok("", "history", PLAN, "--json").json[-1]
    assert (last["person"], last["on_behalf_of"]) == ("ye", "shen")
    assert "ye (for shen)" in away.ok("", "history", PLAN).out
    assert "Prs-On-Behalf-Of: shen" in away.git_ok("log", "-1", "--format=%B", "approved").split("\n")
    away.git_ok("verify-commit", "approved")
    away.ok("", "verify", "--full")
    assert "叶青（代 沈砚舟）" in pdf_text(away, PLAN, tmp_path / "pdf").replace("\n", "")


def test_an_english_pdf_says_so_in_english(drafted: Desk, tmp_path: Path) -> None:
    granted(drafted, "shen", "ye", "presales-manager")
    rewrite(drafted, PLAN, "\n---\n", "\nlang: en\n---\n")
    drafted.ok("lin", "save", PLAN, "-m", "English")
    drafted.ok("lin", "submit", PLAN, "-m", "first")
    drafted.ok("ye", "approve", PLAN)
    assert "叶青 (for 沈砚舟)" in pdf_text(drafted, PLAN, tmp_path / "pdf").replace("\n", " ")


def test_a_delegate_gives_a_document_back(away: Desk) -> None:
    done = away.ok("ye", "reject", PLAN, "--reason", "请补充", "--for", "shen", "--json").json
    assert (done["status"], done["person"], done["on_behalf_of"]) == ("changes-requested", "ye", "shen")


def test_who_holds_the_step_signs_for_themselves(away: Desk) -> None:
    done = away.ok("shen", "approve", PLAN, "--for", "shen", "--json").json
    assert (done["person"], done["on_behalf_of"]) == ("shen", "")


def test_a_right_ends(away: Desk) -> None:
    away.refuse("A336", "ye", "approve", PLAN, "--for", "shen", now=LATER)
    away.refuse("A303", "ye", "approve", PLAN, now=LATER)
    assert away.ok("ye", "inbox", "--json", now=LATER).json == []
    assert away.ok("", "show", PLAN, "--json", now=LATER).json["deputies"] == []
    away.ok("ye", "approve", PLAN, now="2023-05-25T23:59:59+08:00")


def test_a_new_version_of_the_letter_ends_the_right_earlier(away: Desk) -> None:
    rewrite(away, LETTER, "to_date: 2023-05-25", "to_date: 2023-05-17")
    away.ok("shen", "save", LETTER, "-m", "提前收回")
    away.ok("shen", "submit", LETTER, "-m", "提前收回")
    away.ok("cheng", "approve", LETTER)
    away.refuse("A336", "ye", "approve", PLAN, "--for", "shen")


def test_an_old_date_is_refused(away: Desk) -> None:
    """ye's clock goes back to a day when the right still lasted."""
    away.ok("xu", "submit", PAPER, "-m", "首次发布", now=LATER)
    away.refuse("A337", "ye", "approve", PLAN)
    away.ok("shen", "approve", PLAN)


def test_for_whom_has_to_be_said_when_there_are_two(drafted: Desk) -> None:
    edit_policy(drafted, "people.yaml", "roles: [dept-head]", "roles: [dept-head, presales-manager]")  # gao
    propose(drafted)
    for principal in ("gao", "shen"):
        granted(drafted, principal, "ye", "presales-manager")
    drafted.ok("lin", "submit", PLAN, "-m", "请审核")
    assert "gao, shen" in drafted.refuse("A339", "ye", "approve", PLAN).err
    assert drafted.ok("ye", "inbox", "--json").json[0]["on_behalf_of"] == ["gao", "shen"]
    assert drafted.ok("ye", "approve", PLAN, "--for", "gao", "--json").json["on_behalf_of"] == "gao"


@pytest.mark.parametrize(
    ("code", "principal", "person", "role", "end"),
    [
        ("A330", "shen", "ye", "presales-manager", "2023-08-17"),
        ("A331", "shen", "ye", "presales-manager", "2023-05-17"),
        ("A332", "shen", "shen", "presales-manager", "2023-05-25"),
        ("A333", "shen", "ye", "company-leader", "2023-05-25"),
        ("A334", "shen", "ye", "emperor", "2023-05-25"),
    ],
)
def test_a_letter_that_gives_no_right(
    drafted: Desk, code: str, principal: str, person: str, role: str, end: str
) -> None:
    number = delegate(drafted, principal, person, role, end=end)
    drafted.refuse(code, "shen", "submit", number, "-m", "休假期间")


def test_what_was_delegated_does_not_decide_the_next_letter(drafted: Desk) -> None:
    granted(drafted, "cheng", "gao", "company-leader")
    number = delegate(drafted, "cheng", "gao", "company-leader", end="2023-06-25")
    drafted.ok("shen", "submit", number, "-m", "延长")
    drafted.refuse("A338", "gao", "approve", number, "--for", "cheng")
    drafted.refuse("A303", "gao", "approve", number)
    drafted.ok("cheng", "approve", number)


def test_a_right_serves_nobody_else(away: Desk) -> None:
    away.refuse("A335", "gao", "approve", PLAN, "--for", "shen")
    away.refuse("A302", "lin", "approve", PLAN, "--for", "shen")
    away.refuse("A303", "ye", "approve", PLAN, "--for", "gao")
    away.refuse("A335", "ye", "approve", PLAN, "--for", "nobody")


def test_an_important_document_needs_different_people_even_so(submitted: Desk) -> None:
    granted(submitted, "han", "shen", "dept-head")
    submitted.ok("shen", "approve", PAPER)
    submitted.refuse("A306", "shen", "approve", PAPER)
