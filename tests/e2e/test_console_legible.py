"""What a person has to read stands on the screen in full, even at 80 columns."""


LONG = [(f"jonathan.{last.lower()}", "Jonathan", last) for last in ("Vandermeer", "Vandenberg")]


def test_logins_that_differ_at_their_ends_are_told_apart(empty):
    empty.staff(LONG + [(f"z.agent.num.{i:02}", "Agent", f"Number {i:02}") for i in range(30)])
    with empty.console() as term:
        term.wait_for("jonathan.vandermeer ").wait_for("jonathan.vandenberg ")


def test_short_logins_leave_the_room_to_the_names(empty):
    empty.staff([(f"a{i:02}", "Ann", f"Papadopoulou{i:02}") for i in range(30)])
    with empty.console() as term:
        term.wait_for("a07").wait_for("Papadopoulou07, Ann ")


def test_one_long_login_takes_no_room_from_all_the_others(empty):
    empty.staff([(f"a{i:02}", "Ann", f"Papadopoulou{i:02}") for i in range(30)]
                + [("a" * 100, "Ann", "Papadopoulou99")])  # fmt: skip
    with empty.console() as term:
        term.wait_for("Papadopoulou07, Ann ")
