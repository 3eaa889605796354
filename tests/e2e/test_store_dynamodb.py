"""The store contract, the suite that every store passes, on DynamoDB behind the gate."""

import os
import subprocess

import pytest

from support.program import built


@pytest.fixture(scope="session")
def suite():
    """The unit test program, which is skipped where it does not know a server."""
    return built("unit/aws/dynamodb/store")


def test_contract(each_cloud, suite):
    cloud = each_cloud
    env = {"PATH": os.environ["PATH"], "EXTPOOL_TEST_DYNAMODB": cloud.gate.url} \
        | cloud.gate.env(cloud.operator)
    done = subprocess.run([suite], env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert cloud.gate.log.count("dynamodb", "TransactWriteItems") > 0
