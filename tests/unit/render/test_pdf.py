"""PDFs as poppler reads them: text, fonts, attachments; the same bytes everywhere; no PDF with holes or boxes."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image

from presales_repo.errors import PrsError
from presales_repo.render import weasy
from presales_repo.render.html import render_html
from presales_repo.render.metadata import Attached, Metadata, metadata_of
from presales_repo.render.pdf import engine_problems, render_pdf
from presales_repo.render.sheet import Sheet
from tests.unit.render.samples import BODY, pdf_text, sheet

ROOT = Path(__file__).parents[3]
NO_GLYPH = "\U0010fffd"  # private use: no font draws it


def export(path: Path, content: Sheet, *attachments: Attached) -> Path:
    pdf = render_pdf(render_html(content), {}, metadata_of(content, attachments))
    assert pdf.data.startswith(b"%PDF-1.7")
    path.write_bytes(pdf.data)
    assert pdf.pages == len(pdf_text(path))
    return path


def picture(kind: Literal["PNG", "JPEG", "GIF"], width: int = 60, height: int = 30) -> bytes:
    stream = BytesIO()
    Image.new("RGB", (width, height), "#336699").save(stream, kind)
    return stream.getvalue()


def poppler(*command: str | Path) -> str:
    """What a program of poppler prints, times in UTC."""
    env = {**os.environ, "TZ": "UTC"}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout


def refusal(body: str, assets: dict[str, bytes]) -> PrsError:
    content = sheet(body=body)
    with pytest.raises(PrsError) as caught:
        render_pdf(render_html(content), assets, metadata_of(content))
    return caught.value


def python(program: str, **environment: str) -> str:
    """Run a program against this checkout in a new interpreter, with a small environment."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=env).stdout


def test_text_of_a_controlled_copy(tmp_path: Path) -> None:
    pages = pdf_text(export(tmp_path / "a.pdf", sheet()))
    cover, control, contents, body = pages
    for shown in ("QD202305003", "滨江智慧园区需求调研报告", "周启明、韩雪", "陈国栋", "内部资料", "2030-12-31"):
        assert shown in cover
    for shown in ("周启明", "韩雪", "陈国栋", "1f1f1f1f1f1f", sheet().ledger_entry):
        assert shown in control
    assert contents.count("4\n") >= 3  # each chapter and its page
    assert "访客预约与闸机联动" in body
    for number, page in enumerate(pages[1:], 2):
        assert f"第{number}页共4页" in "".join(page.split())
        assert "QD202305003版本1.0" in "".join(page.split())
        assert sheet().organisation in page


@pytest.mark.parametrize(("profile", "mark"), [("draft", "未审批草稿"), ("obsolete", "作废")])
def test_watermark_is_on_every_page(tmp_path: Path, profile: Literal["draft", "obsolete"], mark: str) -> None:
    pages = pdf_text(export(tmp_path / "a.pdf", sheet(profile=profile)))
    assert len(pages) > 2
    assert all(set(mark) <= set(page) for page in pages)


def test_external_copy_says_nothing_internal(tmp_path: Path) -> None:
    source = Attached("QD202305003.md", BODY.encode(), "Source", "source")
    path = export(tmp_path / "a.pdf", sheet(profile="external"), source)
    text = "".join(pdf_text(path)) + poppler("pdfinfo", path)
    assert not any(inside in text for inside in ("内部资料", "智慧园区, 需求", "审批记录", "本报告汇总", "首次发布"))
    assert "0 embedded files" in poppler("pdfdetach", "-list", path)


def test_traditional_text_has_traditional_shapes(tmp_path: Path) -> None:
    for lang, variant, other in (("zh-Hant", "CJK-TC", "CJK-SC"), ("zh-Hans", "CJK-SC", "CJK-TC")):
        path = export(
            tmp_path / "a.pdf", sheet(lang=lang, title="項目售前工作管理制度", body="## 一、總則\n\n為規范\n")
        )
        fonts = poppler("pdffonts", path)
        assert variant in fonts
        assert other not in fonts


def test_metadata_and_source_inside(tmp_path: Path) -> None:
    source = f"---\nnumber: QD202305003\n---\n{BODY}".encode()
    path = export(tmp_path / "a.pdf", sheet(), Attached("QD202305003.md", source, "Source", "Markdown"))
    info = poppler("pdfinfo", path)
    for line in (
        "Title:           滨江智慧园区需求调研报告",
        "Author:          林悦",
        "Keywords:        智慧园区, 需求",
    ):
        assert line in info
    assert info.count("Thu May 25 02:12:00 2023") == 2
    poppler("pdfdetach", "-saveall", "-o", tmp_path, path)
    assert (tmp_path / "QD202305003.md").read_bytes() == source


def test_bytes_are_the_same_in_every_process() -> None:
    program = (
        "from tests.unit.render.samples import BODY, sheet\n"
        "from presales_repo.render.html import render_html\n"
        "from presales_repo.render.metadata import Attached, metadata_of\n"
        "from presales_repo.render.pdf import render_pdf\n"
        "attached = Attached('a.md', BODY.encode(), 'Source', 'source')\n"
        "print(render_pdf(render_html(sheet()), {}, metadata_of(sheet(), (attached,))).sha256)\n"
    )
    here = python(program, PYTHONHASHSEED="1", TZ="Asia/Shanghai", LANG="C.UTF-8")
    there = python(program, PYTHONHASHSEED="2", TZ="America/New_York", LANG="zh_CN.UTF-8", LC_ALL="C")
    assert here == there


def test_long_and_wide_things_stay_on_the_page(tmp_path: Path) -> None:
    wide = "|" + "列|" * 25 + "\n|" + "-|" * 25 + "\n" + "|" + "中文内容|" * 25
    body = f"{'x' * 400}\n\n```\n{'y' * 400}\n```\n\n| 名 | 值 |\n|---|---|\n| {'z' * 200} | 值 |\n\n{wide}\n"
    content = sheet(
        title="很长的标题" * 12, body=body, approvals=sheet().approvals * 10, countersigns=(), organisation="公司" * 25
    )
    path = export(tmp_path / "a.pdf", content)
    boxes = poppler("pdftotext", "-bbox", path, "-")
    width = 0.0
    for line in boxes.splitlines():
        if "<page " in line:
            width = float(line.split('width="')[1].split('"')[0])
        elif "<word " in line:
            assert float(line.split('xMin="')[1].split('"')[0]) > 0
            assert float(line.split('xMax="')[1].split('"')[0]) < width
    assert boxes.count("提交号") == 2  # the head of a table stands on each of its pages


def test_images_are_served_by_their_names() -> None:
    body = "![一](../a/图%201.png)\n\n![二](b.jpg)"
    content = sheet(body=body)
    assets = {"../a/图 1.png": picture("PNG"), "b.jpg": picture("JPEG")}
    assert b"/Subtype /Image" in render_pdf(render_html(content), assets, metadata_of(content)).data


def test_image_that_was_not_given_is_named() -> None:
    error = refusal("![一](../../../../etc/passwd)\n\n![二](x.png)", {"x.png": picture("PNG")})
    assert (error.code, error.args_) == ("E074", {"images": "../../../../etc/passwd", "count": 1})


@pytest.mark.parametrize(
    "data",
    [
        picture("GIF"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        picture("PNG")[:60],
        picture("JPEG")[:-20],
        b"",
    ],
)
def test_only_whole_png_and_jpeg(data: bytes) -> None:
    error = refusal("![图](x.png)", {"x.png": data})
    assert (error.code, error.args_) == ("S125", {"image": "x.png"})


def test_huge_picture() -> None:
    stream = BytesIO()
    Image.new("1", (30_000, 30_000)).save(stream, "PNG")  # a decompression bomb of 110 KB
    assert refusal("![图](x.png)", {"x.png": stream.getvalue()}).code == "S126"
    assert refusal("![图](x.png)", {"x.png": picture("PNG", 5001, 5000)}).args_ == {"image": "x.png", "limit": 25}


def test_fetcher_opens_nothing_of_the_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture("PNG"))
    address = secret.as_uri()
    html = (
        f'<html><head><link rel="stylesheet" href="{address}"><link rel="attachment" href="{address}">'
        f'<style>@import "{address}"; p {{ background: url({address}) }} p::before {{ content: url({address}) }}'
        f'@font-face {{ font-family: x; src: url({address}) }}</style><base href="{tmp_path.as_uri()}/"></head>'
        f'<body><p>a<img src="{address}"><img src="secret.png"><object data="{address}"></object>'
        f'<embed src="{address}"><a rel="attachment" href="{address}">b</a>'
        f'<svg><image href="{address}" width="9" height="9"/></svg></p></body></html>'
    )
    done = weasy.typeset(html, {}, Metadata("a", "b", "en", "", (), "2023-05-25T10:12:00+08:00"))
    assert set(done.refused) == {address}
    assert b"/Image" not in done.data
    assert b"EmbeddedFile" not in done.data


def test_characters_without_glyph_are_named() -> None:
    error = refusal(f"甲{NO_GLYPH}乙", {})
    assert (error.code, error.args_["characters"]) == ("E071", f"{NO_GLYPH} U+10FFFD")


def test_too_many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weasy, "MAX_PAGES", 3)
    assert refusal(BODY, {}).args_ == {"pages": 4, "limit": 3}


def test_this_machine_can_export() -> None:
    assert engine_problems() == []


REPORT = (
    "import warnings; warnings.simplefilter('ignore')\n"
    "from presales_repo.render.pdf import engine_problems\n"
    "print(*(finding.code for finding in engine_problems()))\n"
)
# cffi's loader refuses one library, as the system's does when the package is missing.
WITHOUT = (
    "import cffi; load = cffi.FFI.dlopen\n"
    "def without(self, name, *rest):\n"
    "    if '{}' in str(name): raise OSError('cannot load library ' + str(name))\n"
    "    return load(self, name, *rest)\n"
    "cffi.FFI.dlopen = without\n"
)


def test_missing_library_is_told_in_one_code() -> None:
    assert python(WITHOUT.format("pango-1") + REPORT) == "E070\n"


def test_missing_subset_library_is_told() -> None:
    assert python(WITHOUT.format("harfbuzz-subset") + REPORT) == "E073\n"


def test_missing_chinese_font_is_told(tmp_path: Path) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>{tmp_path}</cachedir></fontconfig>"
    )
    assert python(REPORT, FONTCONFIG_FILE=str(config)) == "E072\n"
