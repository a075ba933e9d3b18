"""What people get from `pip install`: the built packages hold everything, and work away from the checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from presales_repo import __version__

pytestmark = pytest.mark.xdist_group("packaging")  # one build for all, with `--dist loadgroup`

ROOT = Path(__file__).parents[2]
# The folders with data that must travel with the package, and what at least is there.
DATA = {
    "presales_repo/locale": {".po", ".mo"},
    "presales_repo/render": {".css"},
    "presales_repo/demo": {".md", ".yaml", ".png"},
    "schemas": {".yaml"},
    "hooks": {""},
}


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def data_files() -> set[str]:
    """The paths, relative to the checkout, of all data files that an installed package needs."""
    return {
        path.relative_to(ROOT).as_posix()
        for folder in DATA
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sdist, and the wheel that was built from that sdist alone; nothing is fetched."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    return next(out.glob("*.tar.gz")), next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an empty environment that holds the wheel.

    Its libraries are those of the environment that runs the tests, so that no network is needed. They come by
    a .pth line, which does not follow the .pth of an editable install: the checkout stays out of sight.
    """
    home = tmp_path_factory.mktemp("env")
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=home)
    python = home / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", built[1], cwd=home)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip()
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(site) / "libraries.pth").write_text("\n".join(sorted(libraries)), encoding="utf-8")
    return home / "bin"


@pytest.fixture
def stranger(installed: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has just installed prs: no settings of Git, an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    return {"HOME": str(home), "PATH": f"{installed}:{os.defpath}", "LANG": "C.UTF-8"}


@pytest.mark.parametrize("folder", sorted(DATA))
def test_every_kind_of_data_exists(folder: str) -> None:
    found = {PurePosixPath(name).suffix for name in data_files() if name.startswith(f"{folder}/")}
    assert found >= DATA[folder]


def test_sdist_holds_all_data_and_what_building_needs(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    needed = {"pyproject.toml", "Makefile", "LICENSE", "README.md", "requirements.lock", "scripts/setup.sh"}
    assert data_files() | needed <= names


def test_wheel_holds_all_data_and_nothing_but_the_package(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        names = set(wheel.namelist())
    moved = {name if name.startswith("presales_repo/") else f"presales_repo/_data/{name}" for name in data_files()}
    assert moved | {"presales_repo/py.typed"} <= names
    assert {name.partition("/")[0] for name in names} == {"presales_repo", f"presales_repo-{__version__}.dist-info"}


def test_installed_package_is_not_the_checkout(stranger: dict[str, str], tmp_path: Path) -> None:
    code = "import presales_repo.resources as r; print(r.__file__, r.data_dir('schemas'), r.data_dir('hooks'))"
    assert str(ROOT) not in run("python", "-c", code, cwd=tmp_path, env=stranger)


def test_version(stranger: dict[str, str], tmp_path: Path) -> None:
    assert __version__ in run("prs", "--version", cwd=tmp_path, env=stranger)


def test_catalogue_is_found(stranger: dict[str, str], tmp_path: Path) -> None:
    types = json.loads(run("prs", "types", "--json", cwd=tmp_path, env=stranger))
    assert len(types) >= 79
    assert {"id", "title", "category", "stage", "chain", "authors", "important"} <= types[0].keys()


def test_first_document_and_its_hook(stranger: dict[str, str], tmp_path: Path) -> None:
    key = tmp_path / "key"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key, cwd=tmp_path)
    who = ("--org", "示例公司", "--name", "张三", "--email", "zhang@example.com", "--key", key)
    run("prs", "init", "docs", *who, cwd=tmp_path, env=stranger)
    docs = tmp_path / "docs"
    new = ("prs", "-C", docs, "--key", key, "new", "meeting-minutes", "-t", "差旅制度讨论", "--json")
    made = json.loads(run(*new, cwd=tmp_path, env=stranger))
    document = docs / made["path"]
    assert f"number: {made['number']}" in document.read_text(encoding="utf-8")

    document.rename(document.with_name("wrong.md"))
    run("git", "add", "--all", cwd=docs, env=stranger)
    commit = subprocess.run(
        ("git", "commit", "-m", "x"), cwd=docs, env=stranger, capture_output=True, text=True, check=False
    )
    assert commit.returncode != 0
    assert re.search(r"error\[P[0-9]{3}\]", commit.stdout + commit.stderr)
