"""The everyday tasks of tests/support/tasks.py: their keys, the most that they may take, and the bytes."""

import pathlib
import tempfile

from bench_console import Subject, settled
from measure import PROGRAM, ROOT, Report

from support import tasks
from support.console import CONFIG, Centre


def task_of(folder, number, task):
    """Bytes of a task, in a contact centre of its own."""
    home = folder / f"task-{number}"
    home.mkdir()
    centre = Centre(home)
    centre.configure(CONFIG.replace("2000-2059", "0010-9999").replace("blocked = 2013", "blocked ="))
    tasks.prepare(centre, task.leavers)
    for line in task.before:
        centre.run(*line, environment={"SUDO_USER": "kim"})
    with centre.console(environment={"SUDO_USER": "kim"}) as term:
        term.wait_for("agents, ").quiet()
        for line in task.meanwhile:
            centre.run(*line, environment={"SUDO_USER": "lee"})
            term.press("C-r").wait_for("] goes there").quiet()
        return tasks.press(term, task)


def on_a_call(subject, pressed):
    """Bytes of the last of the tasks, on a directory that knows who is on a call."""
    with settled(subject) as term:
        mark = term.mark()
        for key in pressed:
            term.press(key).quiet()
        term.wait_for("live  ").quiet(500)
        return len(term.since(mark))


def main():
    report = Report("The everyday tasks: keys, and no more than the design gives them")
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        folder = pathlib.Path(name)
        for number, task in enumerate(tasks.TASKS):
            written = task_of(folder, number, task)
            report.row(f"tasks.{number}", task.name, len(task.keys), "keys", task.most, f"{written:,} bytes")
        title, most, begin = tasks.ON_A_CALL
        pressed = tasks.keys(begin + "0011")
        demo = Subject("demo", "--demo", [PROGRAM, "--demo"], {"HOME": name, "TMPDIR": name}, folder)
        report.row("tasks.call", title, len(pressed), "keys", most, f"{on_a_call(demo, pressed):,} bytes")


if __name__ == "__main__":
    main()
