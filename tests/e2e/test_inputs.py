"""What goes in and out as files, and how places and rules are found: seen from outside."""

import json
import os
import shutil

import pytest

from support.program import ROOT, Desk

SAMPLE = ROOT / "tests" / "data" / "sample" / "agents.csv"


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def summaries(*logins, token=None):
    page = {"UserSummaryList": [{"Id": login, "Username": login} for login in logins]}
    if token:
        page["NextToken"] = token
    return json.dumps(page, indent=4) + "\n"


# ---- directories -----------------------------------------------------------------------------------


def test_a_bulk_upload_file_of_connect(desk):
    done = desk.json("--directory", SAMPLE, "--sync")
    assert done["plan"]["assign"] == 250
    people = {row["agent"]: row["name"] for row in desk.json("--directory", SAMPLE, "--list", "agents")}
    assert people["e.unal"] == "Ünal, Emre"
    assert len(desk.export.read_text().splitlines()) == 251


def test_a_password_in_it_goes_nowhere(desk):
    secret = "Hunter2-is-not-a-secret"
    desk.agents.write_text(f"user login,password,first name\nalice,{secret},Alice\n")
    log = desk.folder / "log"
    done = desk.run("--sync", "--json", "--log", log, "--log-level", "debug")
    assert done.status == 0, done
    assert secret not in done.out + done.err
    for path in desk.folder.rglob("*"):
        if path.is_file() and path != desk.agents:
            assert secret.encode() not in path.read_bytes()


def test_pages_of_list_users_on_standard_input(desk):
    pages = summaries("alice", "bob", token="x") + summaries("bob", "carol")
    done = desk.json("--directory", "-", "--sync", stdin=pages)
    assert done["plan"]["assign"] == 3


def test_a_list_that_is_cut_short_changes_nothing(desk):
    desk.people("alice", "bob")
    desk.json("--sync")
    before = desk.store.read_bytes(), desk.export.read_bytes()
    for text in (summaries("alice", token="more"), summaries("alice")[:-20]):
        done = desk.run("--directory", "-", "--sync", stdin=text)
        assert done.status == 1, done
        assert "standard input" in done.err
    assert (desk.store.read_bytes(), desk.export.read_bytes()) == before


@pytest.mark.parametrize(
    "text, sentence",
    [
        (b"name\nAlice\n", ":1: no column with logins; the columns are: name"),
        (b"user,name\nalice\n", ":2: 1 field, but the header in line 1 has 2"),
        (b"user\nalice\nbob\nalice\n", ":4: the login \"alice\" appears twice; the first is in line 2"),
        (b"user\nal\xffice\n", ":2: byte 0xFF (at byte 8) is not UTF-8"),
        (b"user\nal\0ice\n", ":2: a NUL byte"),
        (b"user\n" + b"x" * 129 + b"\n", "is longer than 128 bytes"),
        (b'{"Users": [{"Username": "al', ":1:28: the JSON ends too early"),
    ],
)
def test_what_is_wrong_with_a_directory_is_one_sentence(desk, text, sentence):
    desk.people("alice", "bob")
    desk.json("--sync")
    before = desk.store.read_bytes()
    desk.agents.write_bytes(text)
    done = desk.run("--sync")
    assert done.status == 1 and done.out == "", done
    first = done.err.splitlines()[0]
    assert first.startswith(f"extpool: {desk.agents}") and sentence in first
    error = desk.json("--sync", status=1)
    assert error["error"]["code"] == "input" and sentence in error["error"]["message"]
    assert desk.store.read_bytes() == before


@pytest.mark.parametrize(
    "name, text",
    [
        ("agents.csv", b""),
        ("agents.csv", b"\n\n"),
        ("agents.csv", b"user\n"),
        ("agents.csv", b"user,name\r\n\r\n"),
        ("agents.json", b"[]"),
        ("agents.json", b'{"UserSummaryList": []}'),
        ("agents.json", b'{"Users": []}'),
    ],
)
def test_an_empty_directory_is_refused_by_the_guard(desk, name, text):
    desk.people("alice", "bob")
    desk.json("--sync")
    before = desk.store.read_bytes(), desk.export.read_bytes()
    (desk.folder / name).write_bytes(text)
    for more in ([], ["--max-release", "100%"], ["--yes"], ["--dry-run"]):
        done = desk.run("--directory", desk.folder / name, "--sync", *more)
        assert done.status == 4 and done.out == "", done
        document = desk.json("--directory", desk.folder / name, "--sync", *more, status=4)
        assert document["error"]["code"] == "guard" and document["applied"] == 0
        (refused,) = document["refused"]
        assert (refused["guard"], refused["count"], refused["limit"]) == ("release", 2, 0)
    assert (desk.store.read_bytes(), desk.export.read_bytes()) == before


@pytest.mark.parametrize(
    "login, sentence",
    [
        (b"alice\tbob\tcarol", "holds a TAB"),
        (b'"ali\nce"', "has a line break"),
        (b"al\x1b[31mice", "holds an escape sequence"),
        ("al\x9bice".encode(), "holds an escape sequence"),
        ("al\u2029ice".encode(), "has a line break"),
        (b"al\x07ice", "holds a control character"),
    ],
)
def test_a_login_with_a_control_character_changes_nothing(desk, login, sentence):
    desk.people("alice", "bob", "carol")
    desk.json("--sync")
    before = desk.held()
    desk.agents.write_bytes(b"user\n" + login + b"\n")
    done = desk.run("--sync")
    assert done.status == 1 and sentence in done.err and "\x1b" not in done.err, done
    rows = desk.folder / "rows.csv"
    rows.write_bytes(b"user,action\n" + login + b",assign\n")
    done = desk.run("--import", rows)
    assert done.status == 1 and "\x1b" not in done.err, done
    assert desk.held() == before


BLANK_FORMS = [
    "first name, user login\n\"Al\", \"alice\"\n\"B\",\t\"bob\" \n",
    "user\u00a0login,name\nalice\u00a0,Al\n\u3000bob\u200b,B\n",
    "\ufeffuser\n\ufeffalice\n\u2060bob\u2002\n",
    "sep=;\nuser;name\nalice;Ash, Al\nbob;B\n",
    "#TYPE System.Object\n\"user\"\n\"alice\"\n\"bob\"\n",
]


@pytest.mark.parametrize("text", BLANK_FORMS)
def test_blanks_and_quotes_change_nobodys_login(desk, text):
    desk.people("alice", "bob")
    desk.json("--sync")
    desk.agents.write_text(text, encoding="utf-8")
    plan = desk.json("--sync")["plan"]
    assert (plan["assign"], plan["release"], plan["keep"]) == (0, 0, 2)


@pytest.mark.parametrize(
    "left, came, words",
    [
        ("élodie", "Élodie", "only in case"),
        ("zo\u00eb", "zoe\u0308", "only in how their letters are encoded"),
        ("alice", "al\u200bice", "only in characters that nobody sees"),
        ("00417", "417", "only in zeros"),
        ("Zo\u00eb", "ZOE\u0308", "in several of these"),
    ],
)
def test_logins_that_look_alike_are_named(desk, left, came, words):
    desk.people(left, "bob")
    desk.json("--sync")
    desk.people(came, "bob")
    done = desk.run("--sync", "--dry-run")
    assert done.status == 0 and f"1 left, and a new agent has a login that differs {words}" in done.err, done
    desk.people(left, came, "bob")
    done = desk.run("--sync", "--dry-run")
    assert f"1 pair of logins in the directory differs {words}" in done.err, done


DISABLED = [
    ("login,firstName,status\nalice,Al,ACTIVE\nbob,B,DEPROVISIONED\n", "status"),
    ('"User_Name","Name","Enabled"\n"alice","Al","True"\n"bob","B","False"\n', "Enabled"),
    ("primaryEmail,suspended\nalice,False\nbob,True\n", "suspended"),
    ("sAMAccountName,userAccountControl\nalice,512\nbob,514\n", "userAccountControl"),
    ("User principal name,Block credential\nalice,False\nbob,True\n", "Block credential"),
]


@pytest.mark.parametrize("text, column", DISABLED)
def test_who_is_disabled_elsewhere_gets_no_number_silently(desk, text, column):
    desk.agents.write_text(text)
    done = desk.run("--sync", "--dry-run")
    assert f'note: column "{column}" was not looked at' in done.err, done
    assert f"active_column = {column} in the configuration" in done.err, done
    desk.rules(f"[defaults]\nactive_column = {column}\n")
    done = desk.json("--sync")
    assert [change["agent"] for change in done["changes"] if change["change"] == "assign"] == ["alice"]
    assert f'1 left out, not active by column "{column}"' in desk.run("--sync").err
    desk.rules("[defaults]\nactive_column = none\n")
    done = desk.run("--sync")
    assert "note:" not in done.err and set(desk.held().values()) == {"alice", "bob"}, done


CUT = [
    ("user,name,team\nalice,A,x\ndave,D,x\nbob,B", "ends in the middle of line 4"),
    ("user,name,team\nalice,A,x\ndave,D,x\nb", "ends in the middle of line 4"),
    ("user\nalice\ndave\nbo", 'it ends with "bo" and without a line end, and "bob" is not in it'),
    ("name,user\nA,alice\nD,dave\nB,bo", 'it ends with "bo" and without a line end'),
]


@pytest.mark.parametrize("text, reason", CUT)
def test_a_file_that_ends_in_a_row_takes_nothing_back(desk, text, reason):
    desk.people("alice", "bob", "carol")
    desk.json("--sync")
    desk.agents.write_text(text)
    assert desk.run("--sync", "--dry-run").status == 4
    done = desk.json("--sync", status=4)
    assert [(change["change"], change["agent"]) for change in done["changes"]] == [("assign", "dave")]
    assert done["applied"] == 1 and done["exit"] == 4
    (refused,) = done["refused"]
    assert refused["guard"] == "directory" and refused["count"] == 2 and reason in refused["message"]
    assert set(desk.held().values()) == {"alice", "bob", "carol", "dave"}
    done = desk.run("--sync")
    assert done.status == 4 and reason in done.err and "not in it: bob, carol" in done.err, done
    rows = desk.json("--list", "agents")
    assert "stale" not in {row["state"] for row in rows} or "bo" in text.split("\n")[-1]


@pytest.mark.parametrize("given, said, partial", [(30, 40, True), (30, 39, False), (189, 200, True),
                                                  (190, 200, False), (5, 14, False), (5, 15, True)])
def test_a_list_that_says_how_many_there_are(desk, given, said, partial):
    def page(n, **more):
        return json.dumps({"Users": [{"Id": str(i), "Username": f"u{i:03}"} for i in range(n)], **more})

    desk.json("--directory", "-", "--sync", stdin=page(given + 1))
    text = page(given, ApproximateTotalCount=said)
    done = desk.json("--directory", "-", "--sync", stdin=text, status=4 if partial else 0)
    assert done["plan"]["release"] == (0 if partial else 1)
    if partial:
        assert f"gives {given} people and says that it has about {said}" in done["refused"][0]["message"]


def test_columns_are_named_for_each_context(desk):
    desk.agents.write_text("mail,state of work\nalice,here\nbob,gone\n")
    desk.rules("[context a]\nlogin_column = Mail\nactive_column = State of work = here, on leave\n"
               "[context b]\nlogin_column = email\n[context c]\nlogin_column = mail\nactive_column = state of work\n")
    assert desk.json("--sync", "-c", "a", "-n")["plan"]["assign"] == 1
    desk.json("--init")
    assert "Mail (" in desk.run("--status", "-v", "-c", "a").out
    done = desk.run("--sync", "-c", "b", "-n")
    assert done.status == 1 and 'there is no column "email"; the columns are: mail, state of work' in done.err, done
    assert "config:5 [context b]" in done.err
    done = desk.run("--sync", "-c", "c", "-n")
    assert done.status == 1 and ':2: column "state of work" says "here", which means neither' in done.err, done
    done = desk.run("--sync", "-n")
    assert done.status == 1 and "login_column = mail" in done.err, done


def test_what_is_hardly_a_login_is_named(desk):
    desk.people("alice", "#N/A", "#REF!", "1.23E+11", "None", "1001.0", "zo\u00eb")
    done = desk.run("--sync", "--dry-run")
    for note in ("2 new logins look like errors of a spreadsheet: #N/A, #REF!",
                 "2 new logins look like numbers, dates or truths that a spreadsheet rewrote: 1.23E+11",
                 "1 new login looks like a missing value: None",
                 "1 new login cannot be a user name of Amazon Connect"):
        assert f"note: {note}" in done.err, done
    desk.json("--sync")
    assert "note:" not in desk.run("--sync").err


def test_no_such_directory(desk):
    done = desk.run("--directory", "file:/nonexistent/a.csv", "--sync")
    assert done.status == 1 and "/nonexistent/a.csv: No such file or directory" in done.err
    done = desk.run("--directory", desk.folder, "--sync")
    assert done.status == 1 and "a folder, not a file" in done.err


# ---- exports, imports ------------------------------------------------------------------------------


def test_an_export_to_standard_output_is_the_export(desk):
    desk.people("alice", "bob")
    desk.json("--sync")
    done = desk.run("--export", "-")
    assert done.status == 0, done
    assert done.out.encode().replace(b"\n", b"\r\n") == desk.export.read_bytes()
    assert "2 rows" in done.err
    assert desk.run("--export", "-", "--json").status == 64
    assert desk.run("--sync", "--export-to", "-").status == 64


def test_a_dry_run_of_an_export_writes_nothing(desk):
    desk.people("alice")
    desk.json("--sync")
    done = desk.json("--export", "other.csv", "--dry-run")
    assert done["export"]["rows"] == 1
    assert not (desk.folder / "other.csv").exists()


@pytest.mark.parametrize("safe", [[], ["--csv-safe"]])
def test_an_export_can_be_imported_again(desk, safe):
    desk.people("=cmd", "-dash", "plain", '"a,b"')
    desk.json("--sync", *safe)
    held = desk.held()
    assert ("'=cmd" in desk.export.read_text()) == bool(safe)
    saved = desk.folder / "saved.csv"
    shutil.copy(desk.export, saved)
    again = desk.json("--import", saved)
    assert {row["result"] for row in again["changes"]} == {"skipped"} and again["applied"] == 0
    desk.json("--release", *held)
    assert desk.held() == {}
    desk.json("--import", saved)
    assert desk.held() == held


def test_every_invalid_row_of_an_import_is_named(desk):
    desk.people("alice", "bob")
    desk.json("--sync")
    before = desk.held()
    rows = desk.folder / "rows.csv"
    rows.write_text(
        "user,extension,action,note\n"
        "alice,2000,reassign,\n"
        "nobody,2001,assign,\n"
        "bob,,relase,\n"
        ",20x,reserve,\n"
    )
    done = desk.run("--import", rows)
    assert done.status == 1, done
    assert f"{rows}:3: " in done.err and "Nothing was written" in done.err
    for line in ("line 3", "line 4", "line 5"):
        assert line in done.err
    assert "line 2" not in done.err
    assert desk.held() == before


@pytest.mark.parametrize("words, hint", [
    (["--lsit", "agents"], "Did you mean --list?"),
    (["--histroy"], "Did you mean --history?"),
    (["--lookup", "10"], "An extension has 4 digits: did you mean 0010?"),
    (["--lookup", "00100"], "An extension has 4 digits"),
    (["--lookup", "Alice"], 'Did you mean "alice"? Case counts'),
    (["--lookup", "alcie"], 'Did you mean "alice"?'),
    (["--release", "Alice"], 'did you mean "alice"? Case counts'),
    (["--release", "10"], "did you mean 0010? An extension has 4 digits"),
    (["--unpin", "00100"], "an extension has 4 digits"),
    (["--pin", "boob"], 'did you mean "bob"?'),
    (["--swap", "alcie=bob"], 'did you mean "alice"?'),
    (["--assign", "bbo"], 'did you mean "bob"?'),
    (["--reassign", "alice=20"], "did you mean 0020?"),
    (["--unreserve", "20"], "did you mean 0020?"),
    (["--reserve", "20-29"], "a range has two extensions of 4 digits, the lower one first"),
])
def test_what_was_probably_meant(desk, words, hint):
    desk.people("alice", "bob")
    desk.json("--sync")
    done = desk.run(*words)
    assert done.status in (1, 64) and hint in done.err, done


def test_a_range_is_reserved_and_put_back(desk):
    desk.people("alice")
    desk.json("--sync")
    done = desk.json("--reserve", "0020-0029=night desk", "0040")
    assert done["plan"]["reserve"] == 11 and done["applied"] == 11
    held = {row["extension"]: row["note"] for row in desk.json("--list", "extensions")
            if row["state"] == "reserved"}
    assert held == {**{f"00{n}": "night desk" for n in range(20, 30)}, "0040": None}
    assert desk.json("--reserve", "0022-0031=night desk")["plan"]["reserve"] == 2
    assert desk.json("--unreserve", "0020-0031", "0040")["plan"]["unreserve"] == 13
    assert "reserved" not in desk.states().values()
    done = desk.run("--reserve", "0009-0011")
    assert done.status == 1 and "0010" in done.err and "reserved" not in desk.states().values(), done


def test_the_history_of_an_extension(desk):
    desk.people("alice", "bob")
    desk.json("--sync")
    desk.json("--reassign", "alice=0042")
    desk.json("--reserve", "0050-0052=fax")
    desk.json("--release", "alice")
    rows = desk.json("--history", "0042")
    assert [row["action"] for row in rows] == ["release", "reassign", "sync"]
    assert [[change["change"] for change in row["changes"]] for row in rows] == [
        ["release"], ["reassign"], ["create"]]
    assert desk.json("--history", "--extension", "0042") == rows
    assert desk.json("--history", "0042", "--limit", "2") == rows[:2]
    assert [row["action"] for row in desk.json("--history", "0010")] == ["reassign", "sync"]
    (reserved,) = [row for row in desk.json("--history", "0051") if row["action"] == "reserve"]
    assert [change["extension"] for change in reserved["changes"]] == ["0051"]
    assert len(desk.json("--history", "--limit", "1")) == 1
    assert len(desk.json("--history", "--limit", "0")) == 4
    assert "reassign" in desk.run("--history", "0042").out
    done = desk.run("--history", "0042", "--limit", "1", "--verbose")
    assert "release" in done.out and "reassign" not in done.out, done


@pytest.mark.parametrize("words", [
    ["--history", "42"], ["--history", "5"], ["--history", "0"], ["--history", "00042"],
    ["--history", "--extension", "42"], ["--history", "--extension", "alice"], ["--history", "--extension", "00x2"],
    ["--history", "-1"],
])
def test_a_bare_number_of_the_history_is_no_count(desk, words):
    desk.people("alice")
    desk.json("--sync")
    done = desk.run(*words)
    assert done.status == 64, done
    if words[-1] != "-1":
        assert "an extension has 4 digits" in done.err, done
        assert "--limit N" in done.err and "--extension EXT" in done.err, done
    done = desk.run("--history", "0042", "--extension", "0043")
    assert done.status == 64 and "one extension at a time" in done.err, done
    assert desk.run("--sync", "--limit", "3").status == 64


# ---- places and rules ------------------------------------------------------------------------------

CONTEXTS = """\
[defaults]
context = north
[context north]
directory = north.csv
[context south]
directory = south.csv
width = 3
"""


def test_two_contexts_share_nothing_by_accident(desk):
    desk.rules(CONTEXTS)
    config = desk.folder / "home" / ".config" / "extpool"
    (config / "north.csv").write_text("user\nalice\n")
    (config / "south.csv").write_text("user\nbob\n")
    assert desk.json("--sync", places=False)["plan"]["assign"] == 1
    assert desk.json("--sync", "--context", "south", places=False)["plan"]["assign"] == 1
    rows = desk.json("--list", "agents", "-c", "south", places=False)
    assert [(row["agent"], len(row["extension"])) for row in rows] == [("bob", 3)]
    assert desk.json("--sync", places=False)["plan"]["keep"] == 1
    data = desk.folder / "home" / ".local" / "share" / "extpool"
    assert sorted(path.name for path in data.iterdir()) == ["north", "south"]


def test_a_configuration_that_others_can_write_is_told(desk):
    desk.rules("")
    config = desk.folder / "home" / ".config" / "extpool" / "config"
    config.chmod(0o666)
    desk.people("alice")
    done = desk.run("--sync")
    assert done.status == 0 and "others can write to this file" in done.err, done


@pytest.mark.parametrize(
    "text, sentence, hint",
    [
        ("[policy]\nrange = 1\n", "config:2: unknown key \"range\" in [policy]", "ranges"),
        ("[contxt a]\n", "config:1: unknown section [contxt a]", "context"),
        ("[policy]\nwidth = x\n", "config:2: width: \"x\" is not a number from 2 to 8", ""),
        ("[defaults]\ncontext = b\n[context a]\n", "config:2: context: there is no context \"b\"", "It has a"),
    ],
)
def test_a_wrong_configuration_is_wrong_usage(desk, text, sentence, hint):
    desk.rules(text)
    desk.people("alice")
    done = desk.run("--sync")
    assert done.status == 64 and sentence in done.err and hint in done.err, done
    assert not desk.store.exists()
    assert desk.run("--help").status == 0


def test_without_a_home_a_store_has_to_be_named(desk):
    desk.people("alice")
    nowhere = {"HOME": "", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": ""}
    for arguments in (["--status"], ["--sync", "--directory", desk.agents], ["--history"]):
        done = desk.run(*arguments, places=False, environment=nowhere)
        assert done.status == 64, done
        assert "neither XDG_DATA_HOME nor HOME is set" in done.err and "--store" in done.err
    assert desk.run("--sync", environment=nowhere).status == 0
    assert desk.export.exists()


@pytest.mark.parametrize("environment, sentence", [
    ({"AWS_TABLE": "cc"}, 'AWS_TABLE: "cc" cannot be a table'),
    ({"AWS_CONNECT_INSTANCEID": "x y"}, "AWS_CONNECT_INSTANCEID: "),
])
def test_a_wrong_place_of_the_environment_is_named(desk, environment, sentence):
    region = {"AWS_REGION": "eu-west-2", "AWS_CONNECT_INSTANCEID": "", "AWS_TABLE": ""}
    done = desk.run("--sync", places=False, environment={**region, **environment})
    assert done.status == 64 and sentence in done.err, done


def test_an_export_that_is_the_same_is_left_alone(desk):
    desk.people("alice")
    assert desk.json("--sync")["export"]["unchanged"] is False
    os.utime(desk.export, (1000, 1000))
    again = desk.json("--sync")["export"]
    assert again == {"to": f"file:{desk.export}", "rows": 1, "bytes": 28, "unchanged": True}
    assert desk.export.stat().st_mtime == 1000
    assert "unchanged" in desk.run("--export").out
    desk.people("alice", "bob")
    assert desk.json("--sync")["export"]["unchanged"] is False
    assert desk.export.stat().st_mtime > 1000


def test_a_context_that_is_read_only_publishes_nothing(desk):
    desk.rules("[context look]\nread_only = yes\ndirectory = a.csv\n")
    desk.people("alice")
    desk.json("--sync")
    desk.export.unlink()
    for action in (["--sync"], ["--init"], ["--export"], ["--release", "alice"], ["--undo"]):
        done = desk.run("-c", "look", *action)
        assert done.status == 1 and "read-only" in done.err, done
        assert "config:2 [context look]" in done.err
    assert not desk.export.exists()
    assert desk.run("-c", "look", "--export", "-").out.splitlines()[1] == "alice,0010"
    assert desk.json("-c", "look", "--release", "alice", "--dry-run")["plan"]["release"] == 1


# ---- help ------------------------------------------------------------------------------------------


def test_help_is_on_standard_output_a_screen_a_topic(desk):
    overview = desk.run("--help", places=False)
    topics = overview.out.split("--help TOPIC\n")[1].split()
    assert "sync" in topics and len(topics) > 8
    for topic in topics:
        screen = desk.run("--help", topic, places=False)
        assert screen.status == 0 and screen.err == ""
        assert len(screen.out.splitlines()) <= 23
        assert max(map(len, screen.out.splitlines())) <= 80


def test_wrong_usage_says_what_was_meant(desk):
    done = desk.run("--sync", "--dryrun")
    assert done.status == 64 and done.out == ""
    assert "unknown option --dryrun" in done.err and "--dry-run" in done.err
