"""The HTML of every profile in every language, byte for byte. PRS_REGENERATE_GOLDEN=1 writes the files anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

import pytest

from presales_repo.render.html import render_html
from presales_repo.render.sheet import Language, Profile
from tests.unit.render.samples import sheet

HERE = Path(__file__).parent


@pytest.mark.parametrize("profile", get_args(Profile))
@pytest.mark.parametrize("lang", get_args(Language))
def test_html_is_unchanged(profile: Profile, lang: Language) -> None:
    path = HERE / f"{profile}.{lang}.html"
    html = render_html(sheet(profile=profile, lang=lang))
    if os.environ.get("PRS_REGENERATE_GOLDEN") == "1":
        path.write_text(html, "utf-8")
    assert html == path.read_text("utf-8")


def test_no_golden_file_is_left_over() -> None:
    wanted = {f"{profile}.{lang}.html" for profile in get_args(Profile) for lang in get_args(Language)}
    assert {path.name for path in HERE.glob("*.html")} == wanted
