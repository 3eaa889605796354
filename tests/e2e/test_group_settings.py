"""[group NAME] of the configuration: what is understood, and mistakes that stop a run before anything is read."""

import pytest

from support.program import Desk

SITES = """[context all]
directory = york=file:{folder}/york.csv
directory = hull=file:{folder}/hull.csv
store = sqlite:{folder}/pool.db
export = none

[group york]
match = directory:york
ranges = 2000-2009

[group hull]
match = column:"Cost Centre=12*"
match = directory:hull login:*.temp
ranges = 3000-3004
cooldown = 1d
on_move = renumber

[context other]
store = sqlite:{folder}/other.db
export = none
groups = none
"""


class Sites(Desk):
    def __init__(self, folder):
        super().__init__(folder)
        (self.folder / "york.csv").write_text("user\nalice\nbob\n")
        (self.folder / "hull.csv").write_text("user,Cost Centre\nkim,1234\nlee.temp,99\nmax,99\n")
        self.text = SITES.format(folder=self.folder)
        self.rules(self.text)

    def places(self):
        return []


@pytest.fixture
def sites(tmp_path):
    return Sites(tmp_path)


def test_the_ranges_of_groups_are_the_pool(sites):
    assert sites.run("--init", "--context", "all").status == 0
    assert sites.json("--status", "--context", "all")["extensions"]["total"] == 15


def test_a_context_may_have_no_groups(sites):
    assert sites.run("--init", "--context", "other").status == 0
    assert sites.json("--status", "--context", "other")["extensions"]["total"] == 10000


def test_groups_are_shown_as_they_were_understood(sites):
    shown = sites.run("--check-config").out
    assert "2000-2009" in shown and '"column:Cost Centre=12*"' in shown, shown
    assert "cooldown 1d, on_move renumber" in shown, shown
    hull = sites.json("--check-config")["contexts"][0]["groups"][1]
    assert hull["group"] == "hull" and hull["match"][1] == "directory:hull login:*.temp"
    assert (hull["cooldown"], hull["low_water"], hull["on_move"]) == ("1d", None, "renumber")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ranges = 3000-3004", "ranges = 2005-3004", "overlaps with 2000-2009"),
        ("match = directory:york", "match = directory:yrk", "no directory has the name \"yrk\""),
        ("match = directory:york", "match = directoy:york", "unknown field \"directoy\""),
        ("match = directory:york", "match = login:*", "takes them first"),
        ("groups = none", "groups = york", None),  # the others are not looked at
    ],
)
def test_a_mistake_stops_the_run(sites, old, new, message):
    sites.rules(sites.text.replace(old, new))
    result = sites.run("--sync", "--context", "all" if message else "other", "--directory", f"york=file:{sites.folder}/york.csv")
    assert result.status == (64 if message else 0), result
    assert not message or (message in result.err and "config:" in result.err), result
    assert sites.store.exists() is False


def test_the_help_has_groups(sites):
    assert "[group london]" in sites.run("--help", "groups").out
