"""The everyday tasks: no more keys than the design counts, and the right effect on the store."""

import re

import pytest

from support import tasks
from support.console import CONFIG

KIM, LEE = {"SUDO_USER": "kim"}, {"SUDO_USER": "lee"}


def ready(place, task):
    """The contact centre of the tasks, with what was done there before."""
    place.configure(CONFIG.replace("2000-2059", tasks.FEW).replace("blocked = 2013", "blocked ="))
    tasks.prepare(place, task.leavers)
    for line in task.before:
        assert place.run(*line, environment=KIM).status == 0


@pytest.mark.parametrize("task", tasks.TASKS, ids=lambda task: task.name)
def test_a_task_takes_no_more_keys(bare_place, task):
    assert len(task.keys) <= task.most
    ready(bare_place, task)
    actions = len(bare_place.history())
    with bare_place.console(environment=KIM) as term:
        term.wait_for(re.compile(r"read: 1\d agents")).quiet()
        for line in task.meanwhile:
            assert bare_place.run(*line, environment=LEE).status == 0
            term.press("C-r").wait_for("] goes there").quiet()
        tasks.press(term, task)
    assert {login: bare_place.extension(login) for login in task.holds} == task.holds
    for what, (member, value) in (task.says or {}).items():
        assert bare_place.json("--lookup", what)[member] == value
    if task.ticket:
        newest, *earlier = bare_place.history()
        assert newest["ticket"] == task.ticket and len(newest["changes"]) == 3
        assert len(earlier) == actions  # one action


def test_whether_a_holder_is_on_a_call(centre):
    """On the made-up contact centre, whose directory knows it."""
    _, most, begin = tasks.ON_A_CALL
    with centre.start("--demo", environment={"TMPDIR": str(centre.folder)}) as term:
        term.wait_for(re.compile(r"\d{4} +call")).quiet()
        on_call = re.search(r"(\d{4}) +call", term.text)[1]
        pressed = tasks.keys(f"{begin}{on_call}")
        assert len(pressed) <= most
        for key in pressed:
            term.press(key).quiet()
        term.wait_for(re.compile(rf"{on_call}  assigned(.*\n)*.*live  ON CONTACT"))
