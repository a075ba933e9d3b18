"""Signing with a person's SSH key, by the means that Git uses: `ssh-keygen -Y sign`, the agent, hardware keys.

`prs` never reads a private key and never sees a passphrase. What the signing program returns is verified here
before anyone else gets it, so a program that signs something else, or with another key, is found out at once.
"""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from presales_repo.errors import PrsError
from presales_repo.model.sshkey import PublicKey, parse_public_key, public_key_of_private_file
from presales_repo.model.sshsig import parse_signature, rearmour
from presales_repo.model.sshverify import verify

_LARGEST_KEY_FILE = 64 * 1024
_SECONDS_TO_STOP = 2.0

# What ssh-keygen says on stderr, in the order in which to look; its messages are not translated.
_COMPLAINTS = (
    ("UNPROTECTED PRIVATE KEY FILE", "A154"),
    ("incorrect passphrase", "A155"),
    ("doesn't match private", "A153"),
    ("Couldn't get agent socket", "A156"),
    ("Couldn't find key in agent", "A156"),
    ("No private key found", "A156"),
    ("device not found", "A158"),
    ("agent refused operation", "A157"),
    ("Unsupported operation", "A160"),
    ("usage:", "A160"),
)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key to sign with: its public half, and how ssh-keygen finds the private one.

    `path` is the file for `ssh-keygen -f`, empty for a key that was written out literally. `in_agent` says that
    only an agent can hold the private half.
    """

    public: PublicKey
    path: str
    in_agent: bool

    @property
    def needs_touch(self) -> bool:
        """A hardware key: its owner must touch it while `sign` runs."""
        return self.public.algorithm.startswith("sk-")


def load_signing_key(spec: str, home: str) -> SigningKey:
    """Find the key that `spec` names, with the forms of Git's `user.signingkey`.

    That is a private key file, a public key file (the private half beside it or in the agent), `key::` with a
    public key in one line, or such a line that begins with `ssh-`. A leading `~/` stands for `home`.

    Raises PrsError: A150 no such file, A151 cannot be read, A152 not a key, A166 an old PEM file without its `.pub`
    file, and A101 to A109 for a damaged key.
    """
    literal = spec.removeprefix("key::")
    if literal != spec or spec.startswith("ssh-"):
        return SigningKey(parse_public_key(literal.strip()), "", in_agent=True)
    path = os.path.join(home, spec[2:]) if spec.startswith("~/") else spec
    text = _read_key_file(path)
    if "PRIVATE KEY-----" in text.partition("\n")[0]:
        return SigningKey(_public_half(path, text), path, in_agent=False)
    private = path.removesuffix(".pub")
    return SigningKey(_public_line(path, text), path, in_agent=private == path or not os.path.exists(private))


def read_public_key(path: str) -> PublicKey:
    """The public key in a `.pub` file (A150, A151, A152, and what `parse_public_key` raises)."""
    return _public_line(path, _read_key_file(path))


def sign(
    payload: bytes,
    key: SigningKey,
    *,
    program: str = "ssh-keygen",
    seconds: float = 120.0,
    interactive: bool = True,
) -> str:
    """Sign `payload` for Git and return the armoured signature, verified.

    `program` is Git's `gpg.ssh.program`. A passphrase or PIN is asked on the terminal, or through SSH_ASKPASS where
    there is none; with `interactive` false nothing is asked. A touch, a PIN or a passphrase must come within `seconds`.

    Raises PrsError: A153 to A162 for what kept the program from signing, A163 and A164 when its signature is not one
    of this key over this payload, A165 when the temporary files cannot be written.
    """
    text = _run_signer(payload, key, program, seconds, interactive)
    try:
        armoured = rearmour(text)
        signer = verify(parse_signature(armoured), payload)
    except PrsError as error:
        raise PrsError("A164", program=program, cause=error.code) from error
    if signer != key.public:
        raise PrsError("A163", expected=key.public.fingerprint(), actual=signer.fingerprint())
    return armoured


def _run_signer(payload: bytes, key: SigningKey, program: str, seconds: float, interactive: bool) -> str:
    try:
        with tempfile.TemporaryDirectory(prefix="prs-sign-") as folder:  # mode 0700
            # A file as Git does, not stdin: ssh-keygen would take a passphrase from a stdin that is no terminal.
            message = Path(folder, "payload")
            message.write_bytes(payload)
            path = key.path or os.path.join(folder, "key")
            if not key.path:
                Path(path).write_text(key.public.line() + "\n", encoding="utf-8")
            agent = ["-U"] if key.in_agent else []
            command = [program, "-Y", "sign", "-n", "git", *agent, "-f", path, str(message)]
            _run(command, key, seconds, interactive)
            result = Path(folder, "payload.sig")
            return result.read_bytes().decode("ascii", "replace") if result.exists() else ""
    except OSError as error:
        raise PrsError("A165", reason=error.strerror) from error


def _run(command: list[str], key: SigningKey, seconds: float, interactive: bool) -> None:
    """Run the signing program; refuse with the code of its complaint."""
    environment = {**os.environ, "LC_ALL": "C"}
    if not interactive:
        environment["SSH_ASKPASS_REQUIRE"] = "never"
    terminal = _open_terminal(interactive)
    try:
        process = subprocess.Popen(
            command,
            stdin=terminal,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=not interactive,  # without a controlling terminal there is nothing to ask on
        )
    except OSError as error:
        raise PrsError("A159", program=command[0], reason=error.strerror) from error
    finally:
        os.close(terminal)
    complaint = _wait(process, command[0], seconds)
    if process.returncode:
        raise _refusal(complaint, command[0], key)


def _open_terminal(interactive: bool) -> int:
    """Standard input for the signing program: it asks there when that is a terminal, even if ours is redirected."""
    if interactive:
        try:
            return os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
        except OSError:  # started by a web server, a job or a hook: no terminal
            pass
    return os.open(os.devnull, os.O_RDONLY)


def _wait(process: subprocess.Popen[bytes], program: str, seconds: float) -> str:
    """What the program wrote to stderr until it ended."""
    with process:
        try:
            return process.communicate(timeout=seconds)[1].decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            _stop(process)
            raise PrsError("A161", program=program, seconds=seconds) from None


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End it gently first: interrupted at a passphrase prompt, it must give the terminal its echo back."""
    process.terminate()
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()


def _refusal(complaint: str, program: str, key: SigningKey) -> PrsError:
    code = next((code for words, code in _COMPLAINTS if words in complaint), "A162")
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    detail = "".join(char for char in " / ".join(lines[-3:]) if char.isprintable())
    return PrsError(code, program=program, file=key.path, fingerprint=key.public.fingerprint(), detail=detail[:300])


def _read_key_file(path: str) -> str:
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for its writer for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise PrsError("A152", file=path)
            data = file.read(_LARGEST_KEY_FILE + 1)
        return data.decode("utf-8") if len(data) <= _LARGEST_KEY_FILE else ""
    except (FileNotFoundError, NotADirectoryError):
        raise PrsError("A150", file=path) from None
    except (IsADirectoryError, ValueError):  # ValueError: not UTF-8, or a NUL in the path
        raise PrsError("A152", file=path) from None
    except OSError as error:
        raise PrsError("A151", file=path, reason=error.strerror) from error


def _public_line(path: str, text: str) -> PublicKey:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) != 1:
        raise PrsError("A152", file=path)
    return parse_public_key(lines[0])


def _public_half(path: str, text: str) -> PublicKey:
    if text.startswith("-----BEGIN OPENSSH PRIVATE KEY-----"):
        return public_key_of_private_file(text)
    # An old PEM file: ssh-keygen signs with it only where its `.pub` file lies beside it.
    if not os.path.exists(path + ".pub"):
        raise PrsError("A166", file=path)
    return read_public_key(path + ".pub")
