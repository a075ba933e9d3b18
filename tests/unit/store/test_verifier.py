"""x"""
from __future__ import annotations
from tests.unit.store.library import Library
def test_honest(submitted: Library) -> None:
    assert submitted.accepted() == 2
    submitted.append("approve", "shen")
    assert submitted.accepted() == 3
