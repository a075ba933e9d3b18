"""Attacks on the life of projects: moves by the wrong person, from the wrong state, through gates that are closed."""

from __future__ import annotations

from tests.attacks.forge import Forger, Forgery, percent
from tests.attacks.ledger.attack import Catalogue, without
from tests.attacks.ledger.projects import OTHER_RECORD, RECORD, advance, path_of, record
from tests.attacks.mutate import Edit
from tests.unit.store.library import document, sha256

projects = Catalogue("projects")

ROLE = Edit("model.advance:check_signer", "found is None or gate.signer not in found.roles", "False")
ORIGIN = Edit("model.advance:_gates", "entry.origin != state", "False")
WAY = Edit("model.advance:_gates", "if to == entry.to", "if True")
GATES = Edit("model.advance:_gates", "entry.gates != expected", "False")
WAIVED = Edit("model.advance:check_waivers", "name not in allowed", "False")
REASON = Edit("model.advance:check_waivers", "not reason.strip()", "False")
PROJECT = Edit("model.advance:_check_evidence", "project_of(release.path) != entry.project or ", "")
ASKED = Edit("model.advance:_check_evidence", "or item.type not in asked", "")
OPEN = Edit("model.advance:_require_open", "if missing", "if False")
RECORD_OF = Edit(
    "model.advance:_check_record",
    'not is_record_of(entry.path, entry.project) or record.value("id") != entry.project',
    "False",
)
RECORD_DIGEST = Edit("model.advance:_check_record", "record.digest != entry.digest", "False")
IN_FORCE = Edit("store.verifier:load_evidence", "or release.version != version", "")
TWICE = Edit("store.verifier:load_evidence", "or named.count(name) > 1", "")
ENDED = Edit("store.verifier:load_evidence", "or over or", "or")
TREE = Edit("store.verifier:verify_entry", "tree != commit.tree", "False")
FIRST, SECOND, ELSEWHERE = "QD202305001@1.1", "QD202305002@1.0", "QD202305003@1.0"


def to_survey(evil: Forger, evidence: str = f"{FIRST} {SECOND}", signer: str = "shen", gates: str = "G0 G1") -> Forgery:
    """The first move of the first project, honest but for what is given."""
    return evil.move("survey", gates, evidence, signer, origin="info", path=RECORD)


@projects.attack("A420", ROLE)
def a_move_by_somebody_who_is_no_presales_manager(evil: Forger) -> None:
    evil.publish(to_survey(evil, signer="lin"))


@projects.attack("A421", ORIGIN)
def a_move_from_a_state_that_the_project_is_not_in(evil: Forger) -> None:
    evil.publish(to_survey(evil).claim(From="suspended"))


@projects.attack("A421", without(ORIGIN, then="A422"))
def a_move_replayed(evil: Forger) -> None:
    evil.publish(to_survey(evil))
    evil.publish(to_survey(evil))


@projects.attack("A422", WAY)
def a_stage_left_out(evil: Forger) -> None:
    """From information straight to the solution, through the gate of the survey."""
    evil.publish(to_survey(evil).claim(To="solution"))


@projects.attack("A422", without(WAY, then="A423"))
def resumed_into_a_later_state(evil: Forger) -> None:
    """A suspended project comes back to where it was, nowhere else."""
    advance(evil.library, "suspended", ("G0", "GS"), (SECOND,), origin="info")
    evil.publish(evil.move("solution", "GS", "", origin="suspended", path=RECORD))


@projects.attack("A423", GATES)
def a_gate_left_out(evil: Forger) -> None:
    evil.publish(to_survey(evil, gates="G0"))


@projects.attack("A423", GATES)
def an_unknown_gate(evil: Forger) -> None:
    evil.publish(to_survey(evil, gates="G0 G1 G99"))


@projects.attack("A424", WAIVED)
def a_gate_waived_that_is_not_on_the_way(evil: Forger) -> None:
    evil.publish(to_survey(evil).claim(Waived="G7"))


@projects.attack("A424", WAIVED)
def a_gate_waived_that_the_policy_does_not_let_go(evil: Forger) -> None:
    entry = evil.move("suspended", "G0 GS", SECOND, origin="info", path=RECORD)
    evil.publish(entry.claim(Waived="GS"))


@projects.attack("A425", REASON)
def a_waiver_without_a_reason(evil: Forger) -> None:
    entry = to_survey(evil, evidence=SECOND).claim(Waived="G1")
    entry.comment = ""
    evil.publish(entry)


@projects.attack("A425", REASON)
def a_suspension_without_a_reason(evil: Forger) -> None:
    entry = evil.move("suspended", "G0 GS", SECOND, origin="info", path=RECORD)
    entry.comment = ""
    evil.publish(entry)


@projects.attack("A426", IN_FORCE)
def evidence_that_is_no_longer_in_force(evil: Forger) -> None:
    evil.publish(to_survey(evil, evidence=f"QD202305001@1.0 {SECOND}"))


@projects.attack("A426", TWICE)
def one_document_named_twice(evil: Forger) -> None:
    advance(evil.library, "survey", ("G0", "G1"), (FIRST, SECOND), origin="info")
    evil.publish(evil.move("solution", "G2", f"{SECOND} {SECOND}", origin="survey", path=RECORD))


@projects.attack("A426", ENDED)
def evidence_that_was_made_obsolete(evil: Forger) -> None:
    _ended(evil, "notice", target="QD202305001")
    evil.publish(to_survey(evil))


@projects.attack("A426", ENDED)
def evidence_that_was_disposed_of(evil: Forger) -> None:
    _ended(evil, "request", targets="[QD202305001]", reason="useless", witnesses="[han, gao]")
    evil.publish(to_survey(evil))


def _ended(evil: Forger, kind: str, **fields: str) -> None:
    """An honest notice or request about the interview that opens the gate."""
    number = "QD202305004"
    path = f"common/2-需求调研文档/{number}-单.md"
    evil.library.commit({path: document(kind, "ye", number, **fields)}, "ye")
    evil.library.append("submit", "ye", number, path=path)
    evil.library.append("approve", "shen", number)


@projects.attack("A427", PROJECT)
def evidence_of_another_project(evil: Forger) -> None:
    evil.publish(to_survey(evil, evidence=ELSEWHERE))


@projects.attack("A427", ASKED)
def evidence_that_no_gate_asks_for(evil: Forger) -> None:
    """A suspension that claims to rest on interviews."""
    advance(evil.library, "survey", ("G0", "G1"), (FIRST, SECOND), origin="info")
    evil.publish(evil.move("suspended", "GS", SECOND, origin="survey", path=RECORD))


@projects.attack("A428", OPEN)
def evidence_with_another_value(evil: Forger) -> None:
    """The gate asks for an interview with an executive."""
    evil.publish(to_survey(evil, evidence=SECOND))


@projects.attack("A428", OPEN)
def no_evidence_at_all(evil: Forger) -> None:
    evil.publish(to_survey(evil, evidence=""))


@projects.attack("A429", RECORD_OF)
def a_project_that_does_not_exist(evil: Forger) -> None:
    """The record that the entry names is that of a document in the project's folder."""
    entry = to_survey(evil)
    text = evil.git("cat-file", "blob", f"{entry.parents[1]}:{path_of('QD202305002')}")
    evil.publish(entry.claim(Path=percent(path_of("QD202305002")), Digest=sha256(text)))


@projects.attack("A429", RECORD_OF)
def the_record_of_another_project(evil: Forger) -> None:
    evil.publish(to_survey(evil).claim(Path=percent(OTHER_RECORD), Digest=sha256(record("XM2023002"))))


@projects.attack("A216", RECORD_DIGEST)
def another_digest_of_the_record(evil: Forger) -> None:
    evil.publish(to_survey(evil).claim(Digest=sha256(b"another")))


@projects.attack("A219", TREE)
def a_move_that_brings_a_file_into_the_library(evil: Forger) -> None:
    entry = to_survey(evil)
    entry.tree = evil.tree({"common/2-需求调研文档/QD202305009-计划.md": document(number="QD202305009")})
    evil.publish(entry)
