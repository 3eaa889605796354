"""pytest fixtures for everything that talks to Amazon. conftest.py imports them."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest

from . import servers
from .cloud import Cloud, Servers
from .tls import Authority


@contextlib.contextmanager
def _skip_where_impossible():
    try:
        yield
    except servers.Missing as missing:
        if missing.skippable:
            pytest.skip(str(missing))
        raise


@pytest.fixture(scope="session")
def dynoxide():
    """A DynamoDB server for the whole run. Tests use tables of different names."""
    with contextlib.ExitStack() as stack:
        with _skip_where_impossible():
            server = stack.enter_context(servers.dynoxide())
        yield server


@pytest.fixture(scope="session")
def dynamodb_local():
    """Amazon's own DynamoDB server for the whole run."""
    with contextlib.ExitStack() as stack:
        with _skip_where_impossible():
            server = stack.enter_context(servers.dynamodb_local())
        yield server


@pytest.fixture(scope="session")
def s3server():
    """An S3 server for the whole run. Tests use buckets of different names."""
    with servers.s3server() as server:
        yield server


@pytest.fixture(scope="session")
def authority():
    """A certificate authority for this run."""
    with tempfile.TemporaryDirectory(prefix="extpool-ca-") as where:
        yield Authority(Path(where))


@pytest.fixture
def cloud(dynoxide, s3server):
    """A gate with DynamoDB, S3, Connect and STS behind it, with names of its own. A request that
    only a faulty client sends fails the test; one that sends such requests on purpose takes
    `lenient_cloud`.
    """
    with Cloud(Servers(dynoxide, s3server)) as made:
        yield made
        made.gate.assert_clean()


@pytest.fixture
def amazon_cloud(dynamodb_local, s3server):
    """As `cloud`, with Amazon's own DynamoDB server."""
    with Cloud(Servers(dynamodb_local, s3server)) as made:
        yield made
        made.gate.assert_clean()


@pytest.fixture(params=["cloud", "amazon_cloud"], ids=["dynoxide", "dynamodb-local"])
def each_cloud(request):
    """`cloud` on either DynamoDB server, in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def tls_cloud(dynoxide, s3server, authority):
    """As `cloud`, over TLS; its env() names the authority in AWS_CA_BUNDLE."""
    with Cloud(
        Servers(dynoxide, s3server), tls=authority.server_context(), ca_bundle=str(authority.bundle)
    ) as made:
        yield made
        made.gate.assert_clean()


@pytest.fixture
def lenient_cloud(dynoxide, s3server):
    """As `cloud`, for tests that send what must be refused."""
    with Cloud(Servers(dynoxide, s3server)) as made:
        yield made
        assert not made.gate.own_faults, "\n".join(made.gate.own_faults)
