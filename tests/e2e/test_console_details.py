"""The Details beside the lists: they follow the cursor, and cost no request to do so."""

import pathlib
import re

import pytest

from support import faults
from support.program import Desk, program
from support.term import Terminal


def details(term):
    """The lines of the small pane at the lower right of 80x24, without their frame."""
    return [line[47:-1].rstrip() for line in term.lines[13:19]]


def memory_kb(term):
    """Its own at this moment: neither shared libraries nor files."""
    status = pathlib.Path(f"/proc/{term.pid}/status").read_text()
    return int(re.search(r"^RssAnon:\s+(\d+)", status, re.M)[1])


def test_the_six_lines_follow_the_cursor(centre):
    with centre.console() as term:
        term.wait_for(lambda t: details(t)[0] == " a.smithers  Smithers, Al")
        term.wait_for(lambda t: details(t)[2].startswith(" by    sync (")).quiet()
        assert details(term)[1].startswith(" ext   2000 since ")
        assert details(term)[3:5] == [" of    Basic", " note  front desk"]
        term.press("Down").wait_for(lambda t: details(t)[0] == " b.smith  (left)")
        term.press("Tab").wait_for(lambda t: details(t)[0] == " 2001  assigned").quiet()
        assert details(term)[1] == " agent b.smith  (left)"
        term.press("G").wait_for(lambda t: details(t)[0] == " 2059  free").quiet()
        assert details(term)[1:4] == [" agent never used", " since -", " by    -"]


def test_an_agent_without_a_number(centre):
    with centre.console() as term:
        term.press("/").type("smidt").press("Enter")
        term.wait_for(lambda t: details(t)[0] == " k.smidt  Smidt, Kim").quiet()
        assert details(term)[1] == " ext   none yet"


def test_marked_rows_say_what_they_are_fit_for(centre):
    with centre.console() as term:
        term.press("/").type("state:new").press("Enter").wait_for("Agents 2 of 14")
        term.press("*").wait_for("2 marked: a fits 2, r x p none")


def test_the_whole_right_side_has_the_history(centre):
    with centre.console() as term:
        term.press("/").type("v.desk").press("Enter").wait_for("Agents 1 of 14")
        term.press("Tab", "Tab").wait_for("Details > ext").wait_for("3 of 3")
        term.wait_for(re.compile(r"\+ assign  \S")).wait_for("- release")
        term.wait_for("login    v.desk").wait_for("profile  Basic")


def test_a_row_without_records_has_an_empty_history(centre):
    with centre.console() as term:
        term.press("Tab", "G", "Tab").wait_for("2059  free").wait_for("0 of 0")


def test_reservations_show_where_calls_go_and_when_they_end(centre):
    done = centre.run("--reserve", "2042=fax", "--target", "phone:+441632960000", "--until", "30d")
    assert done.status == 0, done
    with centre.console() as term:
        term.press("2", "/").type("2042").press("Enter").wait_for("2042  reserved")
        term.wait_for("note  fax, calls to phone").wait_for(", until ")
        term.press("Tab").wait_for("target   phone:+441632960000").wait_for(re.compile(r"until    \d"))


def test_a_narrow_screen_has_one_line(centre):
    with centre.console(size=(40, 10)) as term:
        term.press("Down", "Up").wait_for(re.compile(r"^ 2000 pinned, since .* by", re.M))
        term.press("Down").wait_for(re.compile(r"^ 2001 left, since", re.M))


def test_an_empty_list_says_what_to_do(centre):
    with centre.console() as term:
        term.press("/").type("nobody").press("Enter").wait_for("Agents 0 of 14")
        term.wait_for(lambda t: "nothing matches the filter" in " ".join(details(t)))


def test_no_request_per_move_of_the_cursor(cloud_centre):
    log = cloud_centre.cloud.gate.log
    with cloud_centre.console() as term:
        term.wait_for(lambda t: details(t)[0] == " a.smithers  Smithers, Al").quiet(1000)
        before = log.mark()
        for key in ("Down", "Down", "Tab", "Down", "Tab", "Down", "Up"):
            term.press(key).quiet(300)
        asked = log.operations(since=before)
        assert set(asked) <= {"GetCurrentUserData"} and asked.total() <= 4, asked


def test_the_trail_of_a_service_is_read_once(cloud_centre):
    log = cloud_centre.cloud.gate.log
    with cloud_centre.console() as term:
        term.press("/").type("v.desk").press("Enter").wait_for("Agents 1 of 14")
        term.press("Tab", "Tab").wait_for("3 of 3").quiet(1000)
        before = log.mark()
        term.press("Up").press("Esc", "Esc").wait_for("Agents 14").press("Home", "Tab", "Tab")
        term.wait_for("login    a.smithers").wait_for("of 2").quiet(300)
        assert not log.operations("dynamodb", since=before)


# ---- what agents do now --------------------------------------------------------------------------


@pytest.fixture
def demo(centre):
    with Terminal(
        [program(), "--demo"], environment=centre.environment, cwd=centre.folder
    ) as term:
        yield term.wait_for(re.compile(r"read: \d"))


def test_live_states_come_when_the_list_rests(demo):
    demo.wait_for(lambda t: " LIVE" in t.lines[3])
    demo.wait_for(re.compile(r"a\.bennett .* (avl|call|acw|off|oth|chat)\b"))
    demo.wait_for(lambda t: re.match(r" live  \w", details(t)[3]))


def test_a_page_further_down_asks_again(demo):
    demo.wait_for(re.compile(r"a\.bennett .* (avl|call|acw|off|oth|chat)\b"))
    demo.press("G").wait_for(lambda t: re.match(r" live  \w", details(t)[3]))


def test_a_directory_without_live_states_has_no_column(centre):
    with centre.console() as term:
        term.quiet(700)
        assert "LIVE" not in term.text and " live" not in term.text


def test_nothing_is_written_while_nobody_acts(centre):
    with centre.console() as term:
        term.wait_for(lambda t: details(t)[2].startswith(" by    sync (")).press("Down")
        term.wait_for(lambda t: details(t)[2].startswith(" by    sync (")).quiet(500)
        mark = term.mark()
        term.quiet(2500)
        assert not term.since(mark)


def test_live_is_off_where_it_is_not_allowed(cloud_centre):
    gate = cloud_centre.cloud.gate
    gate.inject(faults.error("AccessDeniedException", status=403), on="connect.GetCurrentUserData")
    with cloud_centre.console() as term:
        term.wait_for("live states are not shown:").wait_for(lambda t: "LIVE" not in t.lines[3])
        term.press("G").quiet(1000)
        assert gate.log.count("connect", "GetCurrentUserData") == 1


def test_a_row_comes_with_all_that_is_known_and_sends_it_once(demo):
    demo.wait_for(re.compile(r"a\.bennett .* (avl|call|acw|off|oth|chat)\b"))
    demo.wait_for(lambda t: details(t)[2].startswith(" by    sync (")).quiet(500)
    mark = demo.mark()
    demo.press("PgDn").wait_for(lambda t: "a.bennett" not in details(t)[0])
    demo.wait_for(lambda t: details(t)[2].startswith(" by    sync (")).quiet(500)
    sent = demo.since(mark).decode()
    assert "sync" not in sent and "\x1b[42G   " not in sent  # it stood there before, and stayed
    assert all(re.search(r" (avl|call|acw|off|oth|chat) *│", line) for line in demo.lines[4:19])


def test_a_long_history_is_read_for_the_row_alone(tmp_path):
    desk = Desk(tmp_path)
    desk.rules("[policy]\nwidth = 5\nblocked =\nranges = 00000-20000\n")
    desk.people(*(f"agent.{i:05}" for i in range(20001)))
    assert desk.run("--sync").status == 0
    with Terminal([program(), *desk.places()], environment=desk.environment) as term:
        term.wait_for(lambda t: details(t)[2].startswith(" by    sync ("), 30).quiet(500)
        held = memory_kb(term)
        term.press("3").wait_for("DETAILS").wait_for(re.compile(r"\+ assign")).quiet(500)
        assert memory_kb(term) > held + 2048  # for the page all of it was read
