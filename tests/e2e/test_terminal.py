"""A headless run on a terminal: questions, progress, colours, Ctrl-C; and without one."""

import os
import signal
import sqlite3
import subprocess

import pytest

from support.program import Desk, program
from support.term import Terminal

SMALL = "[policy]\nwidth = 2\nranges = 10-29\nblocked =\n"
LARGE = "[policy]\nwidth = 6\nranges = 000000-{last:06}\nblocked =\n"


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.rules(SMALL)
    return desk


def terminal(desk, *arguments, size=(100, 24), term="xterm", **environment):
    """One run on a terminal of its own."""
    return Terminal(
        [program(), *desk.places(), *map(str, arguments)], size=size, term=term,
        environment={**desk.environment, "TERM": term, **environment}, cwd=desk.folder,
    )


# ---- questions -------------------------------------------------------------------------------------


@pytest.fixture
def staffed(desk):
    desk.people("alice", "bob", "carol")
    desk.json("--sync")
    return desk


def rows_to_import(desk):
    path = desk.folder / "moves.csv"
    path.write_text("user,extension,action\nalice,20,reassign\n")
    return path


@pytest.mark.parametrize("answer, status, number", [("y", 0, "20"), ("n", 130, "10"), ("", 130, "10")])
def test_an_import_asks_and_shows_what_it_asks_about(staffed, answer, status, number):
    with terminal(staffed, "--import", rows_to_import(staffed)) as term:
        term.wait_for("Apply this plan? [y/N]")
        assert "10>20" in term.text and "reassign 1" in term.text
        term.type(answer).press("Enter")
        assert term.wait_exit() == status
        assert ("nothing was written" in term.text) == (status != 0)
        assert ("1 applied" in term.text) == (status == 0)
        assert term.text.count("10>20") == 1  # shown once, not again when it is done
    assert {agent: ext for ext, agent in staffed.held().items()}["alice"] == number


#: an undo of a sync takes everybody's number: the guard wants to be told how many
UNDO = ["--undo", "--max-release", "3"]


def test_undo_and_repair_ask_too(staffed):
    with terminal(staffed, *UNDO) as term:
        term.wait_for("Apply this plan?")
        term.type("n").press("Enter")
        assert term.wait_exit() == 130
    assert len(staffed.held()) == 3
    connection = sqlite3.connect(staffed.store)
    connection.execute("DELETE FROM extension WHERE extension = '19'")
    connection.commit()
    connection.close()
    with terminal(staffed, "--doctor", "--fix") as term:
        term.wait_for("Apply this plan?")
        term.type("y").press("Enter")
        assert term.wait_exit() == 0
        assert "1 problem, 1 fixed" in term.text


def test_yes_json_and_a_dry_run_ask_nothing(staffed):
    for command in ([*UNDO, "--dry-run"], [*UNDO, "--json"], ["--redo", "--yes"]):
        with terminal(staffed, *command) as term:
            assert term.wait_exit() == 0
            assert "Apply" not in term.text


def test_ctrl_c_at_a_question_is_no(staffed):
    with terminal(staffed, *UNDO) as term:
        term.wait_for("Apply this plan?")
        term.press("C-c")
        assert term.wait_exit() == 130
        assert "stopped: nothing was written" in term.text
    assert len(staffed.held()) == 3


# ---- progress --------------------------------------------------------------------------------------


@pytest.fixture
def pipe(desk):
    """A directory that arrives when the test says so."""
    desk.agents = desk.folder / "pipe"
    os.mkfifo(desk.agents)
    return desk


def pour(desk, text):
    with open(desk.agents, "w", encoding="utf-8") as writer:
        writer.write(text)


def test_slow_work_shows_where_it_is_and_wipes_it(pipe):
    with terminal(pipe, "--sync") as term:
        term.wait_for("reading the directory")
        pour(pipe, "user\nalice\n")
        assert term.wait_exit() == 0
        assert "reading the directory" not in term.text
        shown = "".join(term.text.split())  # a long path may break the line anywhere
        assert "assign1" in shown and "1row," in shown
        term.check_whole()


@pytest.mark.parametrize("how", [{"term": "dumb"}, {"quiet": True}])
def test_no_progress_where_it_is_not_wanted(pipe, how):
    quiet = ["--quiet"] if how.pop("quiet", False) else []
    with terminal(pipe, "--sync", *quiet, **how) as term:
        term.quiet(ms=1200)
        pour(pipe, "user\nalice\n")
        assert term.wait_exit() == 0
        assert b"reading" not in term.output and b"\x1b" not in term.output


def test_progress_is_nothing_for_a_pipe(pipe):
    run = subprocess.Popen([program(), *pipe.places(), "--sync"], env=pipe.environment,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(1.0)
    pour(pipe, "user\nalice\n")
    out, err = run.communicate(timeout=20)
    assert run.returncode == 0 and "assign 1" in out
    assert err == f"note: a new store is made: sqlite:{pipe.store}\n"


@pytest.mark.parametrize("environment, colours", [
    ({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"term": "dumb"}, False),
])
def test_colours_need_a_terminal_that_wants_them(staffed, environment, colours):
    staffed.people("alice", "bob", "dave")
    with terminal(staffed, "--sync", "--dry-run", **environment) as term:
        assert term.wait_exit() == 0
        assert (b"\x1b[3" in term.output) == colours
        assert "dave" in term.text
    assert "\x1b" not in staffed.run("--sync", "--dry-run").out


def test_a_narrow_terminal_cuts_names_and_a_pipe_nothing(desk):
    long = "a" * 60 + "@example.com"
    desk.agents.write_text(f"user,name\n{long},{'Very ' * 12}Long\nbob,Bob\n")
    desk.json("--sync")
    with terminal(desk, "--list", "extensions", size=(60, 30)) as term:
        assert term.wait_exit() == 0
        assert "aaa..." in term.text
        assert all(len(line.rstrip()) <= 60 for line in term.lines)
    assert long in desk.run("--list", "extensions").out


# ---- stopping --------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_a_run_that_waits_for_its_directory(pipe, number):
    with terminal(pipe, "--sync") as term:
        term.wait_for("reading the directory")
        term.signal(number)
        assert term.wait_exit() == 130
        assert "stopped while reading" in term.text
        assert "reading the directory" not in term.text
    assert not pipe.store.exists() and not pipe.export.exists()


def written_batches(desk):
    """How many batches are in the store by now."""
    if not desk.store.exists():
        return 0
    connection = sqlite3.connect(f"file:{desk.store}?mode=ro", uri=True, timeout=5)
    try:
        return connection.execute("SELECT count(*) FROM audit").fetchone()[0]
    except sqlite3.OperationalError:
        return 0  # not made yet
    finally:
        connection.close()


def test_the_first_ctrl_c_finishes_the_batch_and_the_next_run_the_rest(desk):
    desk.rules(LARGE.format(last=199999))
    desk.people("alice")
    with terminal(desk, "--sync") as term:
        term.wait_for(lambda _: written_batches(desk) > 0)
        term.press("C-c")
        assert term.wait_exit(60) == 3
        assert "stopped after" in term.text and "of 200,000 changes" in term.text
        assert "not tried" in term.text
        assert "Applied changes stay" in term.text and "the same command does the rest" in term.text
    assert not desk.export.exists()
    status = desk.json("--status")["extensions"]
    assert status["assigned"] == 1 and 0 < status["total"] < 200000
    assert desk.json("--sync")["plan"]["create"] == 200000 - status["total"]
    assert desk.json("--doctor")["problems"] == []


def test_the_second_ctrl_c_ends_it_at_once(desk):
    desk.rules(LARGE.format(last=199999))
    desk.people("alice")
    with terminal(desk, "--sync") as term:
        term.wait_for(lambda _: written_batches(desk) > 0)
        term.send(b"\x03\x03")
        assert term.wait_exit(60) == 3
    assert desk.run("--sync", timeout=120).status == 0
    assert desk.json("--doctor")["problems"] == []


def test_a_second_signal_ends_a_run_that_cannot_stop(pipe):
    """Stopped by SIGSTOP while both arrive, so that the second cannot come too late."""
    with terminal(pipe, "--sync") as term:
        term.wait_for("reading the directory")
        for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
            term.signal(number)
        assert term.wait_exit() == 130


def test_nohup_keeps_running(pipe):
    run = subprocess.Popen(["nohup", program(), *pipe.places(), "--sync"], env=pipe.environment,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with pytest.raises(subprocess.TimeoutExpired):
        run.wait(0.5)
    run.send_signal(signal.SIGHUP)
    pour(pipe, "user\nalice\n")
    run.communicate(timeout=20)
    assert run.returncode == 0
    assert list(pipe.held().values()) == ["alice"]


# ---- streams ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--sync"], ["--sync", "--json"], ["--list", "extensions"],
                                       ["--help"], ["--version"], ["--export", "-"]])
def test_a_full_standard_output_is_a_failure(staffed, arguments):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([program(), *staffed.places(), *arguments], env=staffed.environment,
                              stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "extpool: standard output: No space left on device\n"


def test_a_reader_that_has_seen_enough_is_none(staffed):
    shell = f"'{program()}' --store 'sqlite:{staffed.store}' --list extensions | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], env=staffed.environment, capture_output=True,
                          text=True, check=True)
    assert done.stdout.splitlines() == ["EXT  STATE     AGENT  SINCE                 NOTE", "0"]
    assert done.stderr == ""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_not_mistaken_for_files(desk, closed):
    desk.people("alice", "bob")
    command = f"'{program()}' {' '.join(desk.places())} --sync {closed}"
    done = subprocess.run(["sh", "-c", command], env=desk.environment, check=False,
                          capture_output=True, text=True)
    assert done.returncode == 0, done
    assert desk.export.read_text().splitlines() == ["user,extension", "alice,10", "bob,11"]
    assert list(desk.held().values()) == ["alice", "bob"]
    assert desk.json("--doctor")["problems"] == []
