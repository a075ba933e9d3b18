"""A document's values as its front matter gives them; what is not there, or of another shape, is empty."""

from __future__ import annotations

import hashlib

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.document import Attachment, read_document

DATA = """---
number: QD202305001
title: "计划: 一期"
author: lin.yue
contributors: [gao, lin.yue, "", shen]
keywords: 园区
attachments:
  - {path: attachments/QD202305001/a.png, sha256: abc}
  - not a mapping
  - {path: [x]}
empty:
nested: {title: not this}
---
正文
""".encode()


def test_values_of_the_head() -> None:
    document = read_document(DATA, "p/a.md")
    assert (document.number, document.title, document.type_id) == ("QD202305001", "计划: 一期", "")
    assert document.digest == hashlib.sha256(DATA).hexdigest()
    assert (document.path, document.body) == ("p/a.md", "正文\n")
    assert document.authors == ("lin.yue", "gao", "shen")
    assert document.values("keywords") == ("园区",)
    assert document.values("empty") == document.values("absent") == document.values("nested") == ()
    assert (document.value("empty"), document.value("contributors"), document.value("absent")) == ("", "", "")
    assert (document.line("author"), document.line("absent")) == (4, 1)
    assert document.attachments == (Attachment("attachments/QD202305001/a.png", "abc", 8), Attachment("", "", 10))


def test_the_digest_is_of_the_bytes_as_they_stand() -> None:
    windows = b"\xef\xbb\xbf" + DATA.replace(b"\n", b"\r\n")
    assert read_document(windows, "a.md").digest == hashlib.sha256(windows).hexdigest()
    assert read_document(windows, "a.md").title == "计划: 一期"


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "F105"), (b"---\na: \xff\n---\n", "S102"), (b"---\na: [\n---\n", "F101")]
)
def test_what_cannot_be_read_says_why_and_where(data: bytes, code: str) -> None:
    with pytest.raises(PrsError) as caught:
        read_document(data, "a.md")
    assert (caught.value.code, caught.value.path) == (code, "a.md")
