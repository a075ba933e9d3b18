"""The same server behind `git http-backend` (git-http-backend(1)) and a small web server."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.company import new_note
from tests.server.office import Office


class _Backend(BaseHTTPRequestHandler):
    """CGI as Apache does it. Everybody is `somebody`: who signs is git's business."""

    root: Path
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            self._answer(self._chunks())
        else:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _chunks(self) -> bytes:
        data = b""
        while size := int(self.rfile.readline(), 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    def _answer(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.root), "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "somebody", "REMOTE_ADDR": "127.0.0.1", "PATH_INFO": path,
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }  # fmt: skip
        done = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env=environment, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200").split(" ")[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextlib.contextmanager
def serving(root: Path) -> Iterator[str]:
    """A web server over the repositories below `root`; its address."""
    handler = type("Backend", (_Backend,), {"root": root})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_server_behind_http_backend(office: Office) -> None:
    with serving(office.folder) as address:
        song = office.clone("song")
        song.git_ok("remote", "set-url", "origin", f"{address}/shared.git")
        note = new_note(song)
        assert office.refs()["refs/prs/numbers/XS/202305"]  # claimed over http
        song.ok("song", "save", note, "-m", "记录")
        assert song.ok("song", "register", note, "--json").json["shared"]  # two refs, all or none
        song.edit(note)
        song.ok("song", "save", note, "-m", "补充")
        assert song.ok("song", "sync", "--json").json["pushed"] == ["refs/heads/main"]
        song.git_ok("-c", "commit.gpgsign=false", "commit", "-q", "--allow-empty", "-m", "x")
        office.refuse_push("A251", song, "main")
        office.refuse_push("W111", song, "+main~2:main")
