"""Attacks that end the life of documents (作废, 归档, 销毁), or bring back what has ended."""

from __future__ import annotations

from presales_repo.model.doctype import ARCHIVE, DISPOSE, OBSOLETE
from tests.attacks.forge import Forger, Forgery
from tests.attacks.ledger.attack import Catalogue, Without, without
from tests.attacks.mutate import Edit, Swap, accept
from tests.unit.store.library import NUMBER, PATH, document

upkeep = Catalogue("published")

PAPER = "QD202305003"
PAPER_PATH = PATH.replace(NUMBER, PAPER)
ROLE = Edit("model.upkeep:read_upkeep", "not may_author(doctype, author)", "False")
NAMED = Edit("model.upkeep:read_upkeep", "if not targets:", "if False:")
UNPUBLISHED = Edit("model.upkeep:check_targets", "state is None or state.release is None", "state is None")
IN_REVIEW = Edit("model.upkeep:check_targets", "state.round is not None", "False")
ALREADY = Edit("model.upkeep:check_targets", "mark.by != number and mark.effect in (effect, DISPOSE)", "False")
WITNESSES = Edit("model.upkeep:_check_disposal", "witnesses & authors", "False")
COUNT = Edit("model.upkeep:_check_disposal", "len(witnesses) < WITNESSES", "False")
KNOWN = Edit("model.upkeep:_check_disposal", "or strangers or", "or")
KEPT = Edit("model.upkeep:_check_disposal", "not is_over(policy, state, day)", "False")
DONE = Edit("model.upkeep:read_upkeep", "before is not None and before.upkeep is not None", "False")
ALIVE = Swap("model.replay:require_alive", accept)
ALIVE_TRACKED = Swap("model.track:require_alive", accept)
TREE = Edit("store.verifier:verify_entry", "tree != commit.tree", "False")

_KINDS = {OBSOLETE: ("notice", "target"), ARCHIVE: ("list", "documents"), DISPOSE: ("request", "targets")}
_DISPOSAL = {"reason": "useless", "witnesses": "[han, gao]"}


def paper(effect: str, target: str = NUMBER, author: str = "ye", **fields: str) -> bytes:
    """A notice, list or request about a document."""
    kind, field = _KINDS[effect]
    return document(kind, author, PAPER, **{field: f"[{target}]" if field != "target" else target}, **fields)


def asked(evil: Forger, text: bytes, author: str = "ye") -> Forgery:
    """Its submission."""
    evil.library.commit({PAPER_PATH: text}, author)
    return evil.submission(author, path=PAPER_PATH, number=PAPER)


def _asking(
    code: str, name: str, text: bytes, *rows: Edit | Without, state: str = "published", author: str = "ye"
) -> None:
    upkeep.attack(code, *rows, state=state, name=name)(lambda evil: evil.publish(asked(evil, text, author)))


def done(evil: Forger, effect: str, **fields: str) -> None:
    """An honest notice, list or request about the published plan."""
    evil.library.commit({PAPER_PATH: paper(effect, **fields)}, "ye")
    evil.library.append("submit", "ye", PAPER, path=PAPER_PATH)
    evil.library.append("approve", "shen", PAPER)


_asking("A441", "somebody else's document made obsolete", paper(OBSOLETE, author="lin"), ROLE, author="lin")
_asking("A441", "somebody else's document archived", paper(ARCHIVE, author="lin"), ROLE, author="lin")
_asking("A440", "a list of nothing", document("list", "ye", PAPER, documents="[]"), NAMED)
_asking("A442", "a document that is not there", paper(OBSOLETE, "QD202305077"))
_asking(
    "A442", "a draft in review, as if published", paper(ARCHIVE), without(UNPUBLISHED, then="A443"), state="submitted"
)
_asking("A445", "one witness", paper(DISPOSE, reason="useless", witnesses="[han]"), COUNT)
_asking("A445", "an author as witness", paper(DISPOSE, reason="useless", witnesses="[han, ye]"), WITNESSES)
_asking("A445", "a stranger as witness", paper(DISPOSE, reason="useless", witnesses="[han, nobody]"), KNOWN)
_asking("A446", "disposal before the end of retention", paper(DISPOSE, reason="expired", witnesses="[han, gao]"), KEPT)


@upkeep.attack("A443", IN_REVIEW)
def work_in_review_taken_away(evil: Forger) -> None:
    evil.library.commit({PATH: document(summary="neu")})
    evil.library.append("submit", "lin", version="1.1")
    evil.publish(asked(evil, paper(OBSOLETE)))


@upkeep.attack("A444", ALREADY)
def archived_again_so_that_retention_starts_anew(evil: Forger) -> None:
    done(evil, ARCHIVE)
    other = paper(ARCHIVE).replace(PAPER.encode(), b"QD202305004")
    path = PATH.replace(NUMBER, "QD202305004")
    evil.library.commit({path: other}, "ye")
    evil.publish(evil.submission("ye", path=path, number="QD202305004"))


@upkeep.attack("A448", ALIVE)
def a_new_version_of_what_is_archived(evil: Forger) -> None:
    done(evil, ARCHIVE)
    evil.library.commit({PATH: document(summary="neu")})
    evil.publish(evil.submission().claim(Version="1.1"))


@upkeep.attack("A448", ALIVE)
def what_was_disposed_of_published_again(evil: Forger) -> None:
    done(evil, DISPOSE, **_DISPOSAL)
    evil.library.commit({PATH: document(summary="neu")})
    evil.publish(evil.submission().claim(Version="1.1"))


@upkeep.attack("A448", ALIVE_TRACKED, state="tracked")
def a_change_of_status_in_what_is_archived(evil: Forger) -> None:
    done(evil, ARCHIVE)
    evil.publish(evil.tracking(document("issue", actions="[{text: 催问, done: 2023-05-21}]")))


@upkeep.attack("A447", without(DONE, then="A442"))
def a_request_carried_out_and_exchanged(evil: Forger) -> None:
    done(evil, DISPOSE, **_DISPOSAL)
    text = paper(DISPOSE, "QD202305009", **_DISPOSAL)
    evil.library.commit({PAPER_PATH: text}, "ye")
    evil.publish(evil.submission("ye", path=PAPER_PATH, number=PAPER).claim(Version="1.1"))


def _approved(evil: Forger, effect: str, **fields: str) -> Forgery:
    """The approval of such a paper, with the tree that publishes the paper alone."""
    evil.library.commit({PAPER_PATH: paper(effect, **fields)}, "ye")
    evil.library.append("submit", "ye", PAPER, path=PAPER_PATH)
    return evil.approval(number=PAPER)


@upkeep.attack("A219", without(TREE, then="A221"))
def a_disposal_that_leaves_the_file(evil: Forger) -> None:
    evil.publish(_approved(evil, DISPOSE, **_DISPOSAL))


@upkeep.attack("A219", TREE)
def an_archive_list_that_removes_a_file(evil: Forger) -> None:
    entry = _approved(evil, ARCHIVE)
    entry.tree = evil.tree({PATH: None}, entry.tree)
    evil.publish(entry)


@upkeep.attack("A219", without(TREE, then="A221"))
def a_disposal_that_takes_another_document_along(evil: Forger) -> None:
    """The policy's folder is next to the library's: nothing but what the request names may go."""
    entry = _approved(evil, DISPOSE, **_DISPOSAL)
    entry.tree = evil.tree({PATH: None, PAPER_PATH: None}, entry.tree)
    evil.publish(entry)
