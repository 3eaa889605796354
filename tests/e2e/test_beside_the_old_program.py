"""The old program and syncs at the same time. It writes without conditions: a delete, then a put. The
gate holds the put, so that a sync meets the table in between.
"""

import contextlib
import threading

import pytest

from support import faults, lambda_origin
from support.contact_flow import agent_for
from support.gate import wait_until
from support.index_lag import lagging_index
from support.table_desk import TableDesk

PEOPLE = ["alice", "bob", "carol", "dave", "erin", "frank", "gina", "hugo"]


@pytest.fixture
def desk(tmp_path, cloud):
    desk = TableDesk(tmp_path, cloud)
    desk.create()
    desk.fill()
    return desk


@contextlib.contextmanager
def stands_before_its_put(desk, work):
    """The old program at `work` in a thread of its own, its first put on its way and held. Gives the
    function that lets it go on.
    """
    held = faults.hold()
    desk.cloud.gate.inject(held, on="dynamodb.PutItem")
    thread = threading.Thread(target=work)
    thread.start()
    held.wait()

    def go_on():
        desk.cloud.gate.clear_faults()
        thread.join()

    try:
        yield go_on
    finally:
        go_on()


def expect_one_number_each(desk, logins):
    state = desk.assert_sound()
    assert state.agents() == set(logins)
    for extension, agent in state.assigned:
        assert agent_for(desk.table, extension) == agent
    assert desk.json("--doctor")["problems"] == []


def test_a_number_between_delete_and_put_is_waited_for(desk):
    """It has no item at all when the sync looks first, and is carol's when it looks again."""
    desk.cloud.instance.set_users(["alice", "bob"])
    desk.sync()
    desk.cloud.instance.add("carol")
    documents = []
    old = desk.origin
    old.read_unused()
    with stands_before_its_put(desk, lambda: old.set_extension("carol")) as go_on:
        asked = desk.count("BatchGetItem")
        sync = threading.Thread(target=lambda: documents.append(desk.sync()))
        sync.start()
        wait_until(lambda: desk.count("BatchGetItem") > asked, "the first look")
        go_on()
        sync.join()
    (document,) = documents
    assert [(c["change"], c["agent"]) for c in document["changes"]] == [("adopt", "carol")]
    expect_one_number_each(desk, ["alice", "bob", "carol"])


def test_what_it_leaks_is_repaired_by_the_next_sync(desk):
    """It stands between delete and put of a leaver, too; its put has no sk_value."""
    desk.cloud.instance.set_users(["alice", "bob"])
    desk.sync()
    desk.cloud.instance.remove("bob")
    with stands_before_its_put(desk, lambda: desk.origin.remove_user("0001")) as go_on:
        asked = desk.count("BatchGetItem")
        sync = threading.Thread(target=desk.sync)
        sync.start()
        wait_until(lambda: desk.count("BatchGetItem") > asked, "the first look")
        go_on()
        sync.join()
    assert desk.sync()["changes"] == []
    # Of a leaver's claim it knows nothing: that stays behind, in nobody's way.
    assert desk.json("--doctor", "--fix", "--yes")["fixed"] == 1
    expect_one_number_each(desk, ["alice"])


def test_both_give_everybody_a_number(desk):
    """The index shows neither what the other writes: nearly everybody gets two numbers, or loses one
    to somebody else. The next sync puts all of it right, and no guard has to be lifted for it.
    """
    desk.cloud.instance.set_users(PEOPLE)
    with lagging_index(desk.cloud.dynamodb, None):
        with stands_before_its_put(desk, lambda: desk.origin.sync()) as go_on:
            run = desk.run("--sync", "--no-export")
            assert run.status in (0, 3), run
            go_on()
    desk.sync()
    expect_one_number_each(desk, PEOPLE)
    assert desk.sync()["changes"] == []


def test_everybody_has_two_numbers(desk):
    """More than any guard lets pass as releases: but nobody is left without a number they had."""
    desk.cloud.instance.set_users(PEOPLE)
    desk.sync()
    before = {agent: extension for extension, agent in desk.state().assigned}
    for agent in PEOPLE:
        lambda_origin.give_second(desk.origin, agent)
    document = desk.sync()
    assert document["plan"]["repair"] == len(PEOPLE)
    expect_one_number_each(desk, PEOPLE)
    assert {agent: extension for extension, agent in desk.state().assigned} == before
