"""Attacks on the message: claims that one reader sees and another does not, and paths spelt in a second way."""

from __future__ import annotations

import re
from urllib.parse import unquote

from presales_repo.errors import PrsError
from presales_repo.model.entry import Entry, _entry
from tests.attacks.forge import Forger, percent
from tests.attacks.ledger.attack import Catalogue, without
from tests.attacks.mutate import Edit, Swap
from tests.unit.store.library import PATH

messages = Catalogue("submitted")


def _as_git_reads(message: str) -> Entry:
    """Trailers as lenient readers take them: any case, folded lines, wherever they stand, the last one wins."""
    unfolded = re.sub(r"\n[ \t]+(?=\S)", " ", message)
    found = re.findall(r"^\W*(prs-[a-z]+)\s*:\s*(.*?)\s*$", unfolded, re.IGNORECASE | re.MULTILINE)
    values = {key.title(): value for key, value in found}
    try:
        return _entry(values, message.split("\n\n")[1])
    except KeyError as error:
        raise PrsError("A211", problem=str(error)) from None


LENIENT = Swap("store.attest:parse_message", _as_git_reads)
CANONICAL = Edit("model.entry:parse_message", "canonical != message", "False")
ONCE = Edit("model.entry:parse_message", " or match[1] in values", "")
SPOOF = Edit("model.entry:format_message", "_SPOOF.search(comment)", "False")
HIDDEN = Edit("model.entry:format_message", "if odd:", "if False:")
OWN_CLAIMS = Edit("model.entry:_entry", 'key.removeprefix("Prs-") not in _ALWAYS | _CLAIMS[action]', "False")


@messages.attack("A211", LENIENT, without(CANONICAL, SPOOF), without(CANONICAL, then="A211"))
def a_trailer_in_the_comment(evil: Forger) -> None:
    """`git interpret-trailers` and people who read the top of a message believe it."""
    entry = evil.approval()
    entry.comment = "Prs-Step: final"
    entry.claim(Step="check")
    evil.publish(entry)


@messages.attack("A211", LENIENT)
def a_trailer_spoofed_with_blanks_before_it(evil: Forger) -> None:
    entry = evil.approval()
    entry.comment = "同意\n  prs-signer: cheng"
    evil.publish(entry)


@messages.attack("A211", LENIENT)
def a_trailer_behind_an_invisible_character(evil: Forger) -> None:
    entry = evil.approval()
    entry.comment = "同意\n\u200bPrs-Signer: cheng"
    evil.publish(entry)


@messages.attack("A211", LENIENT)
def a_folded_trailer(evil: Forger) -> None:
    """RFC 822 folding: the value goes on in the next line."""
    entry = evil.approval()
    entry.message = lambda text: text.replace("Prs-Digest: ", "Prs-Digest:\n ")
    evil.publish(entry)


@messages.attack("A211", LENIENT, without(ONCE, CANONICAL), without(ONCE, then="A211"))
def a_trailer_twice(evil: Forger) -> None:
    """The first says cheng, the last shen: who signed?"""
    entry = evil.approval()
    entry.message = lambda text: text.replace("Prs-Signer: ", "Prs-Signer: cheng\nPrs-Signer: ")
    evil.publish(entry)


@messages.attack("A211", LENIENT)
def a_trailer_in_another_case(evil: Forger) -> None:
    entry = evil.approval()
    entry.message = lambda text: text.replace("Prs-Signer: ", "PRS-SIGNER: ")
    evil.publish(entry)


@messages.attack("A211", LENIENT)
def a_trailer_twice_in_two_cases(evil: Forger) -> None:
    entry = evil.approval()
    entry.message = lambda text: text.replace("Prs-Signer: ", "prs-signer: cheng\nPrs-Signer: ")
    evil.publish(entry)


@messages.attack("A211", LENIENT)
def a_trailer_that_is_nobody_s(evil: Forger) -> None:
    """`Reviewed-by` of somebody who reviewed nothing."""
    entry = evil.approval()
    entry.message = lambda text: text + "Reviewed-by: cheng\n"
    evil.publish(entry)


@messages.attack("A211", without(LENIENT, OWN_CLAIMS), without(OWN_CLAIMS, CANONICAL))
def a_claim_that_nobody_checks(evil: Forger) -> None:
    """An approval says who the authors are."""
    evil.publish(evil.approval().claim(Authors="gao"))


@messages.attack("A211", LENIENT)
def trailers_in_two_paragraphs(evil: Forger) -> None:
    entry = evil.approval()
    entry.message = lambda text: text.replace("Prs-Policy: ", "\nPrs-Policy: ")
    evil.publish(entry)


@messages.attack("A211", LENIENT, CANONICAL)
def trailers_in_another_order(evil: Forger) -> None:
    entry = evil.approval()
    entry.message = lambda text: re.sub("(Prs-Policy: .*\n)(Prs-Signer: .*\n)", r"\2\1", text)
    evil.publish(entry)


@messages.attack("A211", LENIENT, CANONICAL)
def a_subject_that_says_something_else(evil: Forger) -> None:
    """git log --oneline shows a rejection."""
    entry = evil.approval()
    entry.message = lambda text: text.replace("prs: approve", "prs: reject", 1)
    evil.publish(entry)


@messages.attack("A211", LENIENT, without(HIDDEN, CANONICAL))
def a_comment_that_a_terminal_obeys(evil: Forger) -> None:
    """It would overwrite the lines above it on the screen."""
    entry = evil.approval()
    entry.comment = "同意\x1b[2A\x1b[2K"
    evil.publish(entry)


# -- quoting of paths


@messages.attack("A211", CANONICAL)
def a_path_with_lower_case_escapes(evil: Forger) -> None:
    evil.publish(evil.approval().claim(Path=re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), percent(PATH))))


@messages.attack("A211", CANONICAL)
def a_path_with_needless_escapes(evil: Forger) -> None:
    evil.publish(evil.approval().claim(Path=percent(PATH).replace("common", "%63ommon")))


@messages.attack("A211", LENIENT)
def a_path_as_it_is(evil: Forger) -> None:
    """Bytes outside ASCII, which git would show quoted or not by a setting."""
    evil.publish(evil.approval().claim(Path=unquote(percent(PATH))))


@messages.attack("A211", without(LENIENT, then="A307"))
def a_path_quoted_as_git_does(evil: Forger) -> None:
    """core.quotePath: octal escapes between quotes, which mean another path here."""
    quoted = "".join(f"\\{byte:03o}" if byte > 127 else chr(byte) for byte in PATH.encode())
    evil.publish(evil.approval().claim(Path=f'"{quoted}"'))


@messages.attack("A307", Edit("model.replay:_opened", "claimed != (", "claimed is None and claimed != ("))
def a_path_escaped_twice(evil: Forger) -> None:
    evil.publish(evil.approval().claim(Path=percent(percent(PATH))))
