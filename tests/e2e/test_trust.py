"""TLS: whom extpool trusts, and what a further connection costs."""

import shutil
import ssl
import subprocess

import pytest

from support import faults
from support.cloud import Cloud, Servers
from support.table_desk import TableDesk
from support.tls import Authority

POOL = [f"{number:04}" for number in range(50)]
RULES = "[policy]\nranges = 0000-0049\nblocked =\n"


@pytest.fixture
def context(authority) -> ssl.SSLContext:
    """Of the server; it counts the sessions that clients resumed."""
    return authority.server_context()


@pytest.fixture
def desk(dynoxide, s3server, context, authority, tmp_path):
    """A table behind TLS. The environment names no authority."""
    with Cloud(Servers(dynoxide, s3server), tls=context, ca_bundle=str(authority.bundle)) as cloud:
        desk = TableDesk(tmp_path, cloud, RULES, POOL)
        desk.environment.pop("AWS_CA_BUNDLE")
        desk.create()
        yield desk


def hashed(authority: Authority, folder):
    """The authority alone in a folder as `openssl rehash` makes it."""
    folder.mkdir()
    shutil.copy(authority.bundle, folder / "authority.pem")
    subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
    return str(folder)


def another(tmp_path) -> Authority:
    (tmp_path / "other").mkdir()
    return Authority(tmp_path / "other", "another authority")


def test_a_folder_of_hashed_certificates(desk, authority, tmp_path):
    environment = {"SSL_CERT_DIR": hashed(authority, tmp_path / "authorities")}
    assert desk.run("--init", environment=environment).status == 0


def test_an_authority_that_only_the_bundle_has(desk, authority, tmp_path):
    """An administrator appended it to the bundle, and the folder does not know it."""
    stranger = another(tmp_path)
    environment = {"SSL_CERT_DIR": hashed(stranger, tmp_path / "strangers"),
                   "SSL_CERT_FILE": str(authority.bundle)}
    assert desk.run("--init", environment=environment).status == 0


def test_an_authority_that_neither_has(desk, tmp_path):
    stranger = another(tmp_path)
    environment = {"SSL_CERT_DIR": hashed(stranger, tmp_path / "strangers"),
                   "SSL_CERT_FILE": str(stranger.bundle)}
    result = desk.run("--status", "--json", environment=environment)
    assert result.status == 1
    assert result.json["error"]["message"].startswith(
        "the certificate is not signed by an authority"
    )
    assert desk.cloud.gate.log.count(service="dynamodb") == 0


def test_the_bundle_that_somebody_named_and_nothing_beside_it(desk, authority, tmp_path):
    stranger = another(tmp_path)
    environment = {"SSL_CERT_DIR": hashed(authority, tmp_path / "authorities"),
                   "AWS_CA_BUNDLE": str(stranger.bundle)}
    assert desk.run("--status", environment=environment).status == 1


def of_amazon(where) -> Authority:
    where.mkdir()
    return Authority(where, "Amazon Root CA 1")


def test_the_authorities_of_amazon_come_first(dynoxide, s3server, tmp_path):
    """The rest of the bundle is not even parsed: it could not be."""
    amazon = of_amazon(tmp_path / "amazon")
    bundle = tmp_path / "bundle.pem"
    broken = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n"
    bundle.write_text(broken + amazon.bundle.read_text())
    servers = Servers(dynoxide, s3server)
    with Cloud(servers, tls=amazon.server_context(), ca_bundle=str(bundle)) as cloud:
        desk = TableDesk(tmp_path, cloud, RULES, POOL)
        assert desk.run("--init").status == 0


def test_an_authority_beside_those_of_amazon(desk, authority, tmp_path):
    stranger = of_amazon(tmp_path / "amazon")
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(stranger.bundle.read_text() + authority.bundle.read_text())
    assert desk.run("--init", environment={"AWS_CA_BUNDLE": str(bundle)}).status == 0


def test_further_connections_resume_the_session(desk, context, authority):
    """Those that begin side by side cannot; later ones of the same run do."""
    environment = {"AWS_CA_BUNDLE": str(authority.bundle)}
    assert desk.run("--init", environment=environment).status == 0
    assert context.session_stats()["hits"] > 0


def test_answers_that_come_compressed(cloud, tmp_path):
    """The JSON services are asked for it. An object of S3 is what somebody stored, encoded or not."""
    listed = cloud.gate.inject(faults.compressed(), on="connect.ListUsers")
    cloud.gate.inject(faults.compressed(), on="s3")
    desk = TableDesk(tmp_path, cloud, RULES, POOL)
    desk.create()
    cloud.instance.set_users([f"agent{number:02}" for number in range(30)])
    result = desk.run("--sync", "--json")
    assert result.status == 0 and result.json["applied"] >= 30
    assert listed.fired > 0
    asked = {
        service: {record.header("accept-encoding") for record in cloud.gate.log.select(service)}
        for service in ("connect", "dynamodb", "s3")
    }
    assert asked == {"connect": {"gzip"}, "dynamodb": {"gzip"}, "s3": {None}}
    desk.assert_sound()
    cloud.gate.inject(faults.compressed(), on="dynamodb")
    result = desk.run("--sync", "--json")
    assert result.status == 0 and result.json["applied"] == 0
