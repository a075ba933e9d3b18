"""The language of messages: English, or 简体中文 through gettext. Set once by the command line or the web page."""

from __future__ import annotations

import os
from collections.abc import Mapping

DOMAIN = "prs"
LOCALES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "locale")
_state = {"language": ""}


def choose_language(option: str | None, environment: Mapping[str, str]) -> str:
    """`en` or `zh`: the option, else PRS_LANG, else the locale (LC_ALL, LC_MESSAGES, LANG)."""
    names = ("PRS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    wanted = option or next((environment[name] for name in names if environment.get(name)), "")
    return "zh" if wanted.lower().startswith("zh") else "en"


def set_language(language: str) -> None:
    """Use `en` or `zh` from now on, for click's own words (Usage, Options, ...) too."""
    _state["language"] = language
    if language == "zh":
        import gettext as catalogues

        catalogues.bindtextdomain(DOMAIN, LOCALES)
        catalogues.textdomain(DOMAIN)
        os.environ["LANGUAGE"] = "zh_CN"


def language() -> str:
    """The language in use."""
    if not _state["language"]:
        _state["language"] = choose_language(None, os.environ)
    return _state["language"]


def gettext(text: str) -> str:
    """The text in the language in use."""
    if not text or language() == "en":
        return text
    import gettext as catalogues

    return catalogues.translation(DOMAIN, LOCALES, ["zh_CN"], fallback=True).gettext(text)
