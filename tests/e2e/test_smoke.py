"""One short run of the real program through its three ways of use, for `make test`: on files, at the
keyboard, on Amazon. Every other test is more thorough.
"""

import os
import subprocess

from support.program import ROOT
from support.table_desk import TableDesk, results


def test_on_files(centre):
    assert centre.json("--sync", "--dry-run")["plan"]["assign"] == 2
    done = centre.json("--sync")
    assert results(done) == {"done": 4} and done["export"]["rows"] == 12
    assert centre.json("--sync")["changes"] == []
    assert centre.extension("k.smidt") in centre.exported()
    centre.json("--swap", "k.smidt=z.novak")
    centre.json("--undo")
    assert centre.json("--doctor")["problems"] == []
    assert centre.run("--nonsense").status == 64


def test_at_the_keyboard(centre):
    with centre.console() as term:
        term.wait_for("read: 12 agents").press("s").wait_for("Enter applies it")
        term.press("Enter").wait_for("4 applied")
        term.press("q")
        assert term.wait_exit() == 0
        term.check_whole()
    assert len(centre.held()) == 12


def test_on_amazon(tmp_path, cloud):
    desk = TableDesk(tmp_path, cloud)
    desk.create()
    cloud.instance.set_users(["alice", "bob"])
    assert desk.sync()["plan"]["assign"] == 2
    assert desk.sync()["changes"] == []
    assert desk.assert_sound().agents() == {"alice", "bob"}


def test_the_demo_without_a_terminal(tmp_path):
    done = subprocess.run(
        ["sh", str(ROOT / "tests/demo.sh")], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env={**os.environ, "DEMO_FOLDER": str(tmp_path / "demo"), "HOME": str(tmp_path)}, check=False)
    assert done.returncode == 0, done
    assert "assign 250" in done.stdout and "nothing to do" in done.stdout
