"""Machines and clones that are not as they should be: a coded refusal that says what to do, and nothing changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import NOW, ORGANISATION, PRS, Company, Desk, assert_refused, new_note, new_paper, run
from tests.conftest import NOTE, PAPER, PLAN

WRITING: dict[str, tuple[str, tuple[str, ...]]] = {
    "new": ("xu", ("new", "technical-white-paper", "-t", "又一份")),
    "save": ("lin", ("save", PLAN, "-m", "修改")),
    "submit": ("song", ("register", NOTE)),
    "approve": ("han", ("approve", PAPER)),
}
each_writing = pytest.mark.parametrize(("person", "words"), WRITING.values(), ids=WRITING.keys())


# -- no repository, or not this kind


READING = (["list"], ["check"], ["show", PAPER], ["verify"], ["history", PAPER], ["policy", "show"], ["person", "list"])


@pytest.mark.parametrize("words", [*READING, ["approve", PAPER], ["new", "regulation", "-t", "x"], ["save", "-m", "x"]])
def test_no_repository(company: Company, tmp_path: Path, words: list[str]) -> None:
    desk = Desk(company, tmp_path, tmp_path)
    assert_refused(desk.prs("xu", *words, env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}), "E102")
    assert list(tmp_path.iterdir()) == []


def test_types_and_explain_need_no_repository(company: Company, tmp_path: Path) -> None:
    desk = Desk(company, tmp_path, tmp_path, {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert len(desk.ok("", "types", "--json").json) == 79
    assert "E102" in desk.ok("", "explain", "E102").out


def test_a_plain_git_repository(company: Company, tmp_path: Path) -> None:
    desk = Desk(company, tmp_path / "plain", tmp_path)
    desk.root.mkdir()
    desk.git_ok("init", "-q", "-b", "main")
    for words in (["list"], ["verify"], ["approve", PAPER]):
        assert_refused(desk.prs("xu", *words), "E113")


def test_a_bare_repository(submitted: Desk, tmp_path: Path) -> None:
    submitted.git_ok("clone", "-q", "--bare", submitted.root, tmp_path / "bare.git")
    for folder in (tmp_path / "bare.git", submitted.root / ".git"):
        assert_refused(submitted.prs("han", "-C", folder, "approve", PAPER), "E111")


def test_a_shallow_clone(submitted: Desk, tmp_path: Path) -> None:
    shallow = Desk(submitted.company, tmp_path / "shallow", submitted.home)
    submitted.git_ok("clone", "-q", "--depth=1", "--no-single-branch", f"file://{submitted.root}", shallow.root)
    shallow.refuse("E114", "han", "approve", PAPER)
    shallow.refuse("E114", "", "verify")
    assert "fetch --unshallow" in shallow.prs("", "list").err
    shallow.git_ok("fetch", "-q", "--unshallow")
    shallow.ok("han", "approve", PAPER)


def test_a_folder_that_does_not_exist(company: Company, tmp_path: Path) -> None:
    desk = Desk(company, tmp_path, tmp_path)
    assert_refused(desk.prs("", "-C", tmp_path / "absent", "list"), "E132")


def test_a_clone_of_somebody_else(submitted: Desk) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    for path in (submitted.root, submitted.root / ".git"):
        os.chown(path, 12345, 12345)
    submitted.env["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"
    done = submitted.prs("", "list")
    assert_refused(done, "E105")
    assert "safe.directory" in done.err


# -- the state of the clone


def detach(desk: Desk) -> None:
    desk.git_ok("checkout", "-q", "--detach")


def other_branch(desk: Desk) -> None:
    desk.git_ok("switch", "-q", "-c", "试验")


def unborn(desk: Desk) -> None:
    desk.git_ok("switch", "-q", "--orphan", "empty")


def on_the_ledger(desk: Desk) -> None:
    desk.git_ok("switch", "-q", "approved")


def merging(desk: Desk) -> None:
    desk.git_ok("switch", "-q", "-c", "side")
    desk.edit(PLAN, "旁支")
    assert desk.commit("lin", "旁支", "-a").code == 0
    desk.git_ok("switch", "-q", "main")
    desk.edit(PLAN, "主线")
    assert desk.commit("lin", "主线", "-a").code == 0
    assert desk.git("-c", "user.name=x", "-c", "user.email=x@y.example", "merge", "side").code == 1


def picking(desk: Desk) -> None:
    desk.git_ok("switch", "-q", "-c", "side")
    desk.edit(PLAN, "旁支")
    assert desk.commit("lin", "旁支", "-a").code == 0
    desk.git_ok("switch", "-q", "main")
    desk.edit(PLAN, "主线")
    assert desk.commit("lin", "主线", "-a").code == 0
    assert desk.git("-c", "user.name=x", "-c", "user.email=x@y.example", "cherry-pick", "side").code == 1


STATES = {
    "detached": (detach, "E115"),
    "another branch": (other_branch, "E116"),
    "the ledger": (on_the_ledger, "E116"),
    "a merge under way": (merging, "E117"),
    "a cherry-pick under way": (picking, "E117"),
}


@pytest.mark.parametrize("words", [("song", "register", NOTE), ("lin", "save", "-m", "x"), ("cheng", "policy", "propose", "-m", "x")])
@pytest.mark.parametrize(("act", "code"), STATES.values(), ids=STATES.keys())
def test_commands_that_need_main(drafted: Desk, act: object, code: str, words: tuple[str, ...]) -> None:
    act(drafted)  # type: ignore[operator]
    if words[1] == "policy":
        (drafted.root / "policy" / "repository.yaml").write_bytes(
            (drafted.root / "policy" / "repository.yaml").read_bytes() + b"# x\n"
        )
    drafted.refuse(code, *words)


def test_a_merge_under_way_in_a_linked_work_tree(drafted: Desk, tmp_path: Path) -> None:
    """Each work tree has its own MERGE_HEAD."""
    detach(drafted)
    linked = Desk(drafted.company, tmp_path / "linked", drafted.home)
    drafted.git_ok("worktree", "add", "-q", linked.root, "main")
    merging(linked)
    linked.refuse("E117", "song", "register", NOTE)
    linked.git_ok("merge", "--abort")
    linked.ok("song", "register", NOTE)


def test_decisions_of_others_wait_for_nobody_s_branch(submitted: Desk) -> None:
    """Signing needs the text, not a branch: a reviewer on a detached HEAD that shows it may sign."""
    detach(submitted)
    submitted.ok("han", "approve", PAPER)


def test_an_unborn_branch(drafted: Desk) -> None:
    unborn(drafted)
    assert drafted.prs("", "list", "--json").code == 0
    drafted.refuse("E116", "xu", "save", "-m", "x")


def test_another_git_at_work(drafted: Desk) -> None:
    drafted.edit(PAPER)
    lock = drafted.root / ".git" / "index.lock"
    lock.touch()
    done = drafted.refuse("E108", "xu", "save", PAPER, "-m", "修改")
    assert "index.lock" in done.err
    lock.unlink()
    drafted.ok("xu", "save", PAPER, "-m", "修改")


@pytest.mark.parametrize("name", ["refs/heads/approved", "refs/heads/main", "packed-refs", "refs/prs/numbers/FJ/202305"])
def test_a_stale_lock_of_a_ref(drafted: Desk, name: str) -> None:
    """What a killed git leaves: named, with the way out, and good again once it is gone."""
    words = {
        "refs/heads/approved": ("song", "register", NOTE),
        "refs/heads/main": ("xu", "save", PAPER, "-m", "修改"),
        "packed-refs": ("xu", "new", "technical-white-paper", "-t", "又一份"),
        "refs/prs/numbers/FJ/202305": ("xu", "new", "technical-white-paper", "-t", "又一份"),
    }[name]
    drafted.edit(PAPER)
    lock = drafted.root / ".git" / f"{name}.lock"
    lock.touch()
    if name != "packed-refs":
        done = drafted.prs(*words)
        assert_refused(done, "E108")
        assert f"{Path(name).name}.lock" in done.err
    lock.unlink()
    drafted.ok(*words)


@pytest.mark.parametrize("litter", [b"", b"not a database at all" * 100], ids=["empty", "rubbish"])
def test_broken_caches_are_made_again(submitted: Desk, litter: bytes) -> None:
    submitted.ok("", "list")
    caches = [*submitted.home.rglob("*.sqlite"), submitted.root / ".git" / "prs" / "index.sqlite"]
    caches += submitted.home.rglob("*.json")
    assert len(caches) >= 2
    for cache in caches:
        cache.write_bytes(litter)
    assert [row["status"] for row in submitted.ok("", "list", "--json").json] == ["in-review", "draft", "draft"]
    submitted.ok("han", "approve", PAPER)


def test_a_ledger_that_was_rewound_is_noticed(submitted: Desk) -> None:
    submitted.ok("han", "approve", PAPER)
    submitted.git_ok("update-ref", "refs/heads/approved", "approved~1")
    submitted.refuse("A230", "han", "approve", PAPER)
    done = submitted.prs("", "verify", "--json")
    assert (done.code, done.json["ok"], done.json["problems"][0]["code"]) == (1, False, "A230")


def test_a_published_text_that_went_missing(published: Desk) -> None:
    """A damaged object store is a coded refusal, not a crash."""
    blob = published.git_ok("rev-parse", f"approved:common/3-解决方案文档/{published.path_of(PAPER).name}")
    (published.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert published.prs("", "show", f"{PAPER}@1.0").codes == ["A221"]
    done = published.prs("", "verify", "--full", "--json")
    assert (done.code, done.json["problems"][0]["code"]) == (1, "A221")


# -- disks


@pytest.fixture
def mounted() -> Iterator[list[Path]]:
    """Folders in which a file system was mounted: unmounted at the end, whatever happened."""
    mounts: list[Path] = []
    yield mounts
    for folder in reversed(mounts):
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)


def mount(mounts: list[Path], *words: str | Path) -> Path:
    """Mount something, or skip where that is impossible: permission bits do not bind root."""
    folder = Path(words[-1])
    done = subprocess.run(["mount", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"cannot mount: {done.stderr.strip()}")
    mounts.append(folder)
    return folder


def read_only(desk: Desk, mounts: list[Path]) -> None:
    mount(mounts, "--bind", desk.root, desk.root)
    subprocess.run(["mount", "-o", "remount,ro,bind", str(desk.root)], check=True, capture_output=True)


def small_disk(desk: Desk, mounts: list[Path], folder: Path) -> Desk:
    """The repository on a disk of its own that is full but for a few bytes."""
    folder.mkdir()
    mount(mounts, "-t", "tmpfs", "-o", "size=8m", "prs-test", folder)
    moved = Desk(desk.company, folder / "repo", desk.home, dict(desk.env))
    shutil.copytree(desk.root, moved.root, symlinks=True)
    moved.git_ok("update-index", "-q", "--refresh")
    return moved


def fill(folder: Path) -> None:
    """Use up what is left of a disk."""
    descriptor = os.open(folder / "ballast", os.O_WRONLY | os.O_CREAT)
    try:
        for size in (1 << 20, 1 << 12, 1):
            while True:
                try:
                    os.write(descriptor, b"\0" * size)
                except OSError:
                    break
    finally:
        os.close(descriptor)


@each_writing
def test_a_read_only_disk(
    submitted: Desk, mounted: list[Path], person: str, words: tuple[str, ...]
) -> None:
    submitted.edit(PLAN)
    submitted.ok("", "list")
    read_only(submitted, mounted)
    submitted.refuse("E106", person, *words)


@pytest.mark.parametrize("known", [True, False], ids=["used before", "never used"])
def test_a_read_only_disk_can_be_read(submitted: Desk, mounted: list[Path], known: bool) -> None:
    if known:
        submitted.ok("", "list")
    read_only(submitted, mounted)
    for words in (["list"], ["show", PAPER], ["check"], ["verify"], ["verify", "--full"], ["history", PAPER]):
        submitted.ok("", *words)


@each_writing
def test_a_full_disk(
    submitted: Desk, mounted: list[Path], tmp_path: Path, person: str, words: tuple[str, ...]
) -> None:
    submitted.edit(PLAN)
    desk = small_disk(submitted, mounted, tmp_path / "disk")
    desk.ok("", "list")
    fill(tmp_path / "disk")
    desk.refuse("E107", person, *words)
    assert desk.ok("", "verify", "--full", "--json").json["ok"]
    (tmp_path / "disk" / "ballast").unlink()
    desk.git_ok("fsck")
    desk.ok(person, *words)


def test_a_full_disk_can_be_read(submitted: Desk, mounted: list[Path], tmp_path: Path) -> None:
    desk = small_disk(submitted, mounted, tmp_path / "disk")
    fill(tmp_path / "disk")
    for words in (["list"], ["show", PAPER], ["check"], ["verify"]):
        desk.ok("", *words)


def test_a_full_home(submitted: Desk, mounted: list[Path], tmp_path: Path) -> None:
    """What was verified cannot be remembered: slower, but nothing is refused or lost."""
    home = tmp_path / "small-home"
    home.mkdir()
    mount(mounted, "-t", "tmpfs", "-o", "size=64k", "prs-test", home)
    submitted.home = home
    fill(home)
    submitted.ok("", "list")
    submitted.ok("han", "approve", PAPER)
    submitted.ok("shen", "approve", PAPER)
    assert submitted.ok("", "show", PAPER, "--json").json["waiting_for"] == ["cheng"]


def test_init_on_a_full_disk_leaves_nothing(company: Company, mounted: list[Path], tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount(mounted, "-t", "tmpfs", "-o", "size=256k", "prs-test", disk)
    desk = Desk(company, disk, tmp_path)
    words = ["init", "repo", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example"]
    assert_refused(desk.prs("cheng", *words), "E107")
    assert list(disk.iterdir()) == []


def test_export_to_a_read_only_folder(published: Desk, mounted: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "pdfs"
    folder.mkdir()
    mount(mounted, "-t", "tmpfs", "-o", "size=64k,ro", "prs-test", folder)
    published.refuse("E106", "", "export", PAPER, "-o", folder)


# -- programs that are missing or old


def path_without(folder: Path, *names: str, **scripts: str) -> str:
    """A PATH with the programs that prs uses but for some, and with scripts in place of others."""
    folder.mkdir()
    for name in ("git", "ssh-keygen", "ssh-add", "sh"):
        found = shutil.which(name)
        if name not in names and name not in scripts and found:
            (folder / name).symlink_to(found)
    for name, text in scripts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return str(folder)


def test_no_git(submitted: Desk, tmp_path: Path) -> None:
    path = path_without(tmp_path / "bin", "git")
    for words in (["list"], ["approve", PAPER], ["init", "x", "--org", "o", "--name", "n", "--email", "e@x.example"]):
        assert_refused(submitted.prs("han", *words, env={"PATH": path}), "E101")
    assert not (submitted.root / "x").exists()


OLD_GIT = """#!/bin/sh
# A git of {version}: it does not know what later ones learnt.
case "$*" in
  version|--version) echo "git version {version}" ;;
  *--show-object-format*)
    shift
    for word in "$@"; do
      case "$word" in --show-object-format) echo "$word" ;; *) {git} rev-parse "$word" ;; esac
    done ;;
  *) exec {git} "$@" ;;
esac
"""


@pytest.mark.parametrize("version", ["2.17.1", "2.25.1", "2.35.9", "1.8.3.1"])
def test_an_old_git(submitted: Desk, tmp_path: Path, version: str) -> None:
    script = OLD_GIT.format(version=version, git=shutil.which("git"))
    path = path_without(tmp_path / "bin", git=script)
    for words in (["list"], ["approve", PAPER], ["init", "x", "--org", "o", "--name", "n", "--email", "e@x.example"]):
        done = submitted.prs("han", *words, env={"PATH": path})
        assert_refused(done, "E110")
        assert version in done.err
    assert not (submitted.root / "x").exists()


@pytest.mark.parametrize("version", ["2.36.0", "2.39.5 (Apple Git-154)", "2.45.2.windows.1", "3.0.0-rc1"])
def test_a_git_that_is_new_enough(submitted: Desk, tmp_path: Path, version: str) -> None:
    script = f'#!/bin/sh\n[ "$*" = version ] && echo "git version {version}" || exec {shutil.which("git")} "$@"\n'
    done = submitted.prs("han", "approve", PAPER, env={"PATH": path_without(tmp_path / "bin", git=script)})
    assert done.code == 0


@each_writing
def test_no_ssh_keygen(submitted: Desk, tmp_path: Path, person: str, words: tuple[str, ...]) -> None:
    submitted.edit(PLAN)
    before = submitted.fingerprint()
    done = submitted.prs(person, *words, env={"PATH": path_without(tmp_path / "bin", "ssh-keygen")})
    if words[0] == "new":
        assert done.code == 0, "allocating a number signs nothing"
    else:
        assert_refused(done, "A159")
        assert submitted.fingerprint() == before


def test_init_without_ssh_keygen(company: Company, tmp_path: Path) -> None:
    desk = Desk(company, tmp_path / "place", tmp_path)
    desk.root.mkdir()
    words = ["init", "repo", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example"]
    done = desk.prs("cheng", *words, env={"PATH": path_without(tmp_path / "bin", "ssh-keygen")})
    assert_refused(done, "A159")
    assert list(desk.root.iterdir()) == []


def test_doctor_names_what_is_missing(submitted: Desk, tmp_path: Path) -> None:
    done = submitted.prs("", "doctor", "--json", env={"PATH": path_without(tmp_path / "bin", "ssh-keygen")})
    assert done.code == 1
    assert [item["code"] for item in done.json if item["what"] == "ssh-keygen"] == ["A159"]
    done = submitted.prs("", "doctor", "--json", env={"PATH": path_without(tmp_path / "bin2", "git")})
    assert done.code == 1
    assert "E101" in [item["code"] for item in done.json]


# -- the environment


def test_without_a_home(submitted: Desk, tmp_path: Path) -> None:
    """A job, a container or a hook may have none. What is kept goes to the user's home as the system knows it, or
    nowhere, never to the root of the disk."""
    existed = Path("/.local").exists()
    probe = "import os, pwd; print(pwd.getpwuid(os.getuid()).pw_dir)"
    assert probe
    done = submitted.prs("han", "approve", PAPER, env={"HOME": None, "XDG_STATE_HOME": None})
    assert done.code == 0
    assert Path("/.local").exists() == existed
    assert submitted.ok("", "show", PAPER, "--json").json["waiting_for"] == ["shen"]


def test_a_home_that_does_not_exist_or_cannot_be_written(submitted: Desk) -> None:
    done = submitted.prs("han", "approve", PAPER, env={"HOME": "/nonexistent", "XDG_STATE_HOME": None})
    assert done.code == 0
    done = submitted.prs("shen", "approve", PAPER, env={"HOME": "/proc/1", "XDG_STATE_HOME": "/proc/1/state"})
    assert done.code == 0
    assert not Path("/nonexistent").exists()


@pytest.mark.parametrize("now", ["yesterday", "2023-13-01", "2023-05-18T25:00", "1684373400", "٢٠٢٣-٠٥-١٨", " "])
def test_a_clock_that_is_none(submitted: Desk, now: str) -> None:
    submitted.refuse("E131", "han", "approve", PAPER, now=now)
    submitted.refuse("E131", "xu", "new", "technical-white-paper", "-t", "x", now=now)


@pytest.mark.parametrize(
    "now", ["0001-01-01T00:00:00+00:00", "1969-12-31T00:00:00Z", "1999-12-31", "2100-01-01", "9999-12-31T23:59:59Z"]
)
def test_a_clock_that_is_far_off(submitted: Desk, now: str) -> None:
    """A number holds the years 2000 to 2099, a commit none before 1970."""
    submitted.refuse("E131", "xu", "new", "technical-white-paper", "-t", "x", now=now)


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2023-05-18", "2023-05-18T00:00:00+08:00"),
        ("2023-05-18T09:30", "2023-05-18T09:30:00+08:00"),
        ("2023-05-18T01:30:00Z", "2023-05-18T09:30:00+08:00"),
        ("2023-05-18T09:30:00.123456+08:00", "2023-05-18T09:30:00+08:00"),
        ("2023-05-17T20:30:00-05:00", "2023-05-18T09:30:00+08:00"),
    ],
)
def test_ways_to_write_a_time(submitted: Desk, now: str, shown: str) -> None:
    submitted.env["TZ"] = "Asia/Shanghai"
    submitted.ok("han", "approve", PAPER, now=now)
    assert submitted.ok("", "show", PAPER, "--json").json["steps"][0]["time"] == shown


def claim(desk: Desk, stage: str, number: str) -> None:
    """Record a number as issued, as the reservation's format has it."""
    message = f"prs: reserve {number}\n\nPrs-Number: {number}\nPrs-Nonce: {'0' * 32}\n"
    tree = desk.git_ok("hash-object", "-w", "-t", "tree", "/dev/null")
    identity = ("-c", "user.name=x", "-c", "user.email=x@y.example")
    commit = desk.git_ok(*identity, "commit-tree", tree, "-m", message.rstrip("\n"))
    desk.git_ok("update-ref", f"refs/prs/numbers/{stage}/{number[2:8]}", commit)


def test_a_full_month(founded: Desk) -> None:
    claim(founded, "XS", "XS202305998")
    assert new_note(founded, "最后一份") == "XS202305999"
    words = ("market-info-note", "-t", "放不下了")
    done = founded.refuse("N105", "song", "new", *words)
    assert "202305" in done.err
    assert founded.ok("song", "new", *words, "--json", now="2023-06-01T00:00:00+08:00").json["number"] == "XS202306001"
    assert new_paper(founded) == "FJ202305001"


def test_a_full_month_known_from_documents_alone(founded: Desk) -> None:
    claim(founded, "XS", "XS202305998")
    new_note(founded, "最后一份")
    founded.ok("song", "save", "-m", "初稿")
    founded.git_ok("update-ref", "-d", "refs/prs/numbers/XS/202305")
    founded.refuse("N105", "song", "new", "market-info-note", "-t", "放不下了")


@pytest.mark.parametrize("text", ["garbage", "Prs-Number: XS202306001", "Prs-Number: XS202305000000"])
def test_a_record_of_numbers_that_was_tampered_with(founded: Desk, text: str) -> None:
    claim(founded, "XS", "XS202305001")
    tree = founded.git_ok("rev-parse", "refs/prs/numbers/XS/202305^{tree}")
    identity = ("-c", "user.name=x", "-c", "user.email=x@y.example")
    commit = founded.git_ok(*identity, "commit-tree", tree, "-m", text)
    founded.git_ok("update-ref", "refs/prs/numbers/XS/202305", commit)
    founded.refuse("N110", "song", "new", "market-info-note", "-t", "x")


SETTINGS = """
[color] ui = always
[core] quotepath = true
  autocrlf = true
  hooksPath = HOOKS
  excludesFile = EXCLUDES
  pager = false
  editor = false
  fsmonitor = false
  untrackedCache = true
[commit] gpgsign = true
  template = /nonexistent
  verbose = true
  cleanup = scissors
[user] useConfigOnly = true
[gpg] format = openpgp
  program = false
[gpg "ssh"] program = /bin/false
[log] showSignature = true
  decorate = full
  date = relative
  follow = true
[diff] noprefix = true
  external = false
  renames = copies
  mnemonicPrefix = true
  relative = true
  orderFile = /nonexistent
[format] pretty = fuller
[status] short = true
  showUntrackedFiles = no
[merge] ff = only
[init] defaultBranch = trunk
  templateDir = /nonexistent
[push] default = nothing
[safe] bareRepository = explicit
[advice] detachedHead = false
[alias] commit = false
"""


def test_somebody_s_own_git_settings_do_not_matter(company: Company, tmp_path: Path) -> None:
    """People bring settings of all kinds; the whole path works all the same."""
    home = tmp_path / "home"
    (home / "hooks").mkdir(parents=True)
    for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "reference-transaction", "post-commit"):
        (home / "hooks" / name).write_text("#!/bin/sh\nexit 1\n")
        (home / "hooks" / name).chmod(0o755)
    (home / "ignore").write_text("*.md\npolicy/\n")
    text = SETTINGS.replace("HOOKS", str(home / "hooks")).replace("EXCLUDES", str(home / "ignore"))
    (home / ".gitconfig").write_text(text)
    desk = Desk(company, tmp_path, home)
    desk.ok("cheng", "init", "repo", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example",
            "--people", company.people_file)  # fmt: skip
    desk.root = tmp_path / "repo"
    number = new_paper(desk)
    desk.ok("xu", "save", number, "-m", "# 不是注释")
    assert desk.git_ok("log", "-1", "--no-show-signature", "--format=%s %ae %G?", "main") == (
        "# 不是注释 xu@qiheng.example N"
    ) or desk.git_ok("cat-file", "-p", "main").split("\n\n")[1].startswith("# 不是注释")
    desk.ok("xu", "submit", number, "-m", "首次")
    for person in ("han", "shen", "cheng"):
        desk.ok(person, "approve", number)
    desk.edit(number)
    assert "+补充一段文字。" in desk.ok("", "diff", number).out.split("\n")
    assert "\x1b" not in desk.ok("", "diff", number).out
    history = desk.ok("", "history", number, "--json").json
    assert [(row["person"], row["decision"]) for row in history] == [
        ("xu", "edit"), ("xu", "submit"), ("han", "approve"), ("shen", "approve"), ("cheng", "approve"),
    ]  # fmt: skip
    assert history[0]["changed"] == "+31 -0"
    assert desk.ok("", "verify", "--full", "--json").json["ok"]
    assert desk.ok("", "list", "--json").json[0]["status"] == "revising"
    before = desk.git("show", f"approved:common/3-解决方案文档/{number}-数据中台技术白皮书.md").raw
    assert desk.ok("", "show", f"{number}@1.0").raw == before
    assert b"\r" not in before


# -- languages, terminals, pipes


@pytest.mark.parametrize(
    "env",
    [
        {"LANG": None, "LC_ALL": "C"},
        {"LANG": None, "LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"},
        {"LANG": "zh_CN.UTF-8"},
        {"LANG": "zh_CN.GBK"},
        {"LANG": None},
    ],
    ids=str,
)
def test_any_locale(submitted: Desk, env: dict[str, str | None]) -> None:
    done = submitted.prs("xu", "new", "technical-white-paper", "-t", "数据治理白皮书", "--json", env=env)
    assert (done.code, done.json["title"]) == (0, "数据治理白皮书")
    assert submitted.path_of("FJ202305002").name == "FJ202305002-数据治理白皮书.md"
    assert submitted.prs("xu", "save", "-m", "中文说明", env=env).code == 0
    assert submitted.git_ok("log", "-1", "--format=%s", "main") == "中文说明"
    shown = submitted.prs("", "list", env=env)
    assert "数据治理白皮书" in shown.out
    assert submitted.prs("han", "approve", PAPER, "-m", "同意", env=env).code == 0


CHINESE: dict[str, tuple[tuple[str, ...], dict[str, str | None]]] = {
    "--lang": (("--lang", "zh"), {}),
    "--lang=": (("--lang=zh",), {}),
    "PRS_LANG": ((), {"PRS_LANG": "zh"}),
    "PRS_LANG with a region": ((), {"PRS_LANG": "zh_CN"}),
    "LC_ALL": ((), {"LC_ALL": "zh_CN.UTF-8"}),
    "LC_MESSAGES": ((), {"LC_MESSAGES": "zh_CN.UTF-8"}),
    "LANG": ((), {"LANG": "zh_CN.UTF-8"}),
}


@pytest.mark.parametrize(("words", "env"), CHINESE.values(), ids=CHINESE.keys())
def test_chinese(submitted: Desk, words: tuple[str, ...], env: dict[str, str | None]) -> None:
    def has_chinese(text: str) -> bool:
        return any("\u4e00" <= char <= "\u9fff" for char in text)

    help_text = submitted.prs("", *words, "--help", env=env).out
    refused = submitted.prs("gao", *words, "approve", PAPER, env=env)
    usage = submitted.prs("", *words, "frobnicate", env=env)
    assert has_chinese(help_text)
    assert_refused(refused, "A305")
    message, hint = refused.err.rstrip("\n").split("\nhint: ")
    assert has_chinese(message)
    assert has_chinese(hint)
    assert (usage.code, has_chinese(usage.err)) == (2, True)


def test_english_wins_when_asked_for(submitted: Desk) -> None:
    done = submitted.prs("gao", "--lang", "en", "approve", PAPER, env={"LANG": "zh_CN.UTF-8", "PRS_LANG": "zh"})
    assert "heads presales" in done.err


def in_terminal(desk: Desk, person: str, *words: str, env: dict[str, str] | None = None) -> str:
    """What a command writes to a terminal."""
    import pty

    primary, secondary = pty.openpty()
    key = ("--key", str(desk.company.people[person].key))
    process = subprocess.Popen(
        [*PRS, *key, *words], cwd=desk.root, env=desk.environment(**(env or {})), stdout=secondary, stderr=secondary,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(secondary)
    said = b""
    while True:
        try:
            chunk = os.read(primary, 65536)
        except OSError:  # EIO: nobody holds the other end any more
            break
        if not chunk:
            break
        said += chunk
    os.close(primary)
    process.wait()
    return said.decode()


def test_colour_only_on_a_terminal_and_unless_refused(submitted: Desk) -> None:
    assert "\x1b[1;31merror\x1b[0m[A305]" in in_terminal(submitted, "gao", "approve", PAPER)
    assert "\x1b" not in in_terminal(submitted, "gao", "approve", PAPER, env={"NO_COLOR": "1"})
    done = submitted.prs("gao", "approve", PAPER)
    assert "\x1b" not in done.err
    assert done.err.startswith("error[A305]: ")


@pytest.mark.parametrize("words", [["types"], ["types", "--json"], ["list"], ["check"], ["--help"], ["show", PAPER]])
def test_a_reader_that_goes_away(submitted: Desk, words: list[str]) -> None:
    """`prs types | head -1`: no noise. As with git, the reader's leaving is no failure to tell people of."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PRS, *words], cwd=submitted.root, env=submitted.environment(), stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [["list"], ["types", "--json"], ["frobnicate"], ["show", PAPER], ["verify"]])
def test_without_any_stdout(submitted: Desk, words: list[str]) -> None:
    command = " ".join([*PRS, *words]) + " >&-"
    done = run(["sh", "-c", command], submitted.root, submitted.environment())
    assert "E199" not in done.err
    assert "Traceback" not in done.err
    assert done.code in (0, 2)


def test_a_full_device_as_stdout(submitted: Desk) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PRS, "types"], cwd=submitted.root, env=submitted.environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"error[E107]: ")


USAGE = (
    [], ["frobnicate"], ["new"], ["new", "technical-white-paper"], ["submit", PAPER], ["reject", PAPER], ["approve"],
    ["list", "--status", "nonsense"], ["list", "--bogus"], ["export"], ["--lang", "fr", "list"], ["approve", PAPER, PLAN],
    ["new", "technical-white-paper", "-t", "x", "--set", "product"], ["submit", PAPER, "-m", "x", "--major", "--minor"],
    ["save"], ["init"], ["init", "x"], ["person"], ["person", "frobnicate"], ["policy"], ["project", "new", "XM2023002"],
    ["export", PAPER, "--profile", "secret"], ["check", "--format", "xml"], ["hook"], ["hooks"],
)  # fmt: skip


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_words_that_prs_does_not_understand(drafted: Desk, words: list[str]) -> None:
    before = drafted.fingerprint()
    done = drafted.prs("xu", *words)
    assert drafted.fingerprint() == before
    if words in ([], ["person"], ["policy"], ["hooks"]):
        assert "Usage: prs" in done.out + done.err
    else:
        assert_refused(done, "E190")


def test_help_of_every_command(company: Company, tmp_path: Path) -> None:
    from presales_repo.cli.main import COMMANDS

    desk = Desk(company, tmp_path, tmp_path)
    for name in COMMANDS:
        for option in ("--help", "-h"):
            assert desk.ok("", name, option).out.startswith(f"Usage: prs {name} ")


def test_a_command_that_was_mistyped(drafted: Desk) -> None:
    assert "prs approve" in drafted.prs("", "aprove", PAPER).err


def test_now_is_now(drafted: Desk) -> None:
    """Without PRS_NOW the machine's clock counts."""
    import datetime

    done = drafted.prs("song", "register", NOTE, env={"PRS_NOW": None})
    assert done.code == 0
    shown = drafted.ok("", "show", NOTE, "--json").json["steps"][0]["time"]
    age = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(shown)
    assert abs(age.total_seconds()) < 60
    assert not shown.startswith(NOW[:10])
