"""People who work through one server, from its first day on."""

from __future__ import annotations

from tests.company import NOTE_FIELDS, new_note, new_paper, new_plan
from tests.server.office import Office, assert_all_equal, numbers_of


def test_from_an_empty_server_to_a_published_version(office: Office) -> None:
    """The whole path over ssh: clones, new, save, submit, approve by several people, sync, everywhere equal."""
    xu, han, shen, cheng = (office.clone(person) for person in ("xu", "han", "shen", "cheng"))
    paper = new_paper(xu)
    xu.ok("xu", "save", paper, "-m", "初稿")
    sent = xu.ok("xu", "submit", paper, "-m", "首次发布", "--json").json
    assert (sent["status"], sent["shared"]) == ("in-review", True)
    assert office.refs()["refs/heads/main"] == xu.git_ok("rev-parse", "main")  # the text went along
    for desk, person in ((han, "han"), (shen, "shen"), (cheng, "cheng")):
        office.refuse("W126", desk, person, "approve", paper, "-m", "同意")  # not read yet
        desk.ok(person, "sync")
        desk.ok(person, "approve", paper, "-m", "同意")
    assert cheng.ok("", "show", paper, "--json").json["status"] == "published"
    assert_all_equal(office, [xu, han, shen, cheng])
    assert xu.ok("", "show", paper, "--json").json["status"] == "published"
    for entry in xu.git_ok("rev-list", "--first-parent", "approved").split():
        signers = f"gpg.ssh.allowedSignersFile={xu.root}/.git/prs/allowed_signers"
        xu.git_ok("-c", signers, "verify-commit", entry)


def test_first_contact_shows_the_pin_in_words_once(office: Office) -> None:
    lin, gao = office.clone("lin", met=False), office.clone("gao", met=False)
    first = [desk.ok("", "list").err for desk in (lin, gao)]
    assert first[0].startswith("info[A260]: ")
    assert first[0] == first[1]  # what two people read to each other
    assert "A260" not in lin.ok("", "list").err


def test_a_register_entry_goes_out_at_once(office: Office) -> None:
    song, lin = office.clone("song"), office.clone("lin")
    note = new_note(song)
    song.ok("song", "save", note, "-m", "记录")
    assert song.ok("song", "register", note, "--json").json["shared"]
    lin.ok("lin", "sync")
    assert lin.ok("", "show", note, "--json").json["status"] == "published"


def test_documents_of_different_people_are_merged(office: Office) -> None:
    lin, song = office.clone("lin"), office.clone("song")
    plan, note = new_plan(lin), new_note(song)
    lin.ok("lin", "save", plan, "-m", "计划")
    song.ok("song", "save", note, "-m", "记录")
    lin.ok("lin", "sync")
    done = song.ok("song", "sync", "--json").json
    assert done["merged"]
    assert set(done["pushed"]) == {"refs/heads/main"}
    assert_all_equal(office, [lin, song])
    assert numbers_of(lin) == sorted([plan, note])
    merge = song.git_ok("log", "-1", "--format=%G? %ce", "--merges", "main", cwd=song.root)
    assert merge.endswith("song@qiheng.example")


def test_sync_without_news_says_so_and_pushes_nothing(office: Office) -> None:
    lin = office.clone("lin")
    before = office.refs()
    done = lin.ok("lin", "sync", "--json").json
    assert (done["entries"], done["merged"], done["pushed"]) == (0, False, [])
    assert office.refs() == before


def test_a_clone_without_a_server_has_nothing_to_sync_with(office: Office) -> None:
    lin = office.clone("lin")
    lin.git_ok("remote", "remove", "origin")
    office.refuse("E152", lin, "lin", "sync")


def test_a_submission_waits_for_main_that_moved_on(office: Office) -> None:
    lin, song = office.clone("lin"), office.clone("song")
    plan, note = new_plan(lin), new_note(song)
    song.ok("song", "save", note, "-m", "记录")
    song.ok("song", "sync")
    lin.ok("lin", "save", plan, "-m", "计划")
    office.refuse("W121", lin, "lin", "submit", plan, "-m", "送审")
    lin.ok("lin", "sync")
    lin.ok("lin", "submit", plan, "-m", "送审")
    assert_all_equal(office, [lin, song])


def test_unreachable_server_lets_work_go_on(office: Office) -> None:
    song = office.clone("song")
    with office.unreachable():
        made = song.ok("song", "new", "market-info-note", "-t", "离线", *NOTE_FIELDS, "--json")
        assert "info[E154]" in made.err
        note = made.json["number"]
        song.ok("song", "save", note, "-m", "离线")
        kept = song.ok("song", "register", note, "--json")
        assert "info[E153]" in kept.err
        assert not kept.json["shared"]
        office.refuse("E150", song, "song", "sync")
    done = song.ok("song", "sync", "--json").json
    assert set(done["pushed"]) == {"refs/heads/main", "refs/heads/approved", "refs/prs/numbers/XS/202305"}
    assert_all_equal(office, [song, office.clone("lin")])
