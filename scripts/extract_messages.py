"""Write the template of all messages: what is marked in the code, the commands' help, click's own words.

    python -m scripts.extract_messages OUTPUT.pot

`make messages` runs it. Babel's own extraction is not used: it does not see a call inside an f-string, nor the help
of a command.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from presales_repo.cli.main import COMMANDS, prs
from presales_repo.i18n import set_language

PACKAGE = Path(__file__).resolve().parent.parent / "presales_repo"
MARKS = ("_", "N_")

# A message, or its singular and plural.
Message = str | tuple[str, str]

# Words of click that a user of prs can meet, as click's source has them.
CLICK: tuple[Message, ...] = (
    "Usage:",
    "Options",
    "Commands",
    "required",
    "Show this message and exit.",
    "Show the version and exit.",
    "Missing argument",
    "Missing option",
    "Missing command.",
    "Choose from:\n\t{choices}",
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    "No such option {name!r}.",
    "No such command {name!r}.",
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    "Option {name!r} does not take a value.",
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    "{value!r} is not a valid {number_type}.",
    "Shell completion is not supported for Bash versions older than 4.4.",
    "Couldn't detect Bash version, shell completion is not supported.",
)


def marked(folder: Path) -> Iterator[str]:
    """The texts inside _() and N_() in the Python files of a folder."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), path.name)):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name in MARKS:
                    yield text


def helps(command: click.Command, context: click.Context) -> Iterator[str]:
    """What `cli.main.translate_help` looks up: texts of a command, of its options and of its subcommands."""
    yield command.help or ""
    yield command.options_metavar or ""
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield parameter.help or ""
    if isinstance(command, click.Group):
        yield command.subcommand_metavar
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from helps(inner, context)


def messages() -> list[Message]:
    """Every text that a user can see, once, sorted."""
    set_language("en")  # the help of a command is translated in place when the command is loaded
    one_liners = (text for _module, text in COMMANDS.values())
    found: set[Message] = {*marked(PACKAGE), *helps(prs, click.Context(prs)), *one_liners, *CLICK}
    return sorted(found - {""}, key=lambda message: message if isinstance(message, str) else message[0])


def main() -> None:
    """Write the template."""
    catalog = Catalog(project="prs", charset="utf-8")
    for message in messages():
        catalog.add(message)
    with open(sys.argv[1], "wb") as file:
        write_po(file, catalog, width=0)


if __name__ == "__main__":
    main()
