"""What git's hooks run: a start path without click. Checks blobs, never the working tree.

Started as a file with `python -I -S`, so it finds the package and its libraries by itself.
"""

from __future__ import annotations

import os
import sys


def _find_libraries() -> None:
    """Put the package and its libraries on the path. `site` would do it for half as much again as the rules cost."""
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    prefix = os.path.dirname(os.path.dirname(sys.executable))
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    libraries = os.path.join(prefix, "lib", version, "site-packages")
    if os.path.isdir(os.path.join(libraries, "yaml")):
        sys.path.append(libraries)
    else:  # a system's own Python keeps them elsewhere
        import site

        site.main()
    sys.path.insert(0, package)


def main(arguments: list[str]) -> int:
    """Run one hook; its exit code. 1 stops git."""
    from presales_repo.errors import PrsError

    name, *words = arguments
    try:
        return _run(name, words)
    except PrsError as error:
        from presales_repo.cli.messages import print_error

        print_error(error)
        return 1
    except Exception as error:  # the last resort: a hook must say what to do, never show a traceback
        from presales_repo.cli.messages import print_error

        print_error(PrsError("E199", detail=f"{name}: {type(error).__name__}: {error}"))
        if os.environ.get("PRS_DEBUG"):
            raise
        return 1


def _run(name: str, words: list[str]) -> int:
    from presales_repo.errors import PrsError

    if name == "pre-receive":
        from presales_repo.cli.serverhook import pre_receive

        return pre_receive()
    from presales_repo.ops import hook

    directory = os.getcwd()
    if name in ("pre-commit", "pre-merge-commit"):
        return _report(hook.check_commit(directory, os.environ))
    if name == "commit-msg":
        return _report(hook.check_message(words[0]))
    if name == "pre-push":
        lines = sys.stdin.buffer.read(1 << 20).decode("utf-8", "replace").splitlines()
        return _report(hook.check_push(directory, os.environ, lines))
    raise PrsError("E142", name=name)


def _report(findings: object) -> int:
    if not findings:
        return 0
    from presales_repo.cli.messages import print_findings
    from presales_repo.codes import has_errors

    print_findings(findings, sys.stderr)  # type: ignore[arg-type]
    return 1 if has_errors(findings) else 0  # type: ignore[arg-type]


def _start() -> None:
    import gc

    gc.disable()  # in a twentieth of a second nothing gathers that would be worth collecting
    _find_libraries()
    code = main(sys.argv[1:])
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    os._exit(code)  # taking the interpreter down piece by piece costs as much as all the rules


if __name__ == "__main__":
    _start()
