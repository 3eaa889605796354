"""Servers of the tests go when the tests go, however that happens; the sandbox works."""

import os
import subprocess
import sys
from pathlib import Path

import boto3

from support import servers
from support.gate import wait_until

TESTS = Path(__file__).resolve().parent.parent

STARTS_AND_WAITS = """
import sys
sys.path.insert(0, sys.argv[1])
from support import servers
with servers.dynoxide() as server:
    print(server.process.pid, flush=True)
    sys.stdin.read()
"""

ASKS = """
import os
import boto3
url = os.environ["AWS_ENDPOINT_URL"]
table = boto3.resource("dynamodb", endpoint_url=url).Table(os.environ["AWS_TABLE"])
print(table.get_item(Key={"pk": "0000", "sk": "agentID"})["Item"]["sk_value"])
"""


def is_gone(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def test_a_server_dies_with_its_killed_parent(dynoxide):
    parent = subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS, str(TESTS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(parent.stdout.readline())
    assert not is_gone(pid)
    parent.kill()
    parent.wait()
    wait_until(lambda: is_gone(pid), "the server is gone")


def test_a_database_in_a_file_outlives_its_server(dynoxide, tmp_path):
    for round_trip in range(2):
        with servers.dynoxide(tmp_path / "db") as server:
            db = boto3.client(
                "dynamodb",
                endpoint_url=server.url,
                region_name="us-east-1",
                aws_access_key_id="a",
                aws_secret_access_key="b",
            )
            if round_trip == 0:
                db.create_table(
                    TableName="kept",
                    BillingMode="PAY_PER_REQUEST",
                    AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                )
            assert db.list_tables()["TableNames"] == ["kept"]


def test_the_sandbox_runs_a_command(dynoxide):
    done = subprocess.run(
        [
            sys.executable,
            str(TESTS / "support/sandbox.py"),
            "--agents",
            "2",
            "--table",
            "old",
            "--",
            sys.executable,
            "-c",
            ASKS,
        ],
        capture_output=True,
        text=True,
        env=os.environ,
        check=True,
    )
    assert done.stdout == "agent00000@example.com\n"
    assert "# dynamodb: GetItem 1; at most 1 at once" in done.stderr
    assert "refused" not in done.stderr
