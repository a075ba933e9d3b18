"""The Chinese catalogue: complete, in step with the code and with click, and what a reader really meets."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from presales_repo.codes import all_rules
from presales_repo.i18n import LOCALES, choose_language
from scripts.extract_messages import CLICK, Message, marked, messages
from tests.company import Desk

ROOT = Path(__file__).resolve().parents[2]
HOOK = ROOT / "presales_repo" / "cli" / "hook.py"
PO = Path(LOCALES, "zh_CN", "LC_MESSAGES", "prs.po")
HAN = re.compile("[\u4e00-\u9fff]")
# Messages whose Chinese form has no Chinese character, and the one that click follows with a space.
WITHOUT_HAN = {", ", "{name}: {value}", "{title}: {subject}", "{outcome}, {day}", "git", "python"}
WITH_ASCII_COLON = {"Usage:"}


def text_of(value: object) -> str:
    """A translation as one text; Chinese has one plural form."""
    return value if isinstance(value, str) else "".join(value) if isinstance(value, tuple | list) else ""


def key_of(value: object) -> Message:
    """A message id as the extraction writes it."""
    return value if isinstance(value, str) else (value[0], value[1])  # type: ignore[index]


def entries(catalog: Catalog) -> dict[Message, str]:
    """The messages of a catalogue without its header, in order."""
    return {key_of(message.id): text_of(message.string) for message in catalog if message.id}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)(?:![rs])?\}", text))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN", abort_invalid=True)


@pytest.fixture(scope="module")
def chinese(catalog: Catalog) -> dict[Message, str]:
    return entries(catalog)


# ------------------------------------------------------------------------------------------------ the catalogue


def test_it_holds_the_messages_of_the_code_in_order_and_no_others(chinese: dict[Message, str]) -> None:
    assert list(chinese) == messages(), "run `make messages`"


def test_every_message_is_translated(catalog: Catalog, chinese: dict[Message, str]) -> None:
    assert [message for message, text in chinese.items() if not text.strip()] == []
    assert [message.id for message in catalog if message.fuzzy] == []
    assert not catalog.obsolete


def test_a_translation_has_the_placeholders_of_its_message(chinese: dict[Message, str]) -> None:
    wrong = {}
    for message, text in chinese.items():
        forms = (message,) if isinstance(message, str) else message
        if placeholders(text) not in [placeholders(form) for form in forms]:
            wrong[message] = text
    assert wrong == {}


def test_a_translation_is_chinese_with_chinese_punctuation(chinese: dict[Message, str]) -> None:
    assert {message for message, text in chinese.items() if not HAN.search(text)} == WITHOUT_HAN
    halfwidth = re.compile(HAN.pattern + r"[,;:?!.](?=\s|$|" + HAN.pattern + ")")
    assert {message for message, text in chinese.items() if halfwidth.search(text)} == WITH_ASCII_COLON


def test_it_names_no_machine_and_no_line(catalog: Catalog) -> None:
    assert [message.id for message in catalog if message.locations] == []
    assert "/home/" not in PO.read_text(encoding="utf-8")


def test_the_compiled_catalogue_is_this_one(chinese: dict[Message, str]) -> None:
    with PO.with_suffix(".mo").open("rb") as file:
        assert entries(read_mo(file)) == chinese, "run `make messages`"


# ----------------------------------------------------------------------------------------------- the extraction


def test_marks_are_found_inside_f_strings_and_joined_literals(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("""print(f"{_('one')}: {N_('two ' 'words')}", _(name), other("three"))""")
    assert sorted(marked(tmp_path)) == ["one", "two words"]


def words_of_click() -> Iterator[Message]:
    """What click's source marks for translation."""
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=str(text))]):
                    yield text
                case ast.Call(
                    func=ast.Name(id="ngettext"), args=[ast.Constant(value=one), ast.Constant(value=more), _]
                ):
                    yield str(one), str(more)


def test_the_words_of_click_are_those_of_its_source() -> None:
    assert set(CLICK) - set(words_of_click()) == set()


def test_every_code_says_what_is_wrong_and_what_to_do() -> None:
    assert [rule.code for rule in all_rules() if not (rule.message.strip() and rule.hint.strip())] == []


# --------------------------------------------------------------------------------------------- what is shown


def run(*command: str | Path, **environment: str) -> str:
    """What a command prints, on both streams, with only these words about the language in its environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**kept, **environment}, capture_output=True, timeout=60, check=False
    )
    return (done.stdout + done.stderr).decode()


def prs(*arguments: str | Path, **environment: str) -> str:
    return run("-m", "presales_repo", *arguments, **environment)


@pytest.mark.parametrize(
    ("arguments", "chinese_text", "english_text"),
    [
        (["--help"], "把文档送审。", "Submit a document for approval."),
        (["--help"], "用法: prs [选项] [命令] [参数]...", "Usage: prs [OPTIONS] [COMMAND] [ARGS]..."),
        (["submit", "--help"], "本版本的修改内容。  [必填]", "What is new in this version.  [required]"),
        (["submit", "--help"], "显示本帮助并退出。", "Show this message and exit."),
        (["policy"], "附议当前提案。", "Sign the open proposal."),
        (["explain", "A302"], "A302 (错误)：", "A302 (error): "),
        (
            ["explain", "Z999"],
            "error[W115]: 没有代码 Z999。\nhint: 请使用",
            "error[W115]: There is no such code: Z999\nhint: ",
        ),
    ],
)
def test_help_and_refusals_speak_the_language_asked_for(
    arguments: list[str], chinese_text: str, english_text: str
) -> None:
    assert chinese_text in prs("--lang", "zh", *arguments)
    shown = prs("--lang", "en", *arguments)
    assert english_text in shown
    assert not HAN.search(shown.replace("四(三)1", "")), shown


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["submit"], "缺少参数 'NUMBER'"),
        (["submit", "QD202305001"], "缺少选项 '-m'"),
        (["submit", "--mayor"], "没有选项 '--mayor'。 您要用的是不是 '--major'"),
        (["submit", "QD202305001", "-m"], "选项 '-m' 缺少取值。"),
        (["list", "--json=1"], "选项 '--json' 不带取值。"),
        (["list", "--status", "lost"], "'--status' 的取值无效：请从以下各项中选择：草稿、draft、"),
        (["list", "--where", "x"], "'--where' 的取值无效：请写成 FIELD=VALUE"),
        (["person", "revoke-key", "a", "--from", "x"], "'x' 不是有效的数字（integer）"),
        (["show", "a", "b"], "出现多余的参数（b）"),
        (["completion"], "可选值： bash, zsh, fish"),
        (["policy", "shew"], "没有命令 'shew'。 您要用的是不是 'show'"),
        (["lsit"], "没有命令 lsit。您要用的是不是：prs list"),
        (["--lang", "fr"], "'fr' 不在可选值之内：'en', 'zh'"),
    ],
)
def test_words_that_were_not_understood_are_refused_in_chinese(arguments: list[str], text: str) -> None:
    shown = prs(*arguments, PRS_LANG="zh")
    assert shown.startswith("error[E190]: 无法理解该命令：")
    assert text in shown
    assert "\nhint: 请参阅：prs " in shown


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"PRS_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"PRS_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_environment_chooses_the_language(environment: dict[str, str], language: str) -> None:
    assert choose_language(None, environment) == language
    assert ("命令:" in prs("--help", **environment)) == (language == "zh")


def test_the_option_wins_over_the_environment() -> None:
    assert "Commands:" in prs("--lang=en", "--help", PRS_LANG="zh", LANG="zh_CN.UTF-8")
    assert "error[E190]: The command was not understood" in prs("--lang", "en", "lsit", PRS_LANG="zh")


@pytest.mark.parametrize(
    ("front_matter", "text"),
    [
        ("number: QD1", "error[N102]: QD1 不是有效的文档编号。\n  hint: 请改为"),
        ("title: a: b", "error[F101]: 文件头不是有效的 YAML：此处不能再有冒号，内容含冒号时须加引号\n"),
        ("title: &a b", "error[F104]: 文件头使用了不允许的写法：锚点或别名（& 或 *）。\n"),
    ],
)
def test_a_finding_is_chinese_down_to_its_cause(founded: Desk, front_matter: str, text: str) -> None:
    path = founded.root / "common" / "2-需求调研文档" / "QD202305001-调研计划.md"
    path.parent.mkdir(parents=True)
    path.write_text(f"---\n{front_matter}\n---\n", encoding="utf-8")
    assert text in founded.prs("", "check", path, env={"PRS_LANG": "zh"}).out


def test_a_hook_is_chinese(tmp_path: Path) -> None:
    message = tmp_path / "message"
    message.write_text("x\n\nPrs-Action: approve\n", encoding="utf-8")
    shown = run("-I", "-S", HOOK, "commit-msg", message, PRS_LANG="zh")
    assert shown.startswith("error[A210]: 说明中有一行以 Prs- 开头")
