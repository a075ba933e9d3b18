"""What several acceptance tests do: break a document, and see git stopped."""

from __future__ import annotations

from tests.company import Desk, Result


def stopped(done: Result, *codes: str) -> str:
    """git refused; the hook named these errors, each with a hint, and HEAD is where it was. What it said."""
    assert done.code == 1, f"{done.out}\n{done.err}"
    errors = [code for code in done.codes if f"error[{code}]" in done.err]
    assert sorted(set(errors)) == sorted(codes), done.err
    assert done.err.count("hint: ") >= len(codes)
    return done.err


def rewrite(desk: Desk, number: str, old: str, new: str, *, name: str = "") -> None:
    path = desk.path_of(number)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    if name:
        path.rename(path.with_name(name))


def relocate(desk: Desk, number: str, folder: str) -> None:
    target = desk.root / folder
    target.mkdir(parents=True, exist_ok=True)
    path = desk.path_of(number)
    path.rename(target / path.name)
