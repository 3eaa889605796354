"""What the old reader hands on to a contact flow: all of an assigned item, and all of it text."""

import datetime

import pytest

from support.contact_flow import agent_for, handed_on
from support.table_desk import TableDesk


@pytest.fixture
def desk(tmp_path, cloud):
    desk = TableDesk(tmp_path, cloud)
    desk.create()
    return desk


def item(desk, extension):
    return desk.table.get_item(Key={"pk": extension, "sk": "agentID"})["Item"]


def arn(desk, login):
    user = next(u for u in desk.cloud.instance.users if u.username == login)
    return f"{desk.cloud.instance.arn}/agent/{user.id}"


def test_a_sync_writes_what_the_flow_takes(desk):
    desk.cloud.instance.set_users(["alice", "bob", "zoë"])
    desk.fill()
    desk.sync()
    desk.json("--pin", "bob=front desk")
    desk.json("--reassign", "zoë=0020")
    for extension, login in (("0000", "alice"), ("0001", "bob"), ("0020", "zoë")):
        assert agent_for(desk.table, extension) == login
        handed = handed_on(desk.table, extension)
        assert handed["agent_arn"] == arn(desk, login)
        since = datetime.datetime.strptime(handed["since"], "%Y-%m-%dT%H:%M:%SZ")
        assert abs(since - datetime.datetime.utcnow()) < datetime.timedelta(hours=1)
    assert handed_on(desk.table, "0001")["pinned"] == "front desk"
    again = desk.sync()
    assert again["changes"] == []


def test_what_was_written_as_a_number_is_rewritten(desk):
    """Its moment stays, and so does what somebody else put there."""
    desk.cloud.instance.set_users(["alice", "bob"])
    desk.fill()
    desk.sync()
    for extension in ("0000", "0001"):
        old = item(desk, extension) | {"since": 1764000000, "site": "Leeds"}
        desk.table.put_item(Item=old)
    with pytest.raises(TypeError):
        handed_on(desk.table, "0000")
    found = desk.json("--doctor", status=2)["problems"]
    assert [(p["kind"], p["extension"], p["agent"]) for p in found] == [
        ("reader_unsafe", "0000", "alice"),
        ("reader_unsafe", "0001", "bob"),
    ]
    # A change that meets such an item goes through, and leaves text.
    assert desk.json("--swap", "alice=bob")["applied"] == 2
    desk.json("--undo")
    assert handed_on(desk.table, "0000")["sk_value"] == "alice"
    desk.table.put_item(Item=item(desk, "0000") | {"since": 1764000000, "site": "Leeds"})
    run = desk.sync()
    assert run["plan"]["adopt"] == 1
    handed = handed_on(desk.table, "0000")
    assert handed["since"] == "2025-11-24T16:00:00Z"
    assert handed["site"] == "Leeds"
    assert desk.json("--doctor")["problems"] == []


def test_the_doctor_rewrites_and_names_what_is_not_ours(desk):
    desk.cloud.instance.set_users(["alice"])
    desk.fill()
    desk.sync()
    desk.table.put_item(Item=item(desk, "0000") | {"since": 1764000000, "calls": 7})
    report = desk.json("--doctor", "--fix", "--yes", status=2)
    assert report["fixed"] == 0  # one of the two attributes is another program's
    left = desk.json("--doctor", status=2)["problems"]
    assert [(p["kind"], p["detail"]) for p in left] == [
        ("reader_unsafe", "a contact flow takes text only, and fails on: calls")
    ]
    assert item(desk, "0000")["since"] == "2025-11-24T16:00:00Z"
    assert item(desk, "0000")["calls"] == 7


def test_a_user_who_was_made_again(desk):
    """The same login with another ARN: the next sync rewrites it, and nobody's number changes."""
    desk.cloud.instance.set_users(["alice", "bob"])
    desk.fill()
    desk.sync()
    before = arn(desk, "alice")
    user = next(u for u in desk.cloud.instance.users if u.username == "alice")
    user.id = "00000000-1111-2222-3333-444444444444"
    assert arn(desk, "alice") != before
    run = desk.sync("--max-release", "0")
    assert [(c["change"], c["agent"]) for c in run["changes"]] == [("adopt", "alice")]
    assert item(desk, "0000")["agent_arn"] == arn(desk, "alice")


def test_what_belongs_to_an_agent_goes_with_them(desk):
    desk.cloud.instance.set_users(["alice", "bob"])
    desk.fill()
    desk.sync()
    desk.table.put_item(
        Item=item(desk, "0000") | {"source": "york", "fallback": "ext:0039", "by": "kim"}
    )
    desk.json("--reassign", "alice=0020")
    moved = item(desk, "0020")
    assert (moved["source"], moved["fallback"]) == ("york", "ext:0039")
    assert moved["agent_arn"] == arn(desk, "alice")
    assert moved["by"] != "kim"
    assert "fallback" not in item(desk, "0001")
    desk.json("--release", "alice")
    desk.json("--undo")
    back = item(desk, "0020")
    assert back == moved
