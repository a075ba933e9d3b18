"""Attacks on the commit object of an entry and on its signature: each an honest approval with one thing bent."""

from __future__ import annotations

import textwrap

from tests.attacks.forge import Forger, signed
from tests.attacks.ledger.attack import Catalogue, without
from tests.attacks.mutate import Edit, Swap

objects = Catalogue("submitted")

ANY_PARENTS = Edit("model.commit:parse_commit", "if len(commit.parents) not in (0, 2):", "if False:")
ORDERED_PARENTS = Edit(
    "store.verifier:verify_entry",
    "len(commit.parents) != 2 or commit.parents[0] != head.tip or commit.parents[1] != entry.content",
    "not {head.tip, entry.content} <= set(commit.parents)",
)
TWICE = Edit("model.commit:_check_order", "names.count(name) > 1", "False")
ORDER = Edit("model.commit:_check_order", "after < before", "False")
ANY_HEADER = Edit("model.commit:parse_commit", 'raise PrsError("A114", header=header.name)', "pass")
ARMOUR = Edit("model.sshsig:parse_signature", "armour(blob) != text", "False")
NAMESPACE = Edit("model.sshverify:verify", "signature.namespace != namespace", "False")
OWN_NAMESPACE = Edit(
    "model.sshverify:verify", "signed_data(message, namespace,", "signed_data(message, signature.namespace,"
)
MATHEMATICS = Edit("model.sshverify:verify", "not _fits(signature, fields, data)", "False")
UNSIGNED = Edit(
    "store.attest:attest",
    'raise PrsError("A205")',
    "from presales_repo.model.sshkey import parse_public_key\n"
    "        nobody = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f'\n"
    "        return Attested(oid, raw, commit, entry, parse_public_key(nobody))",
)
UNASKED = Edit(
    "store.verifier:_check_signer",
    "if person is None:",
    "if not found.commit.signature:\n        return\n    if not person:",
)
ANYBODY = Edit(
    "store.verifier:_check_signer",
    "person = owner_of(policy, key, entry.sequence)",
    "person = owner_of(policy, key, entry.sequence) or policy.people[entry.signer]",
)
SIGNER = Edit("store.verifier:_check_signer", "person.id != entry.signer", "False")
SHOWN = Edit("store.verifier:_check_signer", "(ident.name, ident.email) != (person.name, person.email)", "False")


def _by_subject(repository, *revisions):  # type: ignore[no-untyped-def]
    """A walk that takes whatever looks like an entry, as a reader of `git log --grep` would."""
    words = ("rev-list", "--reverse", "--topo-order", "--grep=^prs: ", *revisions)
    return repository.git.run(*words, ok=(0, 128)).stdout.decode().split()


@objects.attack("A120", without(ANY_PARENTS, ORDERED_PARENTS), without(ANY_PARENTS, then="A223"))
def octopus(evil: Forger) -> None:
    entry = evil.approval()
    entry.parents.append(evil.library.commit({"x.md": b"x"}))
    evil.publish(entry)


@objects.attack(
    "A231", without(Swap("store.ledger:_first_parents", _by_subject), ORDERED_PARENTS),
    without(Swap("store.ledger:_first_parents", _by_subject), then="A223"), fresh="A211",
)  # fmt: skip
def swapped_parents(evil: Forger) -> None:
    """The first-parent chain leads to main: git log --first-parent shows no decision at all."""
    entry = evil.approval()
    entry.parents.reverse()
    evil.publish(entry)


@objects.attack("A116", without(TWICE, ORDER), without(TWICE, then="A117"))
def two_trees(evil: Forger) -> None:
    """Git shows the first tree, a careless reader takes the last."""
    entry = evil.approval()
    shown = evil.tree({"common/x.md": b"evil"}, entry.tree)
    entry.headers = lambda lines: [f"tree {shown}", *lines[1:3], lines[0], *lines[3:]]
    evil.publish(entry)


@objects.attack("A120", without(ANY_PARENTS, ORDERED_PARENTS))
def a_parent_twice(evil: Forger) -> None:
    entry = evil.approval()
    entry.headers = lambda lines: [*lines[:2], lines[1], *lines[2:]]
    evil.publish(entry)


@objects.attack("A116", TWICE)
def two_signatures(evil: Forger) -> None:
    """A second signature, of somebody else, for the eyes of those who look at the first."""
    entry = evil.approval()
    payload = entry.payload()
    first = evil.sign(payload, "cheng").rstrip("\n").replace("\n", "\n ")
    raw = signed(payload, evil.sign(payload, "shen"))
    evil.publish(raw.replace(b"\ngpgsig ", f"\ngpgsig {first}\ngpgsig ".encode(), 1))


@objects.attack("A116", TWICE)
def two_committers(evil: Forger) -> None:
    entry = evil.approval()
    entry.headers = lambda lines: [*lines[:-1], f"committer {evil.ident('cheng')}", lines[-1]]
    evil.publish(entry)


@objects.attack("A114", ANY_HEADER)
def a_header_that_nobody_checks(evil: Forger) -> None:
    entry = evil.approval()
    entry.headers = lambda lines: [*lines, "approved-by 程伯远"]
    evil.publish(entry)


@objects.attack("A114", ANY_HEADER)
def a_signature_of_another_object_format(evil: Forger) -> None:
    """Git leaves such a header out of what is signed, so anybody could add one later."""
    raw = evil.raw(evil.publish(evil.approval()))
    evil.publish(raw.replace(b"\ngpgsig ", b"\ngpgsig-sha256 anything\ngpgsig ", 1))


@objects.attack("A131", ARMOUR)
def reflowed_armour(evil: Forger) -> None:
    """The same signature in other lines: the same decision under a second id."""
    entry = evil.approval()

    def reflow(text: str) -> str:
        begin, *lines, end = text.rstrip("\n").split("\n")
        return "\n".join([begin, *textwrap.wrap("".join(lines), 64), end])

    entry.armour = reflow
    evil.publish(entry)


@objects.attack("A136", without(NAMESPACE, OWN_NAMESPACE), without(NAMESPACE, then="A137"))
def a_signature_for_files(evil: Forger) -> None:
    """Shen was made to sign a file, which was this entry."""
    entry = evil.approval()
    entry.namespace = "file"
    evil.publish(entry)


@objects.attack("A137", MATHEMATICS)
def words_changed_after_signing(evil: Forger) -> None:
    raw = evil.raw(evil.publish(evil.approval()))
    evil.publish(evil.moved(raw, [("意见", "同意")]))


@objects.attack("A137", MATHEMATICS)
def the_date_changed_after_signing(evil: Forger) -> None:
    raw = evil.raw(evil.publish(evil.approval()))
    evil.publish(evil.moved(raw, [("1690000000", "1580000000")]))


@objects.attack("A205", without(UNSIGNED, UNASKED))
def no_signature(evil: Forger) -> None:
    entry = evil.approval()
    entry.key = ""
    evil.publish(entry)


@objects.attack("A301", ANYBODY)
def the_key_of_a_stranger(evil: Forger) -> None:
    evil.publish(evil.approval(key="stranger"))


@objects.attack("A206", without(SIGNER, SHOWN), without(SIGNER, then="A207"))
def the_key_of_a_colleague(evil: Forger) -> None:
    """Lin signs with a key of his own that it was shen."""
    evil.publish(evil.approval(key="lin"))


@objects.attack("A207", SHOWN)
def the_name_of_a_colleague(evil: Forger) -> None:
    """Shen signs, git log shows cheng."""
    entry = evil.approval()
    entry.author = evil.ident("cheng")
    evil.publish(entry)


@objects.attack("A211")
def an_ordinary_commit(evil: Forger) -> None:
    """`git commit-tree -S` on the ledger, without any trailer."""
    entry = evil.approval()
    entry.message = lambda text: "Merge branch 'main'\n"
    evil.publish(entry)
