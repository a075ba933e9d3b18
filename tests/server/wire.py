"""A pusher of our own: git's push protocol spoken by hand (gitprotocol-pack(5)), for what `git push` would not send."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

NONE = "0" * 40


def packet(data: bytes) -> bytes:
    """One pkt-line."""
    return b"%04x" % (len(data) + 4) + data


def push_by_hand(
    server: Path, commands: Sequence[tuple[str, str, str]], pack: bytes, environment: Mapping[str, str]
) -> str:
    """Send (old, new, ref) commands and a pack to `git receive-pack`; what it answers, with the hook's words."""
    lines = [f"{old} {new} {ref}".encode() for old, new, ref in commands]
    capabilities = b"\0 report-status side-band-64k object-format=sha1"
    request = packet(lines[0] + capabilities) + b"".join(map(packet, lines[1:])) + b"0000" + pack
    done = subprocess.run(
        ["git", "receive-pack", server], input=request, capture_output=True, env=dict(environment), check=False
    )
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def pack_of(repository: Path, *revisions: str, without: Sequence[str] = ()) -> bytes:
    """A pack of all that the revisions need, but for the objects `without`."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    listed = subprocess.run(
        ["git", "-C", repository, "rev-list", "--objects", *revisions], capture_output=True, env=environment, check=True
    ).stdout.decode()
    names = [line.split(" ")[0] for line in listed.splitlines()]
    wanted = "".join(f"{name}\n" for name in names if name not in without)
    return subprocess.run(
        ["git", "-C", repository, "pack-objects", "--stdout", "-q"],
        input=wanted.encode(), capture_output=True, env=environment, check=True,
    ).stdout  # fmt: skip
