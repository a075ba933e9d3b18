"""An entry of the ledger: one decision, written as the message of one signed merge commit.

The message is a subject, an optional comment, and a last paragraph of trailers in fixed order, each once, ASCII
(docs/ledger-format.md). Git's own trailer rules are not used: they accept prose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from presales_repo.errors import PrsError
from presales_repo.model.text import control_character, hidden_character

FORMAT = "1"
GENESIS = "genesis"
DOCUMENT_ACTIONS = frozenset(
    ("submit", "countersign", "approve", "reject", "withdraw", "register", "reaffirm", "track"),
)
BRINGS_TEXT = frozenset(("submit", "register", "track"))
OPINIONS = ("agree", "disagree")
ADVANCE = "advance"
NO_LEDGER = "0" * 64

_LINE = re.compile(r"(Prs-[A-Z][A-Za-z0-9]*(?:-[A-Z0-9][A-Za-z0-9]*)*): ([!-~]+(?: [!-~]+)*)")
_SPOOF = re.compile(r"^\s*prs-[a-z]", re.IGNORECASE | re.MULTILINE)
# What an entry of each kind may say beside format, ledger, sequence, action, policy, signer and comment. Anything
# else would be a claim that nobody checks.
_ROUND = frozenset(("Document", "Path", "Version", "Content", "Digest", "Attachments"))
_POLICY = frozenset(("Version", "Content", "Digest"))
_CLAIMS = {
    GENESIS: frozenset[str](),
    "submit": _ROUND | {"Authors"},
    "register": _ROUND | {"Authors"},
    "countersign": _ROUND | {"Step", "Department", "Opinion"},
    "approve": _ROUND | {"Step", "On-Behalf-Of", "Minutes"},
    "reject": _ROUND | {"Step", "On-Behalf-Of"},
    "withdraw": _ROUND,
    "reaffirm": _ROUND,
    "track": _ROUND | {"Replaces"},
    "policy-propose": _POLICY,
    "policy-endorse": _POLICY,
    ADVANCE: frozenset(("Project", "Path", "From", "To", "Gates", "Waived", "Evidence", "Content", "Digest")),
}
_ALWAYS = frozenset(("Format", "Ledger", "Sequence", "Action", "Policy", "Signer"))
_SEQUENCE = re.compile("0|[1-9][0-9]{0,9}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_HEX40 = re.compile(r"[0-9a-f]{40}")
_RELEASE = re.compile(r"[A-Z]{2}[0-9]{9}@[0-9.]{3,9}")
_OPINION = re.compile("|".join(OPINIONS))
_FORMS = {
    "Ledger": _HEX64,
    "Policy": _HEX64,
    "Digest": _HEX64,
    "Content": _HEX40,
    "Replaces": _HEX64,
    "Opinion": _OPINION,
    "Minutes": _RELEASE,
    "Evidence": re.compile(rf"{_RELEASE.pattern}(?: {_RELEASE.pattern})*"),
}
_PATH_SAFE = "/-_.~"


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry claims. `ledger`: SHA-256 of the genesis commit object (zeros in genesis itself);
    `content`: the commit on main that holds the text; `digest`: SHA-256 of the document's bytes, or of the
    proposed policy; `policy`: SHA-256 of the policy in force before the entry; `authors`: who counts as an
    author of this round (submit and register); `attachments`: (SHA-256, path) of each attached file;
    `on_behalf`: for whom the signer decides (approve and reject), "" for themselves; `department` and `opinion` (agree,
    disagree): of a countersignature; `minutes`: the published minutes that an approval rests on, NUMBER@VERSION;
    `replaces`: SHA-256 of the text in whose place a tracked change puts another;
    `project`, `origin`, `to`: a project that goes from a state to another, through `gates` but for the `waived` ones,
    with `evidence` (NUMBER@VERSION, sorted)."""

    action: str
    ledger: str
    sequence: int
    signer: str
    policy: str
    document: str = ""
    path: str = ""
    version: str = ""
    step: str = ""
    authors: tuple[str, ...] = ()
    content: str = ""
    digest: str = ""
    attachments: tuple[tuple[str, str], ...] = ()
    comment: str = ""
    on_behalf: str = ""
    department: str = ""
    opinion: str = ""
    minutes: str = ""
    replaces: str = ""
    project: str = ""
    origin: str = ""
    to: str = ""
    gates: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


def subject_of(entry: Entry) -> str:
    """The first line that `git log --oneline` shows; derived from the trailers, so it cannot say otherwise."""
    words = [entry.action, entry.document, f"v{entry.version}" if entry.version else "", entry.step, entry.department]
    words += [entry.project, entry.to]
    return "prs: " + " ".join(word for word in words if word)


def format_message(entry: Entry) -> str:
    """The commit message of an entry.

    Raises PrsError A210 when the comment holds a line that looks like a trailer, S108 when it holds a character that
    a terminal would hide or obey.
    """
    comment = entry.comment.strip()
    if _SPOOF.search(comment):
        raise PrsError("A210")
    odd = control_character(comment) or hidden_character(comment)
    if odd:
        raise PrsError("S108", character=f"U+{ord(odd[0]):04X}")
    parts = [subject_of(entry), *([comment] if comment else []), "\n".join(f"{k}: {v}" for k, v in _trailers(entry))]
    return "\n\n".join(parts) + "\n"


def _trailers(entry: Entry) -> list[tuple[str, str]]:
    pairs = [
        ("Prs-Format", FORMAT),
        ("Prs-Ledger", entry.ledger),
        ("Prs-Sequence", str(entry.sequence)),
        ("Prs-Action", entry.action),
        ("Prs-Document", entry.document),
        ("Prs-Path", quote(entry.path, safe=_PATH_SAFE)),
        ("Prs-Version", entry.version),
        ("Prs-Step", entry.step),
        ("Prs-Department", entry.department),
        ("Prs-Opinion", entry.opinion),
        ("Prs-Minutes", entry.minutes),
        ("Prs-Project", entry.project),
        ("Prs-From", entry.origin),
        ("Prs-To", entry.to),
        ("Prs-Gates", " ".join(entry.gates)),
        ("Prs-Waived", " ".join(entry.waived)),
        ("Prs-Evidence", " ".join(entry.evidence)),
        ("Prs-Authors", " ".join(entry.authors)),
        ("Prs-Content", entry.content),
        ("Prs-Digest", entry.digest),
        ("Prs-Replaces", entry.replaces),
        ("Prs-Attachments", " ".join(f"{digest}:{quote(path, safe=_PATH_SAFE)}" for digest, path in entry.attachments)),
        ("Prs-Policy", entry.policy),
        ("Prs-Signer", entry.signer),
        ("Prs-On-Behalf-Of", entry.on_behalf),
    ]
    return [(key, value) for key, value in pairs if value]


def is_entry_message(message: str) -> bool:
    """Whether a commit message claims to be a ledger entry (it has a line that looks like our trailer)."""
    return _SPOOF.search(message) is not None


def parse_message(message: str) -> Entry:
    """The entry that a message claims. Raises PrsError A211 for anything not exactly as format_message writes it."""
    head, separator, last = message.rstrip("\n").rpartition("\n\n")
    if not separator:
        raise PrsError("A211", problem="no trailers")
    values: dict[str, str] = {}
    for line in last.split("\n"):
        match = _LINE.fullmatch(line)
        if match is None or match[1] in values:
            raise PrsError("A211", problem=f"trailer line {line[:60]!r}")
        values[match[1]] = match[2]
    _, _, comment = head.partition("\n\n")
    entry = _entry(values, comment)
    try:
        canonical = format_message(entry)
    except PrsError as error:
        problem = "a trailer outside the last paragraph" if error.code == "A210" else "hidden characters in the comment"
        raise PrsError("A211", problem=problem) from None
    if canonical != message:
        raise PrsError("A211", problem="not in canonical form")
    return entry


def _entry(values: dict[str, str], comment: str) -> Entry:
    if values.get("Prs-Format") != FORMAT:
        raise PrsError("A211", problem=f"format {values.get('Prs-Format')}")
    action, sequence = values.get("Prs-Action", ""), values.get("Prs-Sequence", "")
    if action not in _CLAIMS or not _SEQUENCE.fullmatch(sequence):
        raise PrsError("A211", problem=f"action {action!r}, sequence {sequence!r}")
    for key in values:
        if key.removeprefix("Prs-") not in _ALWAYS | _CLAIMS[action]:
            raise PrsError("A211", problem=f"{key} in an entry of kind {action}")
    for key, pattern in _FORMS.items():
        if f"Prs-{key}" in values and not pattern.fullmatch(values[f"Prs-{key}"]):
            raise PrsError("A211", problem=f"Prs-{key}")
    if action == "countersign" and "Prs-Opinion" not in values:
        raise PrsError("A211", problem="no Prs-Opinion")
    return Entry(
        action=action,
        ledger=values.get("Prs-Ledger", ""),
        sequence=int(sequence),
        signer=values.get("Prs-Signer", ""),
        policy=values.get("Prs-Policy", ""),
        document=values.get("Prs-Document", ""),
        path=_path(values.get("Prs-Path", "")),
        version=values.get("Prs-Version", ""),
        step=values.get("Prs-Step", ""),
        authors=tuple(values.get("Prs-Authors", "").split()),
        content=values.get("Prs-Content", ""),
        digest=values.get("Prs-Digest", ""),
        attachments=tuple(map(_attachment, values.get("Prs-Attachments", "").split())),
        comment=comment,
        on_behalf=values.get("Prs-On-Behalf-Of", ""),
        department=values.get("Prs-Department", ""),
        opinion=values.get("Prs-Opinion", ""),
        minutes=values.get("Prs-Minutes", ""),
        replaces=values.get("Prs-Replaces", ""),
        project=values.get("Prs-Project", ""),
        origin=values.get("Prs-From", ""),
        to=values.get("Prs-To", ""),
        gates=tuple(values.get("Prs-Gates", "").split()),
        waived=tuple(values.get("Prs-Waived", "").split()),
        evidence=tuple(values.get("Prs-Evidence", "").split()),
    )


def _path(quoted: str) -> str:
    try:
        return unquote(quoted, errors="strict")
    except UnicodeDecodeError:
        raise PrsError("A211", problem="Prs-Path") from None


def _attachment(word: str) -> tuple[str, str]:
    digest, _, path = word.partition(":")
    return digest, _path(path)
