"""Attacks with honest signatures in the wrong place: replayed, or moved to another text, document, path, repository."""

from __future__ import annotations

from tests.attacks.forge import Forger, percent, signed
from tests.attacks.ledger.attack import Catalogue, without
from tests.attacks.mutate import Edit
from tests.unit.store.library import NUMBER, PATH, document, sha256

transplants = Catalogue("submitted")

OTHER = "QD202305002"
OTHER_PATH = PATH.replace(NUMBER, OTHER)
MATHEMATICS = Edit("model.sshverify:verify", "not _fits(signature, fields, data)", "False")
SEQUENCE = Edit("model.replay:check_position", "entry.sequence != head.sequence + 1", "False")
LEDGER = Edit("model.replay:check_position", "entry.ledger != head.ledger", "False")
POLICY = Edit("model.replay:check_position", "entry.policy != head.policy.digest", "False")
SAME_ROUND = Edit("model.replay:_opened", "claimed != (", "claimed is None and claimed != (")
TREE = Edit("store.verifier:verify_entry", "tree != commit.tree", "False")
NUMBERS = Edit("model.replay:_check_identity", "len(numbers) > 1 or", "")
DIGEST = Edit("model.replay:_check_identity", "entry.digest != content.document.digest", "False")


@transplants.attack("A307", without(SAME_ROUND, TREE), without(SAME_ROUND, then="A219"))
def replayed_onto_changed_content(evil: Forger) -> None:
    """The text was changed after it was submitted; shen's approval is made to name the new one."""
    text = document(summary="twice the price")
    content = evil.library.commit({PATH: text})
    entry = evil.approval().claim(Content=content, Digest=sha256(text))
    entry.tree = evil.tree({PATH: text}, entry.tree)
    evil.publish(entry)


@transplants.attack("A307", SAME_ROUND)
def the_old_digest_with_a_new_text(evil: Forger) -> None:
    evil.publish(evil.approval().claim(Content=evil.library.commit({PATH: document(summary="x")})))


@transplants.attack("A216", DIGEST, state="founded")
def a_submission_that_names_another_digest(evil: Forger) -> None:
    """The approvers' signatures would stand under the digest of a text that nobody has."""
    evil.publish(evil.submission().claim(Digest=sha256(b"another")))


@transplants.attack("A202", without(SEQUENCE, then="A308"))
def the_same_approval_twice(evil: Forger) -> None:
    entry = evil.approval()
    entry.parents[0] = evil.publish(entry)
    entry.claim(Content=entry.claims["Content"])
    evil.publish(entry)


@transplants.attack("A137", without(MATHEMATICS, SEQUENCE), without(MATHEMATICS, then="A202"))
def replayed_for_a_later_round(evil: Forger) -> None:
    """Shen approved; lin had withdrawn the text meanwhile, and submits it again."""
    before, raw = evil.entries()[-1], evil.raw(evil.write(evil.approval()))
    evil.library.append("withdraw", "lin")
    evil.library.append("submit", "lin")
    evil.publish(evil.moved(raw, [(f"parent {before}", f"parent {evil.entries()[-1]}")]))


@transplants.attack("A137", MATHEMATICS)
def transplanted_to_another_document(evil: Forger) -> None:
    """Shen's signature under one plan is put under another that waits too."""
    text = document(number=OTHER)
    evil.library.commit({OTHER_PATH: text})
    evil.library.append("submit", "lin", OTHER, path=OTHER_PATH)
    shen = evil.approval()
    wanted = evil.approval(number=OTHER)
    raw = evil.raw(evil.write(shen))
    words = [(percent(PATH), percent(OTHER_PATH)), (NUMBER, OTHER), (shen.tree, wanted.tree)]
    words += [(shen.claims[name], wanted.claims[name]) for name in ("Content", "Digest")]
    evil.publish(evil.moved(raw, words))


@transplants.attack("A215", NUMBERS, state="founded")
def a_document_under_the_number_of_another(evil: Forger) -> None:
    """The file says QD202305001, the entry QD202305002, and its path too."""
    evil.library.commit({OTHER_PATH: document()})
    evil.publish(evil.submission(path=OTHER_PATH, number=OTHER))


@transplants.attack("A307", without(SAME_ROUND, TREE), without(SAME_ROUND, then="A219"))
def transplanted_to_another_path(evil: Forger) -> None:
    """The approved text is published where another document is looked for."""
    moved = PATH.replace("计划", "报价")
    content = evil.library.commit({PATH: None, moved: document()})
    entry = evil.approval().claim(Path=percent(moved), Content=content)
    entry.tree = evil.tree({PATH: None, moved: document()}, entry.tree)
    evil.publish(entry)


def _of_another_repository(evil: Forger) -> tuple[bytes, list[tuple[str, str]]]:
    """An honest approval of the same text by the same people elsewhere, and what to exchange in it to fit in here.

    Elsewhere: a ledger that began a second later."""
    there = Forger(evil.library.copy(evil.folder.parent / "there"))
    entries = there.entries()
    genesis = there.raw(entries[0])
    head, _, body = genesis.partition(b"\n\n")
    unsigned = b"\n".join(line for line in head.split(b"\n") if not line.startswith((b"gpgsig", b" ")))
    later = (unsigned + b"\n\n" + body).replace(b"1690000000", b"1690000001")
    there.publish(signed(later, there.sign(later, "cheng")))
    there.publish(there.submission())
    entry = there.approval()
    raw = there.raw(there.write(entry))
    here = evil.approval()
    words = [(f"parent {entry.parents[0]}", f"parent {here.parents[0]}")]
    return raw, words


@transplants.attack("A137", without(MATHEMATICS, LEDGER), without(MATHEMATICS, then="A201"))
def transplanted_from_another_repository(evil: Forger) -> None:
    raw, words = _of_another_repository(evil)
    evil.publish(evil.moved(raw, words))


@transplants.attack("A201", LEDGER)
def an_entry_for_another_repository(evil: Forger) -> None:
    """Shen was shown another repository's identity, and signed over this one's last entry."""
    evil.publish(evil.approval().claim(Ledger="9" * 64))


@transplants.attack("A203", POLICY)
def an_entry_under_another_policy(evil: Forger) -> None:
    evil.publish(evil.approval().claim(Policy="9" * 64))
