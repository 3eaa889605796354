"""One call for a whole Amazon on the loopback: servers, stand-ins, the gate, a table, a bucket,
an instance.

    with start_servers() as servers, Cloud(servers) as cloud:
        cloud.instance.set_users(["alice", "bob"])
        cloud.create_table()
        subprocess.run([extpool, "--sync"], env=cloud.env())
        cloud.gate.assert_clean()

The servers may be shared by many Clouds: each has a table, a bucket and an instance of its own.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
from dataclasses import dataclass
from typing import Iterator

import boto3
from botocore.config import Config

from . import procs, servers
from .connect_standin import ConnectStandin
from .dynamodb_front import DynamoDBFront, call
from .gate import Gate
from .instance_standins import ContainerStandin, ImdsStandin
from .keyring import Identity
from .login_standins import OidcStandin, SigninStandin, SsoStandin
from .named_standins import KmsStandin, LambdaStandin
from .s3_front import S3Front
from .sts_standin import StsStandin

_numbers = itertools.count(1)


@functools.lru_cache(maxsize=None)
def _session() -> boto3.session.Session:
    """One for all clients: it keeps the service models, which take longer to read than a test to
    run.
    """
    return boto3.session.Session()


TABLE_SCHEMA = {
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "sk_value")
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "skIndex",
            "KeySchema": [
                {"AttributeName": "sk", "KeyType": "HASH"},
                {"AttributeName": "sk_value", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


@dataclass
class Servers:
    """The real servers: DynamoDB and S3."""

    dynamodb: procs.Server
    s3: servers.S3Server


@contextlib.contextmanager
def start_servers() -> Iterator[Servers]:
    with servers.dynoxide() as db, servers.s3server() as s3:
        yield Servers(db, s3)


class Cloud:
    """A gate with all services behind it, and the names that a run of extpool needs."""

    def __init__(
        self,
        behind: Servers,
        region: str = "us-east-1",
        seed: int = 1,
        tls=None,
        strict: bool = True,
        port: int = 0,
        ca_bundle: str | None = None,
    ):
        number = next(_numbers)
        self.behind = behind
        self.gate = Gate(region, seed, tls, strict, port)
        self.region, self.ca_bundle = region, ca_bundle
        self.dynamodb: DynamoDBFront = self.gate.add(DynamoDBFront(behind.dynamodb.url))
        self.s3: S3Front = self.gate.add(S3Front(behind.s3.url))
        self.s3.redirect_url = self.gate.url
        self.connect: ConnectStandin = self.gate.add(ConnectStandin())
        keyring = self.gate.keyring
        self.sts: StsStandin = self.gate.add(StsStandin(keyring))
        self.functions: LambdaStandin = self.gate.add(LambdaStandin())
        self.keys: KmsStandin = self.gate.add(KmsStandin())
        self.sso: SsoStandin = self.gate.add(SsoStandin(keyring))
        self.oidc: OidcStandin = self.gate.add(OidcStandin(self.sso))
        self.signin: SigninStandin = self.gate.add(SigninStandin(keyring))
        self.imds: ImdsStandin = self.gate.add(ImdsStandin(keyring))
        self.container: ContainerStandin = self.gate.add(ContainerStandin(keyring))
        self.instance = self.connect.add_instance(region=region)
        self.table = f"extensions-{os.getpid()}-{number}"
        self.bucket = f"exports-{os.getpid()}-{number}"
        behind.s3.create_bucket(self.bucket)
        self.operator: Identity = keyring.session(
            "ExtpoolOperator", "alice@example.com", lasts_s=12 * 3600
        )

    def __enter__(self) -> "Cloud":
        return self

    def __exit__(self, *_) -> None:
        self.gate.stop()
        server, table = self.dynamodb.upstream, {"TableName": self.table}
        with contextlib.suppress(RuntimeError):  # there may be none
            call(server, "UpdateTable", table | {"DeletionProtectionEnabled": False})
        with contextlib.suppress(RuntimeError):
            call(server, "DeleteTable", table)

    def env(self, identity: Identity | None = None) -> dict[str, str]:
        """What the old program's environment had, and where to find the services."""
        env = self.gate.env(identity or self.operator) | {
            "AWS_CONNECT_INSTANCEID": self.instance.id,
            "AWS_TABLE": self.table,
            "AWS_EXPORT_BUCKET": self.bucket,
        }
        return env | ({"AWS_CA_BUNDLE": self.ca_bundle} if self.ca_bundle else {})

    def client(
        self,
        service: str,
        identity: Identity | None = None,
        kind: str = "client",
        verify: str | None = None,
        **config,
    ):
        """A boto3 client (or `kind` "resource") that goes through the gate and tries once.
        `config` is for botocore's Config, `verify` a CA bundle.
        """
        return self._client(
            kind, service, self.gate.url, identity, verify or self.ca_bundle, config
        )

    def past_gate(self, service: str, kind: str = "client"):
        """A boto3 client or resource for the server itself: no faults, no log."""
        if service == "s3":
            return self.behind.s3.client
        return self._client(kind, service, self.behind.dynamodb.url, None, None, {})

    def _client(
        self,
        kind: str,
        service: str,
        url: str,
        identity: Identity | None,
        verify: str | None,
        config: dict,
    ):
        config.setdefault("retries", {"total_max_attempts": 1})
        return getattr(_session(), kind)(
            service,
            region_name=self.region,
            endpoint_url=url,
            verify=verify,
            config=Config(**config),
            **(identity or self.operator).boto3(),
        )

    def create_table(self) -> None:
        """The table as the old program's owner made it, empty."""
        self.past_gate("dynamodb").create_table(TableName=self.table, **TABLE_SCHEMA)
