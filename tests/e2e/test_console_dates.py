"""The screens that show a date, on days and in zones where a date is longer, shorter, in another
year, or another one than in UTC. Around the date they are as on any day.
"""

import datetime
import re

import pytest

from support.console import NOW
from support.fixed_time import environment, seconds
from support.golden import golden
from test_console_screens import csv_to_import, typed

DAYS = ["2026-11-22", "2028-02-29", "2026-12-31", "2027-01-01", "2027-03-05", "2038-01-20"]
ZONES = {"UTC": 0, "NZST-12NZDT,M9.5.0,M4.1.0/3": 13}
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def until(moment):
    """What a plan says of a number that is released then: the day a week later, with the year if it
    is another one."""
    now = datetime.datetime.fromtimestamp(seconds(moment), datetime.timezone.utc)
    then = now + datetime.timedelta(days=7)
    year = f" {then.year}" if then.year != now.year else ""
    return re.compile(f"; cools until {then.day} {MONTHS[then.month - 1]}{year} *$", re.MULTILINE)


@pytest.fixture(params=DAYS)
def moment(request):
    return f"{request.param}T12:32:00Z"


@pytest.fixture(params=ZONES, ids=["UTC", "New Zealand"])
def zone(request):
    return request.param


@pytest.fixture
def there(centre_at, moment, zone):
    return centre_at(moment, {"TZ": zone})


def test_a_plan_says_until_when_numbers_cool(there, moment):
    with there.console() as term:
        term.press("s").wait_for(until(moment))
        golden("plan-sync-80x24", term)


def test_the_plan_of_an_import(there, moment):
    csv_to_import(there)
    with there.console() as term:
        typed("I", ["wishes.csv"], "Enter")(term)
        term.wait_for(until(moment))
        golden("import-plan-80x24", term)


def test_details_and_history_are_in_the_zone_of_the_reader(there, zone):
    hour = (12 + ZONES[zone]) % 24
    with there.console() as term:
        term.press("3").wait_for(re.compile(rf" since +{hour:02}:2\d"))
        golden("details-80x24", term)
        term.press("Esc", "h").wait_for(re.compile(rf">{hour:02}:2\d +assign"))
        golden("history-80x24", term)


@pytest.mark.parametrize("now, shown", [
    ("2026-12-31T10:32:00Z", r"\d\d:2\d"),
    ("2027-01-01T11:32:00Z", "31 Dec 2026"),
])
def test_what_was_done_on_another_day_has_its_date(centre_at, zone, now, shown):
    centre = centre_at("2026-12-31T10:32:00Z", {"TZ": zone})
    centre.environment.update(environment(now))
    with centre.console() as term:
        term.press("h").wait_for(re.compile(f">{shown} +assign"))


def test_what_was_done_earlier_in_the_year(centre_at, zone):
    centre = centre_at("2028-02-29T10:32:00Z", {"TZ": zone})
    centre.environment.update(environment("2028-03-01T11:32:00Z"))
    hour = (10 + ZONES[zone]) % 24
    with centre.console() as term:
        term.press("h").wait_for(re.compile(rf">29 Feb {hour:02}:2\d +assign"))


def test_headless_prints_the_same_date(there, moment):
    there.staff(NOW)
    done = there.run("--sync", "--dry-run")
    assert until(moment).search(done.out), done
