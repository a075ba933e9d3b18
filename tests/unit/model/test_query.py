"""Filters on front matter."""

from __future__ import annotations

import pytest

from presales_repo.model.policy import build_policy, policy_data
from presales_repo.model.query import holds, values_at
from presales_repo.ops.init import built_in_policy

KNOWN = build_policy(policy_data(built_in_policy())).types["customer-communication-record"].fields
FIELDS = {
    "channel": "电话",
    "comm_time": "2023-05-18T09:00",
    "our_participants": ["lin", "shen"],
    "result": "",
    "actions": [{"text": "发资料", "owner": "lin", "due": "2023-05-25"}, {"text": "约时间", "owner": "shen"}],
    "amount": "900.50",
}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("channel", "phone", True),
        ("channel", "電話", True),  # the label in the other script
        ("channel", "email", False),
        ("channel!", "phone", False),
        ("channel!", "email", True),
        ("our_participants", "shen", True),
        ("our_participants", "she", False),
        ("our_participants!", "shen", False),
        ("actions.owner", "lin", True),
        ("actions.owner", "gao", False),
        ("actions", "lin", False),
        ("actions.owner.id", "lin", False),
        ("actions.due<", "2023-05-25", True),
        ("actions.due<", "2023-05-24", False),
        ("comm_time>", "2023-05-18", True),
        ("comm_time<", "2023-05-18", True),  # at any time of that day
        ("comm_time<", "2023-05-18T08:59", False),
        ("comm_time", "2023-05-18", False),
        ("amount<", "1000", True),
        ("amount>", "1000", False),
        ("result<", "z", False),
        ("missing", "", False),
    ],
)
def test_filter(name: str, value: str, expected: bool) -> None:
    assert holds(FIELDS, KNOWN, name, value) is expected


def test_values_of_lists_of_lists() -> None:
    assert list(values_at({"a": [{"b": ["1", {"c": "2"}]}, "3"]}, "a.b")) == ["1"]
    assert list(values_at({"a": [{"b": ["1", {"c": "2"}]}, "3"]}, "a.b.c")) == ["2"]
