"""Raw Git commit objects: read strictly, written exactly, their signature taken out and put in.

The bytes are parsed here, never by Git's own lenient readers, because a ledger entry may have only one meaning.
Format: Git's gitformat-signature and the checks of `git fsck`; `algorithm` is the repository's object format.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from presales_repo.errors import PrsError

_OBJECT_NAME = {"sha1": re.compile(rb"[0-9a-f]{40}"), "sha256": re.compile(rb"[0-9a-f]{64}")}
_SIGNATURE_HEADER = {"sha1": "gpgsig", "sha256": "gpgsig-sha256"}
_ORDER = {"tree": 0, "parent": 1, "author": 2, "committer": 3}
_EXTRA = 4
"""Headers after the committer (signature, encoding, mergetag, those of other tools) keep the order they have."""

_LAST_SECOND = 253_402_300_799
"""The end of the year 9999 in UTC: later times have no calendar date in most software."""

# Text outside UTF-8 occurs in old commits of Chinese Windows; these codecs are safe to run on hostile bytes.
_ENCODINGS = frozenset({"gb18030", "gbk", "gb2312", "big5", "iso-8859-1"})

_HEADER_NAME = re.compile(rb"[!-~]+")
_IDENT = re.compile(r"([^<>\n]*) <([^<>\n]*)> (0|[1-9][0-9]{0,11}) ([+-][0-9]{4})")
_OFFSET = re.compile(r"[+-](0[0-9]|1[0-4])[0-5][0-9]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CRUD = "".join(map(chr, range(33))) + ",:;<>\"\\'"
_DROPPED = dict.fromkeys([*range(32), 127, ord("<"), ord(">")])


@dataclass(frozen=True, slots=True)
class Ident:
    """Who and when, as an author or committer line says: a claim of whoever made the commit.

    `time` is in seconds since 1970 in UTC, `offset` the local zone, for example `+0800`.
    """

    name: str
    email: str
    time: int
    offset: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit object. `payload` is what was signed: the object's exact bytes without the signature header.

    `signature` is the armoured text with its last line end, or None.
    """

    tree: str
    parents: tuple[str, ...]
    author: Ident
    committer: Ident
    signature: str | None
    message: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class _Header:
    name: str
    value: bytes
    """Without the space that folds each continuation line."""
    raw: bytes


def parse_commit(raw: bytes, algorithm: str = "sha1") -> Commit:
    """Read a commit of the ledger: nothing but tree, no or two parents, author, committer, signature, message.

    Raises PrsError: A110 NUL, A111 not UTF-8, A112 carriage return, A113 no empty line after the headers, A114
    header not allowed here, A115 missing, A116 twice, A117 out of order, A118 object id, A119 ident, A120 parents.
    """
    _require_lf(raw)
    _require_utf8(raw)
    headers, body = _split(raw)
    for header in headers:
        if header.name not in _ORDER and header.name != _SIGNATURE_HEADER[algorithm]:
            raise PrsError("A114", header=header.name)
    commit = _read(headers, body, algorithm)
    if len(commit.parents) not in (0, 2):
        raise PrsError("A120", count=len(commit.parents))
    _require_plain(commit.author)
    _require_plain(commit.committer)
    return commit


def parse_commit_loose(raw: bytes, algorithm: str = "sha1") -> Commit:
    """Read an ordinary commit: further headers, any number of parents, other encodings of text.

    What leaves a commit without one clear meaning is refused all the same, with the codes of `parse_commit`: a NUL,
    a header missing, twice or out of order. Bytes that are no text become U+FFFD; the payload keeps them.
    """
    return _read(*_split(raw), algorithm)


def build_commit(tree: str, parents: Sequence[str], author: Ident, committer: Ident, message: str) -> bytes:
    """The bytes of an unsigned commit, which are also the payload to sign. Names are cleaned as Git does it.

    Raises PrsError, with the codes of `parse_commit`, rather than write what could not be read back.
    """
    for ident in (author, committer):
        _require_plain(clean_ident(ident))
    lines = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    lines += [f"author {format_ident(author)}", f"committer {format_ident(committer)}"]
    try:
        raw = "\n".join([*lines, "", message]).encode("utf-8")
    except UnicodeEncodeError as error:
        raise PrsError("A111", offset=error.start) from None
    _require_lf(raw)
    commit = parse_commit_loose(raw, "sha256" if len(tree) == 64 else "sha1")
    if (commit.tree, commit.parents) != (tree, tuple(parents)):
        raise PrsError("A118", header="tree", value=tree[:80])
    return raw


def attach_signature(payload: bytes, armoured: str, algorithm: str = "sha1") -> bytes:
    """The commit object made of a payload and its signature, placed where `git commit -S` places it.

    Raises PrsError A113 when the payload has no message part, A116 when it is signed already.
    """
    head, separator, body = payload.partition(b"\n\n")
    if not separator:
        raise PrsError("A113")
    name = _SIGNATURE_HEADER[algorithm]
    if any(header.name == name for header in _split(payload)[0]):
        raise PrsError("A116", header=name)
    folded = armoured.removesuffix("\n").replace("\n", "\n ")
    return head + f"\n{name} {folded}".encode("ascii") + separator + body


def object_id(kind: str, data: bytes, algorithm: str = "sha1") -> str:
    """The name that Git gives to an object of this kind (`commit`, `tree`, `blob`) and content, in hexadecimal."""
    digest = hashlib.new(algorithm, f"{kind} {len(data)}\0".encode("ascii"), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def clean_ident(ident: Ident) -> Ident:
    """Name and address fit for an ident line, by Git's rule (strbuf_addstr_without_crud in ident.c).

    Spaces and punctuation go from both ends, angle brackets and control characters from everywhere.
    """
    return replace(ident, name=_clean(ident.name), email=_clean(ident.email))


def format_ident(ident: Ident) -> str:
    """The value of an author or committer line, cleaned."""
    return f"{_clean(ident.name)} <{_clean(ident.email)}> {ident.time} {ident.offset}"


def _clean(text: str) -> str:
    return text.translate(_DROPPED).strip(_CRUD)


def _split(raw: bytes) -> tuple[tuple[_Header, ...], bytes]:
    """Headers and message. A line that begins with a space continues the header before it."""
    if b"\0" in raw:
        raise PrsError("A110", offset=raw.index(b"\0"))
    head, separator, body = raw.partition(b"\n\n")
    if not separator:
        raise PrsError("A113")
    return tuple(_read_header(block) for block in re.split(rb"\n(?! )", head)), body


def _read_header(block: bytes) -> _Header:
    name, space, value = block.partition(b" ")
    if not space or not _HEADER_NAME.fullmatch(name):
        raise PrsError("A114", header=block[:40].decode("ascii", "replace"))
    return _Header(name.decode("ascii"), value.replace(b"\n ", b"\n"), block)


def _read(headers: tuple[_Header, ...], body: bytes, algorithm: str) -> Commit:
    signature_name = _SIGNATURE_HEADER[algorithm]
    _check_order(headers, signature_name)
    values = {header.name: header.value for header in headers}
    encoding = values.get("encoding", b"utf-8")
    signature = values.get(signature_name)
    # Git leaves every signature header out of the payload, those of another object format too.
    signed = [header.raw for header in headers if not header.name.startswith("gpgsig")]
    return Commit(
        tree=_object_name("tree", values["tree"], algorithm),
        parents=tuple(_object_name("parent", each.value, algorithm) for each in headers if each.name == "parent"),
        author=_ident("author", values["author"], encoding),
        committer=_ident("committer", values["committer"], encoding),
        signature=None if signature is None else signature.decode("ascii", "replace") + "\n",
        message=_text(body, encoding),
        payload=b"\n".join(signed) + b"\n\n" + body,
    )


def _check_order(headers: tuple[_Header, ...], signature_name: str) -> None:
    names = [header.name for header in headers]
    for name in ("tree", "author", "committer"):
        if name not in names:
            raise PrsError("A115", header=name)
    for name in ("tree", "author", "committer", "encoding", signature_name):
        if names.count(name) > 1:
            raise PrsError("A116", header=name)
    ranks = [_ORDER.get(name, _EXTRA) for name in names]
    for before, after, name in zip(ranks, ranks[1:], names[1:], strict=False):
        if after < before:
            raise PrsError("A117", header=name)


def _object_name(header: str, value: bytes, algorithm: str) -> str:
    if not _OBJECT_NAME[algorithm].fullmatch(value):
        raise PrsError("A118", header=header, value=value[:80].decode("ascii", "replace"))
    return value.decode("ascii")


def _ident(header: str, value: bytes, encoding: bytes) -> Ident:
    text = _text(value, encoding)
    match = _IDENT.fullmatch(text)
    if match is None:
        raise PrsError("A119", ident=f"{header} {text[:200]}")
    return Ident(match[1], match[2], int(match[3]), match[4])


def _text(data: bytes, encoding: bytes) -> str:
    name = encoding.decode("ascii", "replace").lower()
    return data.decode(name if name in _ENCODINGS else "utf-8", "replace")


def _require_plain(ident: Ident) -> None:
    """A name, no control characters, and a time that every calendar can show."""
    text = ident.name + ident.email
    possible = _OFFSET.fullmatch(ident.offset) and 0 <= ident.time <= _LAST_SECOND
    if not ident.name.strip() or _CONTROL.search(text) or not possible:
        raise PrsError("A119", ident=format_ident(ident))


def _require_lf(data: bytes) -> None:
    if b"\r" in data:
        raise PrsError("A112", offset=data.index(b"\r"))


def _require_utf8(data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PrsError("A111", offset=error.start) from None
