"""What the console says when a service fails in the middle: why, where the plan stands, and what
Enter does; whose trouble it is, and when it is over.
"""

import re

import pytest

from support import faults
from support.console import CONFIG, NOW

WRITES = "dynamodb.TransactWriteItems"


def many(place, n=300):
    place.configure(CONFIG.replace("2000-2059", "2000-2999"))
    place.staff(NOW + [(f"new.{i:03}", "New", f"One{i:03}") for i in range(n)])
    assert place.run("--init").status == 0




def test_a_fault_in_the_middle_says_why_and_enter_goes_on(cloud_centre):
    place = cloud_centre
    many(place)
    with place.console() as term:
        term.wait_for("read: 312 agents").press("s").wait_for("Enter applies it")
        place.cloud.gate.inject(faults.error("AccessDeniedException"), on=WRITES, after=3)
        term.press("Enter").wait_for("Enter plans those again")
        assert re.search(r" \d+ applied, \d+ not: Enter plans those again", term.text)
        assert "may not" in term.text or "AccessDenied" in term.text or "not allowed" in term.text
        assert "Enter Plan again" in term.lines[-1]
        term.press(":").type("activity").press("Enter").quiet()
        place.cloud.gate.clear_faults()
        term.press("Enter").wait_for("PLAN sync").wait_for("releases")
    assert 12 < len(place.held()) < 312


def test_only_what_was_complete_is_said_in_the_colours_of_success(cloud_centre):
    place = cloud_centre
    many(place, 100)
    with place.console() as term:
        term.wait_for("read: 112 agents").press("s").wait_for("Enter applies it")
        place.cloud.gate.inject(faults.error("AccessDeniedException"), on=WRITES, after=1)
        term.press("Enter").wait_for("Enter plans those again").press("Esc")
        term.wait_for(re.compile("sync: .* applied")).quiet()
        warned = term.cell(*term.find("applied")).fg
        place.cloud.gate.clear_faults()
        term.press("s").wait_for("Enter applies it").quiet()
        term.press("Enter").wait_gone("PLAN").wait_for("exported").quiet()
        succeeded = term.cell(*term.find("applied")).fg
        assert warned != succeeded


def test_the_status_says_stopping(cloud_centre):
    place = cloud_centre
    with place.console() as term:
        term.wait_for("read: 12 agents")
        place.cloud.gate.inject(faults.hang(), on="connect")
        term.press("s").wait_for("C-c stops")
        mark = term.mark()
        # What does not end by itself is cut off two seconds later: on a machine that has much to do
        # the screen may have moved on before it is looked at.
        term.press("C-c").wait_for(
            lambda t: "stopping (C-c stops now)" in t.text or b"stops now" in t.since(mark)
        )
        term.press("C-c").wait_gone("stopping now", timeout_s=2)
        place.cloud.gate.clear_faults()
        term.press("Down").quiet()
        assert term.status is None


def test_only_who_asked_the_directory_says_that_it_works_again(cloud_centre):
    place = cloud_centre
    place.configure(CONFIG.replace("refresh = 0", "refresh = 1"))
    gate = place.cloud.gate
    with place.console() as term:
        term.wait_for("read: 12 agents")
        rule = gate.inject(faults.error("AccessDeniedException"), on="connect")
        term.press("C-r").wait_for("ERROR")
        before = gate.log.operations("dynamodb").total()
        term.wait_for(lambda t: gate.log.operations("dynamodb").total() > before + 3)
        assert "ERROR" in term.lines[0] and "works again" not in term.text
        rule.remove()
        before = gate.log.operations("dynamodb").total()
        term.wait_for(lambda t: gate.log.operations("dynamodb").total() > before + 3)
        assert "ERROR" in term.lines[0]  # nobody asked it
        term.press("C-r").wait_for("reading works again").wait_gone("ERROR")


def test_a_store_in_trouble_is_cleared_by_the_store(cloud_centre):
    place = cloud_centre
    place.configure(CONFIG.replace("refresh = 0", "refresh = 1"))
    with place.console() as term:
        term.wait_for("read: 12 agents")
        rule = place.cloud.gate.inject(faults.error("AccessDeniedException"), on="dynamodb")
        term.press("C-r").wait_for("ERROR")
        rule.remove()
        term.wait_for("reading works again").wait_gone("ERROR")  # by the next refresh


def test_the_age_is_that_of_the_older_of_the_two(cloud_centre):
    """A refresh reads the store alone: what is said of who works here grows older."""
    place = cloud_centre
    place.configure(CONFIG.replace("refresh = 0", "refresh = 1"))
    quick = {"FAKETIME": "+0 x60"}  # a minute in a second
    with place.console(environment=quick) as term:
        term.wait_for("read: 12 agents").wait_for(re.compile(r"\b[2-9]m ago"))
        term.press("C-r").wait_gone(re.compile(r"\b\dm ago"))


@pytest.mark.parametrize("service, waits_for", [
    ("connect", "reading the directory"), ("dynamodb", "reading the table"),
])  # fmt: skip
def test_who_is_waited_for_is_named_before_the_first_answer(cloud_centre, service, waits_for):
    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents")
        hold = faults.hold()
        cloud_centre.cloud.gate.inject(hold, on=service)
        term.press("C-r").wait_for(f"{waits_for}  (C-c stops)")
        term.wait_for(re.compile(rf"{waits_for} [3-9]s  \(C-c stops\)"))  # since the job's start
        hold.release()
        term.wait_gone("C-c stops")


def test_the_export_names_s3(cloud_centre):
    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents")
        hold = faults.hold()
        cloud_centre.cloud.gate.inject(hold, on="s3.PutObject")
        term.press("e").wait_for(re.compile(r"writing the list to S3.*\(C-c stops\)"))
        hold.release()
        term.wait_for("exported 12 rows")


@pytest.mark.parametrize("on, fault, waits_for", [
    ("connect", faults.throttled("connect", 1500), "reading the directory"),
    ("dynamodb.Query", faults.throttled("dynamodb", 1500), "reading the table"),
])  # fmt: skip
def test_throttling_is_said_while_it_waits_and_not_afterwards(cloud_centre, on, fault, waits_for):
    gate = cloud_centre.cloud.gate
    with cloud_centre.console() as term:
        term.wait_for("read: 12 agents")
        rule = gate.inject(fault, on=on)
        term.press("C-r").wait_for(re.compile(rf"{waits_for}.*throttled, waits"))
        rule.remove()
        hold = faults.hold()
        gate.inject(hold, on=on)
        hold.wait()
        term.wait_gone("throttled")
        hold.release()
        term.wait_gone("C-c stops").quiet()
        assert "ERROR" not in term.lines[0]


def test_a_table_that_throttles_writes_says_so_while_it_waits(cloud_centre):
    place = cloud_centre
    with place.console() as term:
        term.wait_for("read: 12 agents").press("s").wait_for("Enter applies it")
        rule = place.cloud.gate.inject(faults.throttled("dynamodb"), on=WRITES)
        term.press("Enter")
        term.wait_for(re.compile(r"writing to the table.*throttled, waits"))
        rule.remove()
        term.wait_for(re.compile(r"sync: \d+ applied"))
