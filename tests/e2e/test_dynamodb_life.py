"""One whole life of a table, the same on dynoxide and on Amazon's own DynamoDB Local. Where the two
differ it is Amazon's that the program goes by; in what is done here they do not.
"""

import signal
import subprocess

import pytest

from support import faults
from support.procs import deliver
from support.program import program
from support.table_desk import TableDesk, recorded, results

WRITES = "dynamodb.TransactWriteItems"
AGENTS = [f"agent{number:02}" for number in range(20)]


@pytest.fixture
def desk(tmp_path, each_cloud):
    each_cloud.instance.set_users(AGENTS)
    return TableDesk(tmp_path, each_cloud)


def exported(desk):
    """What lies in the bucket: {login: extension}."""
    cloud = desk.cloud
    found = cloud.past_gate("s3").get_object(Bucket=cloud.bucket, Key="agent_extensions.csv")
    header, *rows = found["Body"].read().decode().splitlines()
    assert header == "user,extension"
    return dict(row.split(",") for row in rows)


def begun(desk, *arguments):
    return subprocess.Popen(
        [program(), *arguments, "--json"], env=desk.environment, cwd=desk.folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_whole_life(desk):
    cloud = desk.cloud
    # It is made as it should be, and filled; once more changes nothing.
    desk.json("--init")
    made = cloud.past_gate("dynamodb").describe_table(TableName=cloud.table)["Table"]
    assert [index["IndexName"] for index in made["GlobalSecondaryIndexes"]] == ["skIndex"]
    assert sorted(desk.state().free) == desk.pool
    assert desk.json("--init")["changes"] == []
    # Everybody gets a number; the next sync has nothing to do.
    assert results(desk.sync()) == {"done": len(AGENTS)}
    assert desk.sync()["changes"] == []
    held = {agent: extension for extension, agent in desk.state().assigned}
    assert exported(desk) == held
    # Edits, and what was there before them comes back.
    desk.json("--swap", "agent00=agent01")
    state = desk.assert_sound()
    assert state.extension_of("agent00") == held["agent01"]
    assert state.extension_of("agent01") == held["agent00"]
    desk.json("--undo")
    assert desk.assert_sound().extension_of("agent00") == held["agent00"]
    desk.json("--reassign", "agent02=0039")
    desk.json("--reserve", "0038=lift")
    desk.json("--release", "agent03", "--yes")
    desk.json("--assign", "agent03=0037")
    state = desk.assert_sound()
    assert state.reserved == ["0038"]
    assert (state.extension_of("agent02"), state.extension_of("agent03")) == ("0039", "0037")
    # Leavers and newcomers.
    cloud.instance.set_users(AGENTS[:18] + ["newcomer"])
    assert results(desk.sync()) == {"done": 3}
    state = desk.assert_sound()
    assert state.agents() == {*AGENTS[:18], "newcomer"}
    assert exported(desk) == {agent: extension for extension, agent in state.assigned}
    # Damage is found and repaired, and each change of this life is in the trail.
    lost = state.free[0]
    desk.table.delete_item(Key={"pk": lost, "sk": "nu"})
    desk.table.put_item(Item={"pk": state.free[1], "sk": "nu"})  # as the old program leaks one
    problems = desk.json("--doctor", status=2)["problems"]
    assert {problem["extension"] for problem in problems} == {lost, state.free[1]}
    desk.json("--doctor", "--fix")
    assert desk.json("--doctor")["problems"] == []
    kinds = {change["change"] for change in recorded(desk.assert_sound())}
    assert {"create", "assign", "release", "reassign", "reserve"} <= kinds


def test_two_processes_want_one_number(desk):
    """The second comes between what the first has read and what it writes."""
    desk.json("--init")
    held = faults.hold()
    desk.cloud.gate.inject(held, on=WRITES, nth=1)
    first = begun(desk, "--assign", "agent00=0030")
    held.wait()
    desk.json("--assign", "agent01=0030")
    held.release()
    out, _ = first.communicate(timeout=120)
    assert first.returncode == 3 and '"conflict"' in out, out
    assert desk.assert_sound().assigned == [("0030", "agent01")]


def test_one_agent_gets_two_numbers_from_two_processes(desk):
    desk.json("--init")
    held = faults.hold()
    desk.cloud.gate.inject(held, on=WRITES, nth=1)
    first = begun(desk, "--assign", "agent00=0030")
    held.wait()
    desk.json("--assign", "agent00=0031")
    held.release()
    out, _ = first.communicate(timeout=120)
    assert first.returncode == 3 and '"conflict"' in out, out
    assert desk.assert_sound().assigned == [("0031", "agent00")]


def test_killed_with_a_write_on_its_way(desk):
    desk.json("--init")
    held = faults.hold()
    desk.cloud.gate.inject(held, on=WRITES)
    sync = begun(desk, "--sync")
    held.wait()
    deliver(sync, signal.SIGKILL)
    desk.cloud.gate.clear_faults()
    desk.cloud.gate.wait_idle()
    desk.assert_sound()
    desk.sync()
    assert desk.assert_sound().agents() == set(AGENTS)
    assert exported(desk) == {a: e for e, a in desk.state().assigned}
