"""git's pre-receive on the server: the push, judged; the pusher's environment, ignored."""

from __future__ import annotations

import os
import sys

# All that git itself needs to see the pushed objects (git-receive-pack(1), quarantine environment).
_KEPT = (
    "PATH",
    "HOME",
    "GIT_DIR",
    "GIT_QUARANTINE_PATH",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
_LARGEST = 1 << 20


def pre_receive() -> int:
    """Judge `<old> <new> <ref>` lines on stdin; 1 refuses the whole push, with the reasons on stderr."""
    from presales_repo.cli.messages import print_findings
    from presales_repo.errors import PrsError
    from presales_repo.i18n import set_language
    from presales_repo.ops.receive import parse_updates, receive

    set_language("en")  # the pusher's language is not known here; codes are the same in all
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    data = sys.stdin.buffer.read(_LARGEST + 1)
    if len(data) > _LARGEST:  # what is not read would not be judged
        raise PrsError("W128", limit=_LARGEST >> 10)
    findings = receive(os.getcwd(), environment, parse_updates(data.decode("utf-8", "surrogateescape")))
    print_findings(findings, sys.stderr)
    return 1 if findings else 0
