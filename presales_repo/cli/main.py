"""The command `prs`: global options, one lazily loaded file a verb, and the one place where errors become words."""

from __future__ import annotations

import contextlib
import datetime
import errno
import os
import sys
from itertools import pairwise
from typing import Any, NoReturn

import click

from presales_repo import __version__
from presales_repo.errors import PrsError
from presales_repo.i18n import choose_language, set_language
from presales_repo.i18n import gettext as _

# Verb → (module of presales_repo.cli, one line of help). The help stands here so that `prs --help` loads nothing.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Make a new document repository."),
    "demo": ("demo", "Make a populated demo repository."),
    "types": ("types", "List the document types."),
    "project": ("project", "Projects: new, list, show."),
    "new": ("new", "Allocate a number and write a new document."),
    "save": ("save", "Commit changed documents."),
    "check": ("check", "Check documents against every rule."),
    "watch": ("watch", "Check documents whenever they are saved."),
    "explain": ("explain", "Explain a code."),
    "list": ("list", "The register of documents."),
    "search": ("search", "Find documents by their words."),
    "show": ("show", "Show one document and its approval."),
    "history": ("history", "Who changed what, when."),
    "diff": ("diff", "Compare versions of a document."),
    "trace": ("trace", "What rests on what; which requirements are covered."),
    "report": ("report", "Figures: answers, communication, progress, projects, indicators."),
    "submit": ("submit", "Submit a document for approval."),
    "countersign": ("countersign", "Sign your department's opinion."),
    "approve": ("approve", "Sign the open step."),
    "reject": ("reject", "Give a document back to its author."),
    "withdraw": ("withdraw", "Take a submission back."),
    "register": ("register", "Publish a record that needs no approval."),
    "track": ("track", "Change a status field after release."),
    "paper": ("paper", "The register of paper."),
    "archive": ("archive", "Draft the list that archives a project."),
    "dispose": ("dispose", "Remove the files of a published disposal request."),
    "reaffirm": ("reaffirm", "Say again what a stolen key signed."),
    "inbox": ("inbox", "What waits for your decision."),
    "due": ("due", "What is due, and what is overdue."),
    "actions": ("actions", "Action items of minutes and records."),
    "feed": ("feed", "What happened in your projects since you looked."),
    "backup": ("backup", "Everything in one verified file."),
    "restore": ("restore", "A repository from such a file."),
    "verify": ("verify", "Verify the ledger."),
    "export": ("export", "Make PDFs of published documents."),
    "person": ("person", "People and keys."),
    "policy": ("policy", "Propose, endorse and show the policy."),
    "hooks": ("hooks", "Install git's hooks."),
    "hook": ("hookcmd", "What the hook files call."),
    "sync": ("sync", "Exchange work with the shared repository."),
    "server": ("server", "The shared repository that everybody pushes to."),
    "doctor": ("doctor", "What is missing here, and how to mend it."),
    "completion": ("completion", "Shell completion for bash, zsh and fish."),
}

LANGUAGES = ("en", "zh")


def translate_help(command: click.Command) -> None:
    """Put a command's help and that of its options and subcommands into the language in use."""
    if command.help:
        command.help = _(command.help)
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = _(parameter.help)
    command.options_metavar = _(command.options_metavar or "")
    if isinstance(command, click.Group):
        command.subcommand_metavar = _(command.subcommand_metavar)
    for inner in getattr(command, "commands", {}).values():
        translate_help(inner)


class LazyGroup(click.Group):
    """Loads a verb's module only when the verb is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        module = import_module(f"presales_repo.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        translate_help(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(text)) for name, (_module, text) in COMMANDS.items() if name != "hook"])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            import difflib

            near = difflib.get_close_matches(args[0], list(COMMANDS), 1)
            text = _("There is no command {name}.")
            if near:
                text = _("There is no command {name}. Did you mean: prs {near}")
            raise click.UsageError(text.format(name=args[0], near="".join(near)), ctx) from None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.option("-C", "directory", metavar="DIR", default=".", help="Work in DIR.")
@click.option("--key", metavar="FILE", default="", help="Your signing key; else PRS_KEY, else git's user.signingkey.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=None, help="Language of messages.")
@click.option("--quiet", is_flag=True, help="No progress and no notes.")
@click.version_option(__version__, prog_name="prs", message="%(prog)s %(version)s")
@click.pass_context
def prs(ctx: click.Context, directory: str, key: str, lang: str | None, quiet: bool) -> None:
    """prs keeps presales documents in Git: numbers, checks, signed approval, PDFs."""
    set_language(choose_language(lang, os.environ))
    ctx.obj = {"directory": directory, "key": key, "quiet": quiet}
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def make_session(ctx: click.Context) -> Any:
    """The session of a command: where, when, which key, how to show progress."""
    from presales_repo.cli.messages import print_notice
    from presales_repo.cli.progress import progress_bar
    from presales_repo.ops.session import Session, no_notice, no_progress

    options = ctx.find_root().obj
    directory = options["directory"]
    if not os.path.isdir(directory):
        raise PrsError("E132", directory=directory)
    show = not options["quiet"] and sys.stderr.isatty()
    key = key_words(ctx, options["key"])
    notify = no_notice if options["quiet"] else print_notice
    return Session(directory, os.environ, _now(), key, progress_bar() if show else no_progress, notify)


def input_path(ctx: click.Context, path: str) -> str:
    """A file that a person named: relative to the current folder, as the shell completes it, else to -C DIR."""
    if not path or os.path.lexists(path):
        return os.path.abspath(path) if path else ""
    return os.path.abspath(os.path.join(ctx.find_root().obj["directory"], path))


def key_words(ctx: click.Context, spec: str) -> str:
    """The words that name a key; a file by its full path."""
    return spec if spec.startswith(("key::", "ssh-", "~/")) else input_path(ctx, spec)


def _now() -> datetime.datetime:
    text = os.environ.get("PRS_NOW", "")
    if not text:
        return datetime.datetime.now(datetime.timezone.utc)  # noqa: UP017
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise PrsError("E131", found=text) from None
    if moment.tzinfo is None:  # a time without a zone means this machine's
        moment = moment.astimezone()
    return moment


def main() -> NoReturn:
    """Run `prs`; every way out is an exit code: 0 fine, 1 findings, 2 could not be done."""
    _open_streams()
    sys.exit(_run(sys.argv[1:]))


def _open_streams() -> None:
    """UTF-8 whatever the locale; a stream that the caller closed goes nowhere."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - for the life of the process
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _discard_output() -> None:
    """Nobody reads, or nothing more fits: what is left in the buffer must not fail again at the end."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(sys.stdout.fileno(), 1)


def _run(arguments: list[str]) -> int:
    from presales_repo.cli.messages import print_error

    set_language(choose_language(_early_language(arguments), os.environ))
    translate_help(prs)
    try:
        result = prs.main(arguments, prog_name="prs", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except PrsError as error:
        print_error(error)
        return 2
    except click.ClickException as error:
        return _refuse_words(error)
    except (KeyboardInterrupt, click.Abort):
        print_error(PrsError("E198"))
        return 2
    except SystemExit as error:  # click's own way out when the reader of a pipe went away
        gone = "PacifyFlush" in type(sys.stdout).__name__
        _discard_output()
        return 0 if gone else int(error.code or 0)
    except BrokenPipeError:
        _discard_output()
        return 0
    except OSError as error:
        _discard_output()
        print_error(PrsError("E107" if error.errno == errno.ENOSPC else "E109", path="-", detail=str(error.strerror)))
        return 2
    except Exception as error:  # the last resort: no traceback reaches a user
        if os.environ.get("PRS_DEBUG"):
            raise
        print_error(PrsError("E199", detail=f"{type(error).__name__}: {error}"))
        return 2


def _refuse_words(error: click.ClickException) -> int:
    """What click did not understand, as a refusal; a group without its verb shows its help."""
    from presales_repo.cli.messages import print_error

    context: click.Context | None = getattr(error, "ctx", None)
    detail = error.format_message()
    if context and detail == context.get_help():
        click.echo(detail, err=True)
    else:
        command = context.command_path if context else "prs"
        print_error(PrsError("E190", detail=" ".join(detail.split()).rstrip("."), command=command))
    return 2


def _early_language(arguments: list[str]) -> str | None:
    """--lang before click has parsed it, so that a usage error speaks the right language too."""
    for word, following in pairwise([*arguments, ""]):
        found = following if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and found in LANGUAGES:
            return found
    return None


if __name__ == "__main__":
    main()
