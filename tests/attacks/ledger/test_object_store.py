"""Attacks on the objects themselves: missing, exchanged, or with a twin of the same SHA-1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from presales_repo.store.verifier import object_id as real_object_id
from tests.attacks.forge import Forger
from tests.attacks.ledger.attack import ACCEPTED, apply, elsewhere, prs, refusal, shown, verdict
from tests.attacks.ledger.conftest import Begin
from tests.attacks.mutate import Edit
from tests.unit.store.library import NUMBER, PATH, document, sha256

DIGEST = Edit("model.replay:_check_identity", "entry.digest != content.document.digest", "False")
READ_DIGEST = Edit("store.verifier:released_bytes", "hashlib.sha256(data).hexdigest() != release.digest", "False")

PARTS = {
    "genesis": ("approved~2", "A221"),
    "the submission": ("approved~1", "A221"),
    "the submitted commit": ("approved~1^2", "A221"),
    "its tree": ("approved~1^2^{tree}", "A221"),
    "its folder": ("approved~1^2:common/2-需求调研文档", "A221"),
    "the text": (f"approved:{PATH}", "A221"),
    "the first library": ("approved~2^{tree}", "A221"),
    "the published library": ("approved^{tree}", "A221"),
    "the published folder": ("approved:common", "A221"),
    "the policy": ("approved:policy", "A221"),
    "the list of people": ("approved:policy/people.yaml", "A221"),
    "the last entry": ("approved", "A221"),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_truncated_repository(begin: Begin, tmp_path: Path, part: str) -> None:
    name, code = PARTS[part]
    evil = begin.at("published")
    evil.object_file(evil.oid(name)).unlink()
    stranger = elsewhere(evil.library, tmp_path)
    assert verdict(evil.library, "--full") == code
    assert verdict(evil.library, environment=stranger) == code


def test_a_reader_that_takes_a_missing_object_for_an_empty_one(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = begin.at("published")
    evil.object_file(evil.oid(f"approved:{PATH}")).unlink()
    apply(
        monkeypatch,
        Edit(
            "store.verifier:ObjectReader.read",
            "if found is None or found.kind != kind or found.data is None:\n        raise PrsError",
            'if found is None:\n        return b"---\\nnumber: QD202305001\\n---\\n"\n    if False:\n        raise PrsError',
        ),
    )
    assert verdict(evil.library, "--full") == "A216"


@pytest.fixture
def twins(monkeypatch: pytest.MonkeyPatch) -> Callable[[Forger, str, bytes], None]:
    """Another text with the id of an honest one. Nobody can make such a pair for a git blob today; what it would be
    is an object store that shows the twin, and an id that fits."""

    def bring(evil: Forger, oid: str, twin: bytes) -> None:
        evil.replace_object(oid, "blob", twin)
        evil.library.git.close()

        def collided(kind: str, data: bytes) -> str:
            return oid if data == twin else real_object_id(kind, data)

        monkeypatch.setattr("presales_repo.store.verifier.object_id", collided)

    return bring


def test_a_twin_of_the_text(
    begin: Begin, tmp_path: Path, twins: Callable[[Forger, str, bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SHA-256 of the bytes is in what everybody signed."""
    evil = begin.at("published")
    twin = document(summary="evil")
    twins(evil, evil.oid(f"approved:{PATH}"), twin)
    assert verdict(evil.library, "--full") == "A216"
    assert verdict(evil.library, environment=elsewhere(evil.library, tmp_path)) == "A216"
    assert verdict(evil.library) == ACCEPTED, "nothing is new since the last time"
    for words in (("show", f"{NUMBER}@1.0"), ("export", NUMBER, "-o", str(tmp_path / "x.pdf"))):
        answer = prs(evil.folder, evil.library.environment, *words)
        assert (answer.code, answer.out, refusal(answer)) == (2, b"", "A216")
    answer = prs(evil.folder, evil.library.environment, "verify", NUMBER, "--json")
    assert (answer.code, [problem["code"] for problem in answer.json["problems"]]) == (1, ["A216"])
    with monkeypatch.context() as patch:
        apply(patch, READ_DIGEST)
        assert shown(evil) == twin
    apply(monkeypatch, DIGEST)
    assert verdict(evil.library, "--full") == ACCEPTED


@pytest.mark.parametrize("words", [("show", f"{NUMBER}@1.0"), ("verify", NUMBER, "--json")])
def test_a_text_that_was_exchanged_after_it_was_verified(begin: Begin, words: tuple[str, ...]) -> None:
    """Git does not look at ids when it reads."""
    evil = begin.at("published")
    evil.replace_object(evil.oid(f"approved:{PATH}"), "blob", document(summary="evil"))
    answer = prs(evil.folder, evil.library.environment, *words)
    assert answer.code != 0
    assert b"evil" not in answer.out
    assert "A221" in answer.err + answer.out.decode()


def test_a_twin_of_the_policy(
    begin: Begin, twins: Callable[[Forger, str, bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = begin.at("submitted")
    name = "approved:policy/approval.yaml"
    text = evil.git("cat-file", "blob", name)
    twins(evil, evil.oid(name), text.replace(b"{quorum: 2}", b"{quorum: 1}"))
    assert verdict(evil.library, "--full") == "A203"
    claimed = Edit("store.verifier:verify_genesis", "entry.policy != policy.digest", "False")
    position = Edit("model.replay:check_position", "entry.policy != head.policy.digest", "False")
    apply(monkeypatch, claimed)
    assert verdict(evil.library, "--full") == "A203"
    apply(monkeypatch, position)
    assert verdict(evil.library, "--full") == ACCEPTED


def test_a_twin_of_an_attachment(
    begin: Begin, twins: Callable[[Forger, str, bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = begin.at("founded")
    scan = f"attachments/{NUMBER}/scan.png"
    listed = f"[{{path: {scan}, sha256: {sha256(b'honest')}}}]"
    evil.library.commit({PATH: document(attachments=listed), scan: b"honest"})
    evil.library.append("submit", "lin")
    evil.library.append("approve", "shen")
    environment = evil.library.environment
    assert prs(evil.folder, environment, "verify", NUMBER, "--json").json["ok"]
    twins(evil, evil.oid(f"approved:{scan}"), b"forged")
    assert verdict(evil.library, "--full") == "A217"
    answer = prs(evil.folder, environment, "verify", NUMBER, "--json")
    assert (answer.code, [problem["code"] for problem in answer.json["problems"]]) == (1, ["A217"])
    apply(monkeypatch, Edit("store.verifier:load_content", "digest != item.sha256", "False"))
    assert verdict(evil.library, "--full") == "A217", "the entry names the digest too"
    apply(monkeypatch, Edit("model.replay:_check_identity", "entry.attachments != tuple(", "() and tuple("))
    assert verdict(evil.library, "--full") == "A307", "and so does every approval"
