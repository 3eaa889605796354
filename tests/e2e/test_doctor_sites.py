"""The doctor on a store of several contexts: whose numbers are whose, and the group of each problem."""

import pytest

from support.program import Desk


@pytest.fixture
def desk(tmp_path):
    """One store, written by a context that reads two files."""
    desk = Desk(tmp_path)
    (tmp_path / "london.csv").write_text("user\nann\nbob\n")
    (tmp_path / "leeds.csv").write_text("user\nzoe\n")
    desk.rules("[policy]\nblocked =\n[group London]\nmatch = directory:london\nranges = 2000-2009\n"
               "[group Leeds]\nmatch = directory:leeds\nranges = 3000-3009\n")
    assert desk.run("--sync", "--directory", f"london=file:{tmp_path}/london.csv",
                    "--directory", f"leeds=file:{tmp_path}/leeds.csv").status == 0
    return desk


def test_numbers_of_another_directory_are_no_problem(desk):
    london = ("--directory", f"london=file:{desk.folder}/london.csv")
    desk.rules("[policy]\nblocked =\n[group London]\nmatch = directory:london\nranges = 2000-2009\n")
    answer = desk.json("--doctor", *london)
    assert answer["problems"] == [] and answer["exit"] == 0
    assert answer["sources"] == [{"source": "london", "numbers": 2, "here": True},
                                 {"source": "leeds", "numbers": 1, "here": False}]
    said = desk.run("--doctor", *london)
    assert "1 number of leeds, which this context does not read; if it was retired: --sync --take-over leeds" in said.out


def test_a_problem_has_the_group_of_its_number(desk):
    desk.rules("[policy]\nblocked =\n[group London]\nmatch = directory:london\nranges = 2000-2012\n"
               "[group Leeds]\nmatch = directory:leeds\nranges = 3000-3009\n")
    answer = desk.json("--doctor", "--directory", f"london=file:{desk.folder}/london.csv",
                       "--directory", f"leeds=file:{desk.folder}/leeds.csv", status=2)
    assert [(problem["kind"], problem["group"]) for problem in answer["problems"]] == [("missing", "London")]
