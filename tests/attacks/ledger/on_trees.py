"""Attacks on what an entry publishes: evil merges, links and submodules, and names that systems mistake."""

from __future__ import annotations

import unicodedata

from presales_repo.model.policy import PEOPLE
from tests.attacks.forge import MAIN, Files, Forger, percent
from tests.attacks.ledger.attack import Catalogue, Without, without
from tests.attacks.mutate import Edit, Swap
from tests.unit.store.library import NUMBER, PATH, document, sha256

trees = Catalogue("submitted")

TREE = Edit("store.verifier:verify_entry", "tree != commit.tree", "False")
PLAIN_FILE = Edit("store.verifier:ObjectReader.file", "found[0] != FILE_MODE", "False")
PLAIN_PATH = Edit("model.replay:_check_identity", "not is_plain_path(entry.path)", "False")
PLAIN_ATTACHMENT = Edit(
    "model.replay:_check_identity", "not path.startswith(folder) or not is_plain_path(path)", "False"
)
SAME_NUMBER = Edit("model.replay:_check_identity", "len(numbers) > 1 or parse_number(entry.document) is None", "False")
NUMBER_FORM = Edit("model.replay:_check_identity", " or parse_number(entry.document) is None", "")
COLLIDING = Edit("model.replay:_check_identity", "if twins:", "if False:")


# -- evil merges: an approval that is right in every word, over another tree


def _merge(name: str, files: Files, *rows: Without) -> None:
    def make(evil: Forger) -> None:
        entry = evil.approval()
        entry.tree = evil.tree(files, entry.tree)
        evil.publish(entry)

    trees.attack("A219", *(rows or (TREE,)), name=f"evil merge: {name}")(make)


_merge("an extra file", {"common/2-需求调研文档/说明.md": b"x"})
_merge("another document", {PATH.replace(NUMBER, "QD202305002"): document(number="QD202305002")})
_merge("another text than the one signed", {PATH: document(summary="exchanged")})
_merge("a symbolic link in the place of the document", {PATH: ("120000", b"/etc/passwd")})
_merge("a submodule in the place of the document", {PATH: ("160000", b"a" * 40)})
_merge("a program", {PATH: ("100755", document())})
_merge("the document renamed", {PATH: None, PATH.replace("计划", "方案"): document()})
_merge("nothing published", {PATH: None})
_merge("a changed policy", {PEOPLE: b"people: []\n"})
_merge("a document type more", {"policy/types/XX.yaml": b"types: []\n"})
_merge("attributes that filter what is checked out", {".gitattributes": b"* filter=evil\n"})
_merge("a twin whose name differs in case", {PATH.replace("QD", "qd"): document()})
_merge("a twin in another Unicode form", {"common/2-需求调研文档/Re\u0301sume\u0301.md": b"x"})


@trees.attack("A219", TREE, state="published")
def a_withdrawal_that_deletes_what_is_published(evil: Forger) -> None:
    """A second round is opened and given up; its entry takes the published text along."""
    evil.library.commit({PATH: document(summary="neu")})
    evil.library.append("submit", "lin", version="1.1")
    entry = evil.approval("lin", step="", final=False).claim(Action="withdraw", Step="")
    entry.tree = evil.tree({PATH: None}, entry.tree)
    evil.publish(entry)


@trees.attack("A219", TREE)
def a_folder_listed_twice(evil: Forger) -> None:
    """Git shows the first `policy`, a careless reader takes the last."""
    entry = evil.approval()
    raw = evil.git("cat-file", "tree", entry.tree)
    other = evil.store("blob", b"evil")
    entry.tree = evil.store("tree", raw + b"100644 policy\0" + bytes.fromhex(other))
    evil.publish(entry)


# -- submissions: what main holds at the path


def _submission(code: str, name: str, files: Files, *rows: Without | Edit | Swap, path: str = PATH) -> None:
    def make(evil: Forger) -> None:
        evil.library.commit(files)
        evil.publish(evil.submission(path=path))

    trees.attack(code, *rows, name=name, state="founded")(make)


_submission("A218", "a symbolic link as a document", {PATH: ("120000", document())}, PLAIN_FILE)
_submission("A218", "a program as a document", {PATH: ("100755", document())}, PLAIN_FILE)


@trees.attack("A218", without(PLAIN_FILE, then="A221"), state="founded")
def a_submodule_as_a_document(evil: Forger) -> None:
    digest = sha256(document())
    honest = evil.submission()
    content = evil.library.commit({PATH: ("160000", evil.oid(MAIN).encode())})
    evil.publish(honest.claim(Content=content, Digest=digest))


_FOLDER = "common/2-需求调研文档"
_NAMES = {
    "another Unicode form": f"{_FOLDER}/{NUMBER}-{unicodedata.normalize('NFD', 'Résumé')}.md",
    "a folder in another Unicode form": f"common/{unicodedata.normalize('NFD', '2-Résumés')}/{NUMBER}-计划.md",
    "an invisible character": f"{_FOLDER}/{NUMBER}-计\u200b划.md",
    "text that runs backwards": f"{_FOLDER}/{NUMBER}-计划\u202edm.md",
    "a name that Windows cannot hold": f"{_FOLDER}/{NUMBER}-计划?.md",
    "a backslash": f"{_FOLDER}/{NUMBER}-计划\\x.md",
    "a folder that ends in a dot": f"common/2-需求调研文档./{NUMBER}-计划.md",
    "a line end": f"{_FOLDER}/{NUMBER}-计\n划.md",
}
for _name, _path in _NAMES.items():
    _submission("A224", f"a path with {_name}", {_path: document()}, PLAIN_PATH, path=_path)

_STRANGE = {
    "a room in another case": f"Common/2-需求调研文档/{NUMBER}-计划.md",
    "a room of full-width letters": f"ｃommon/2-需求调研文档/{NUMBER}-计划.md",
    "a place in no room": f"{NUMBER}-计划.md",
    "the number in another case": f"{_FOLDER}/qd202305001-计划.md",
    "a Cyrillic letter in the number": f"{_FOLDER}/{NUMBER.replace('D', 'Ԁ')}-计划.md",
}
for _name, _path in _STRANGE.items():
    _submission("A215", f"a path with {_name}", {_path: document()}, SAME_NUMBER, path=_path)


@trees.attack("A215", NUMBER_FORM, state="founded")
def a_number_in_another_case(evil: Forger) -> None:
    """qd202305001 beside QD202305001 would be two documents in one file."""
    number, path = NUMBER.lower(), PATH.replace(NUMBER, NUMBER.lower())
    evil.library.commit({path: document(number=number)})
    evil.publish(evil.submission(path=path, number=number))


def _attachments(code: str, name: str, files: dict[str, bytes], *rows: Without | Edit) -> None:
    items = ", ".join(f'{{path: "{path}", sha256: {sha256(data)}}}' for path, data in files.items())
    claims = " ".join(f"{sha256(data)}:{percent(path)}" for path, data in files.items())

    def make(evil: Forger) -> None:
        evil.library.commit({PATH: document(attachments=f"[{items}]"), **files})
        evil.publish(evil.submission().claim(Attachments=claims))

    trees.attack(code, *rows, name=name, state="founded")(make)


_IN = f"attachments/{NUMBER}"
_attachments("A224", "the policy as an attachment", {PEOPLE: b"people: []\n"}, PLAIN_ATTACHMENT)
_attachments("A224", "an attachment of another document", {"attachments/QD202305002/a.png": b"x"}, PLAIN_ATTACHMENT)
_attachments("A224", "an attachment in another Unicode form", {f"{_IN}/e\u0301.png": b"x"}, PLAIN_ATTACHMENT)
_attachments("A229", "attachments that differ in case", {f"{_IN}/a.png": b"x", f"{_IN}/A.png": b"y"}, COLLIDING)
_attachments(
    "A229", "attachment folders that differ in case", {f"{_IN}/x/a.png": b"x", f"{_IN}/X/b.png": b"y"}, COLLIDING
)
