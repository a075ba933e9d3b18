"""Write the template of all messages: what Babel finds marked in the code, the commands' help, click's own words.

    python -m scripts.extract_messages OUTPUT.pot
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from presales_repo.cli.main import prs

PACKAGE = Path(__file__).resolve().parent.parent / "presales_repo"
# Words of click that a user of prs can meet.
CLICK = (
    "Usage:",
    "Options",
    "Commands",
    "Error: {message}",
    "Try '{command} {option}' for help.",
    "Show this message and exit.",
    "Show the version and exit.",
    "Missing argument",
    "Missing option",
    "Missing parameter",
    "Invalid value: {message}",
    "Invalid value for {param_hint}: {message}",
    "No such option: {name}",
    "No such command {name!r}.",
    "Option {name!r} requires an argument.",
    "Got unexpected extra argument ({args})",
    "Missing command.",
    "required",
    "{value!r} is not a valid integer.",
    "{value!r} is not {choice}.",
    "Did you mean {possibility}?",
)


def marked() -> Iterator[str]:
    """Texts inside _() and N_()."""
    for _file, _line, text, _comments, _context in extract_from_dir(
        PACKAGE, method_map=[("**.py", "python")], keywords={"_": None, "N_": None, "gettext": None}
    ):
        yield text if isinstance(text, str) else text[0]


def helps(command: click.Command, context: click.Context) -> Iterator[str]:
    """Help texts of a command, its options and its subcommands, as click will ask for them."""
    if command.help:
        yield command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            yield parameter.help
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from helps(inner, context)


def lines_of_commands() -> Iterator[str]:
    """The one-line helps in the list of commands."""
    from presales_repo.cli.main import COMMANDS

    for _module, text in COMMANDS.values():
        yield text


def messages() -> list[str]:
    """Every text that a user can see, once, sorted."""
    found = {*marked(), *helps(prs, click.Context(prs)), *lines_of_commands(), *CLICK}
    return sorted(text for text in found if text)


def main() -> None:
    """Write the template."""
    catalog = Catalog(project="prs", charset="utf-8")
    for text in messages():
        catalog.add(text)
    with open(sys.argv[1], "wb") as file:
        write_po(file, catalog, sort_output=True, width=110)


if __name__ == "__main__":
    main()
