"""Attacks that use a change of status (`track`) to publish what nobody approved."""

from __future__ import annotations

from tests.attacks.forge import Forger
from tests.attacks.ledger.attack import Catalogue, without
from tests.attacks.ledger.conftest import CLOSED
from tests.attacks.mutate import Edit, Swap, accept
from tests.unit.store.library import PATH, document, sha256

tracking = Catalogue("tracked")

SAME_BYTES = Edit("model.track:changed_places", "made.data != after.data", "False")
RIGHT = Swap("model.track:check_tracker", accept)
JUDGED_BY_OTHERS = Edit("model.track:check_tracker", "is_author and spec is not None", "False and spec is not None")
PLACE = Edit("model.track:check_track", "(entry.version, entry.path) != (release.version, release.path)", "False")
NEWEST = Edit("model.track:check_track", "entry.replaces != release.digest", "False")
CHANGED = Edit("model.track:check_track", "if not places:", "if False:")
NO_ROUND = Edit("model.track:check_track", "state.round is not None", "False")
TREE = Edit("store.verifier:verify_entry", "tree != commit.tree", "False")

_VERIFIED = document("issue", actions="[{text: 催问, done: 2023-05-20}]", verified="yes")
_LATER = CLOSED.replace(b"05-20", b"05-21")


def _text(name: str, text: bytes) -> None:
    def make(evil: Forger) -> None:
        evil.publish(evil.tracking(text))

    tracking.attack("A432", SAME_BYTES, name=f"tracking {name}")(make)


_text("the title", _LATER.replace("计划".encode(), "方案".encode(), 1))
_text("the text below the front matter", _LATER + b"\nand a promise\n")
_text("one blank", _LATER.replace(b"title: ", b"title:  "))
_text("a field of an entry that is not listed", _LATER.replace("催问".encode(), "不问".encode()))
_text("an entry more", CLOSED.replace(b"}]", b"}, {done: 2023-05-21}]"))
_text("a remark that an editor shows", _LATER.replace(b"type:", b"# approved by shen\ntype:"))


@tracking.attack("A432", without(SAME_BYTES, then="A433"), name="tracking an entry less")
def _(evil: Forger) -> None:
    evil.publish(evil.tracking(document("issue", actions="[]")))


@tracking.attack("A434", RIGHT)
def by_somebody_who_neither_wrote_nor_keeps_documents(evil: Forger) -> None:
    evil.publish(evil.tracking(_LATER, "han"))


@tracking.attack("A435", JUDGED_BY_OTHERS)
def an_author_who_verifies_their_own_text(evil: Forger) -> None:
    evil.publish(evil.tracking(_VERIFIED))


@tracking.attack("A431", PLACE)
def as_a_version_that_nobody_approved(evil: Forger) -> None:
    evil.publish(evil.tracking(_LATER).claim(Version="1.1"))


@tracking.attack("A436", NEWEST)
def over_what_somebody_changed_meanwhile(evil: Forger) -> None:
    """Made on the text as it was published, before the change that is in force."""
    first = sha256(document("issue", actions="[{text: 催问}]"))
    evil.publish(evil.tracking(_LATER).claim(Replaces=first))


@tracking.attack("A433", CHANGED)
def that_changes_nothing(evil: Forger) -> None:
    """An entry that anybody could point to as if they had checked something."""
    evil.publish(evil.tracking(CLOSED))


@tracking.attack("A309", NO_ROUND)
def while_a_new_version_is_in_review(evil: Forger) -> None:
    evil.library.commit({PATH: CLOSED + b"\nmore\n"})
    evil.library.append("submit", "lin", version="1.1")
    evil.publish(evil.tracking(_LATER))


@tracking.attack("A430", state="submitted")
def of_a_text_that_is_not_published(evil: Forger) -> None:
    text = document(summary="neu")
    content = evil.library.commit({PATH: text})
    entry = evil.approval("lin", final=False).claim(Action="track", Step="", Content=content, Digest=sha256(text))
    entry.tree = evil.tree({PATH: text}, entry.tree)
    evil.publish(entry.claim(Replaces=sha256(document())))


@tracking.attack("A219", TREE)
def with_another_text_in_the_library(evil: Forger) -> None:
    entry = evil.tracking(_LATER)
    entry.tree = evil.tree({PATH: CLOSED + b"\nmore\n"}, entry.tree)
    evil.publish(entry)


@tracking.attack("A211")
def in_the_name_of_somebody_else(evil: Forger) -> None:
    """A claim that nobody checks in entries of this kind."""
    entry = evil.tracking(_LATER, "han")
    entry.message = lambda text: f"{text}Prs-On-Behalf-Of: lin\n"
    evil.publish(entry)
