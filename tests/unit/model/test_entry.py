"""Messages of ledger entries: one spelling each. What is written is read back; everything else is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presales_repo.errors import PrsError
from presales_repo.model.commit import Ident, build_commit
from presales_repo.model.entry import (
    GENESIS,
    NO_LEDGER,
    Entry,
    format_message,
    is_entry_message,
    parse_message,
    subject_of,
)
from presales_repo.model.text import control_character, hidden_character

WORDS = st.text("abz.-_019", min_size=1, max_size=8)
HEX64 = st.text("0123456789abcdef", min_size=64, max_size=64)
HEX40 = st.text("0123456789abcdef", min_size=40, max_size=40)
PATHS = st.text("甲ab/ %:\\é~\n", min_size=1, max_size=12)
COMMENTS = (
    (
        st.text("同意 a-b:\nPrs", max_size=30)
        | st.text(st.characters(codec="utf-8"), max_size=20).filter(
            lambda text: not (control_character(text) or hidden_character(text))
        )
    )
    .map(str.strip)
    .filter(lambda text: not is_entry_message(text) and "\r" not in text)
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """An entry of any kind with the claims of its kind."""
    action = draw(
        st.sampled_from(
            [
                *(GENESIS, "submit", "register", "countersign", "approve", "reject", "withdraw"),
                *("policy-propose", "policy-endorse"),
            ]
        )
    )
    common = Entry(action, draw(HEX64), draw(st.integers(0, 10**9)), draw(WORDS), draw(HEX64), comment=draw(COMMENTS))
    if action == GENESIS:
        return common
    entry = replace(
        common, version=draw(st.sampled_from(["1.0", "2", "10.3"])), content=draw(HEX40), digest=draw(HEX64)
    )
    if action.startswith("policy"):
        return entry
    attachments = tuple(draw(st.lists(st.tuples(HEX64, PATHS), max_size=2)))
    entry = replace(entry, document="QD202305001", path=draw(PATHS), attachments=attachments)
    if action in ("submit", "register"):
        return replace(entry, authors=tuple(draw(st.lists(WORDS, min_size=1, max_size=3))))
    if action == "countersign":
        opinion = draw(st.sampled_from(["agree", "disagree"]))
        return replace(entry, step=draw(WORDS), department=draw(WORDS), opinion=opinion)
    if action in ("approve", "reject"):
        entry = replace(entry, step=draw(WORDS), on_behalf=draw(st.just("") | WORDS))
    if action == "approve":
        entry = replace(entry, minutes=draw(st.sampled_from(["", "GT202305001@1.0"])))
    return entry


APPROVE = Entry(
    "approve",
    "1" * 64,
    7,
    "gao",
    "2" * 64,
    "QD202305001",
    "common/6-其他/QD202305001-a.md",
    "1.0",
    "first",
    (),
    "a" * 40,
    "3" * 64,
    (("4" * 64, "attachments/QD202305001/图 1.png"),),
    "同意发布\n\n依据会议纪要",
)


def refused(message: str) -> PrsError:
    with pytest.raises(PrsError) as caught:
        parse_message(message)
    return caught.value


@settings(max_examples=200, deadline=None)
@given(entries())
def test_what_is_written_is_read_back(entry: Entry) -> None:
    message = format_message(entry)
    assert parse_message(message) == entry
    assert is_entry_message(message)
    trailers = message.removesuffix("\n").rpartition("\n\n")[2]
    assert trailers.isascii()
    assert all(line.startswith("Prs-") for line in trailers.split("\n"))


@settings(max_examples=300, deadline=None)
@given(entries(), st.data())
def test_a_changed_message_is_refused_or_means_something_else(entry: Entry, data: st.DataObject) -> None:
    message = format_message(entry)
    start = data.draw(st.integers(0, len(message)))
    end = data.draw(st.integers(start, min(len(message), start + 40)))
    changed = message[:start] + data.draw(st.text("Prs-a0: \n\r\t甲%", max_size=4)) + message[end:]
    try:
        found = parse_message(changed)
    except PrsError as error:
        assert error.code == "A211"
    else:
        assert changed == message or found != entry
        assert format_message(found) == changed


@settings(max_examples=200, deadline=None)
@given(entries(), st.data())
def test_no_order_of_lines_but_one_is_read(entry: Entry, data: st.DataObject) -> None:
    lines = format_message(entry).split("\n")
    shuffled = data.draw(st.permutations(lines))
    if shuffled != lines:
        try:
            assert parse_message("\n".join(shuffled)) != entry
        except PrsError as error:
            assert error.code == "A211"


@given(st.text(max_size=60))
def test_no_ordinary_message_is_an_entry(message: str) -> None:
    assert refused(message).code == "A211"


def test_the_example_reads_as_documented() -> None:
    assert format_message(APPROVE) == (
        "prs: approve QD202305001 v1.0 first\n\n同意发布\n\n依据会议纪要\n\n"
        f"Prs-Format: 1\nPrs-Ledger: {'1' * 64}\nPrs-Sequence: 7\nPrs-Action: approve\nPrs-Document: QD202305001\n"
        "Prs-Path: common/6-%E5%85%B6%E4%BB%96/QD202305001-a.md\nPrs-Version: 1.0\nPrs-Step: first\n"
        f"Prs-Content: {'a' * 40}\nPrs-Digest: {'3' * 64}\n"
        f"Prs-Attachments: {'4' * 64}:attachments/QD202305001/%E5%9B%BE%201.png\n"
        f"Prs-Policy: {'2' * 64}\nPrs-Signer: gao\n"
    )
    assert subject_of(Entry(GENESIS, NO_LEDGER, 0, "gao", "2" * 64)) == "prs: genesis"


MESSAGE = format_message(APPROVE)
COUNTERSIGN = format_message(replace(APPROVE, action="countersign", department="quality", opinion="agree"))


def test_a_countersignature_and_an_approval_by_minutes_are_read() -> None:
    assert "prs: countersign QD202305001 v1.0 first quality\n" in COUNTERSIGN
    assert "\nPrs-Step: first\nPrs-Department: quality\nPrs-Opinion: agree\nPrs-Content: " in COUNTERSIGN
    assert (parse_message(COUNTERSIGN).department, parse_message(COUNTERSIGN).opinion) == ("quality", "agree")
    rested = format_message(replace(APPROVE, minutes="GT202305001@1.0"))
    assert "\nPrs-Step: first\nPrs-Minutes: GT202305001@1.0\nPrs-Content: " in rested
    assert parse_message(rested).minutes == "GT202305001@1.0"


@pytest.mark.parametrize(
    "changed",
    [
        MESSAGE.replace("\n\nPrs-Format", "\nPrs-Format"),
        MESSAGE + "\n",
        MESSAGE.rstrip("\n"),
        MESSAGE.replace("prs: approve", "prs: reject"),
        MESSAGE.replace("prs: approve QD202305001 v1.0 first", "prs: approve QD202305001 v1.0 final"),
        MESSAGE.replace("Prs-Action: approve\n", "Prs-Action: approve\nPrs-Action: approve\n"),
        MESSAGE.replace("Prs-Signer: gao", "Prs-Signer: gao\n Prs-Signer: shen"),
        MESSAGE.replace("Prs-Signer: gao", "prs-signer: gao"),
        MESSAGE.replace("Prs-Signer: gao", "Prs-Signer:  gao"),
        MESSAGE.replace("Prs-Signer: gao", "Prs-Signer: gao "),
        MESSAGE.replace("Prs-Signer: gao", "Prs-Signer: 高"),
        MESSAGE.replace("Prs-Signer: gao\n", "Prs-Signer: gao\nPrs-Else: x\n"),
        MESSAGE.replace("Prs-Signer: gao\n", "Prs-Signer: gao\nSigned-off-by: gao\n"),
        MESSAGE.replace("Prs-Signer: gao\n", "Prs-On-Behalf-Of: shen\nPrs-Signer: gao\n"),
        MESSAGE.replace("Prs-Signer: gao\n", "Prs-Signer: gao\nPrs-On-Behalf-Of: shen\nPrs-On-Behalf-Of: han\n"),
        MESSAGE.replace("Prs-Signer: gao\n", "Prs-Authors: lin\nPrs-Signer: gao\n"),
        MESSAGE.replace("Prs-Format: 1", "Prs-Format: 2"),
        MESSAGE.replace("Prs-Sequence: 7", "Prs-Sequence: 07"),
        MESSAGE.replace("Prs-Sequence: 7", "Prs-Sequence: -7"),
        MESSAGE.replace("Prs-Sequence: 7", "Prs-Sequence: 99999999999"),
        MESSAGE.replace("Prs-Action: approve", "Prs-Action: publish"),
        MESSAGE.replace("Prs-Step: first\n", "Prs-Step: first\nPrs-Minutes: GT202305001\n"),
        MESSAGE.replace("Prs-Step: first\n", "Prs-Step: first\nPrs-Minutes: the meeting\n"),
        MESSAGE.replace("Prs-Step: first\n", "Prs-Minutes: GT202305001@1.0\nPrs-Step: first\n"),
        MESSAGE.replace("Prs-Step: first\n", "Prs-Step: first\nPrs-Opinion: agree\n"),
        COUNTERSIGN.replace("Prs-Opinion: agree\n", ""),
        COUNTERSIGN.replace("Prs-Opinion: agree", "Prs-Opinion: Agree"),
        COUNTERSIGN.replace("Prs-Opinion: agree", "Prs-Opinion: abstain"),
        COUNTERSIGN.replace("first quality", "first marketing"),
        COUNTERSIGN.replace("Prs-Opinion: agree", "Prs-Opinion: agree\nPrs-Minutes: GT202305001@1.0"),
        MESSAGE.replace("a" * 40, "A" * 40),
        MESSAGE.replace("a" * 40, "a" * 39),
        MESSAGE.replace("3" * 64, "3" * 65),
        MESSAGE.replace("%E5%9B%BE", "%e5%9b%be"),
        MESSAGE.replace("%E5%9B%BE", "%FF"),
        MESSAGE.replace("QD202305001-a.md", "QD202305001%2Da.md"),
        MESSAGE.replace("依据会议纪要", "依据会议纪要\nPrs-Step: final"),
        MESSAGE.replace("依据会议纪要", "依据会议纪要\n\t prs-STEP: final"),
        MESSAGE.replace("同意发布", " 同意发布"),
        MESSAGE.replace("同意发布", "\x1b[2J同意发布"),
        MESSAGE.replace("同意发布", "\u202e同意发布"),
        MESSAGE.replace("同意发布", "\u200bPrs-Step: final"),
    ],
)
def test_every_other_spelling_is_refused(changed: str) -> None:
    assert changed not in (MESSAGE, COUNTERSIGN)
    assert refused(changed).code == "A211"


@pytest.mark.parametrize(
    "field", ["document", "path", "version", "step", "authors", "content", "digest", "attachments"]
)
def test_an_entry_makes_no_claim_that_its_kind_does_not_have(field: str) -> None:
    values = {"authors": ("gao",), "content": "b" * 40, "digest": "5" * 64, "attachments": (("4" * 64, "a"),)}
    entry = Entry(GENESIS, NO_LEDGER, 0, "gao", "2" * 64, **{field: values.get(field, "x")})  # type: ignore[arg-type]
    error = refused(format_message(entry))
    assert error.args_ == {"problem": f"Prs-{field.title()} in an entry of kind genesis"}


@pytest.mark.parametrize("action", ["submit", "register", "withdraw", "policy-propose", "policy-endorse", GENESIS])
def test_only_a_decision_is_made_for_somebody_else(action: str) -> None:
    entry = Entry(action, "1" * 64, 0, "gao", "2" * 64, on_behalf="shen")
    error = refused(format_message(entry))
    assert error.args_ == {"problem": f"Prs-On-Behalf-Of in an entry of kind {action}"}


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("Prs-Step: final", "A210"),
        ("gut\n  PRS-anything", "A210"),
        ("a\x1b[1mb", "S108"),
        ("a\u202eb", "S108"),
        ("a\u2028b", "S108"),
    ],
)
def test_a_comment_that_could_deceive_a_reader_is_not_written(comment: str, code: str) -> None:
    with pytest.raises(PrsError) as caught:
        format_message(replace(APPROVE, comment=comment))
    assert caught.value.code == code


def test_a_comment_may_say_almost_anything() -> None:
    for comment in ("Prs 没有冒号", "see Prs-Step: in the docs", "a\n\n\nb", "- 列表\n- 二", "prs-"):
        entry = replace(APPROVE, comment=comment)
        assert parse_message(format_message(entry)).comment == comment


def test_a_message_survives_being_written_as_a_commit() -> None:
    ident = Ident("高敬之", "gao@q.example", 1_690_000_000, "+0800")
    raw = build_commit("4b825dc642cb6eb9a060e54bf8d69288fbee4904", ["a" * 40, "b" * 40], ident, ident, MESSAGE)
    assert parse_message(raw.decode().partition("\n\n")[2]) == APPROVE
