"""What an error says and hints at follows from what happened: the cause stands first, and nothing is
named that had no part in it.
"""

import datetime
import resource
import subprocess
from pathlib import Path

import pytest

from support import faults
from support.cloud import Cloud, Servers
from support.procs import free_port
from support.program import Desk, Result, program
from support.table_desk import TableDesk

RULES = "[policy]\nranges = 0000-0049\nblocked =\n"


@pytest.fixture
def desk(tmp_path, cloud):
    desk = TableDesk(tmp_path, cloud, RULES, [f"{number:04}" for number in range(50)])
    desk.create()
    cloud.instance.set_users(["alice", "bob"])
    return desk


def error_of(result, status=1):
    assert result.status == status, result
    return result.json["error"]


def test_an_expired_certificate(dynoxide, s3server, authority, tmp_path):
    context = authority.server_context(valid_for=-datetime.timedelta(days=1))
    with Cloud(Servers(dynoxide, s3server), tls=context, ca_bundle=str(authority.bundle)) as cloud:
        desk = TableDesk(tmp_path, cloud, RULES, [])
        error = error_of(desk.run("--status", "--json"))
    assert error["message"].startswith("the certificate has expired (")
    assert "renew" in error["hint"] and "AWS_CA_BUNDLE" not in error["hint"]


def test_a_certificate_of_another_host(dynoxide, s3server, authority, tmp_path):
    context = authority.server_context(["example.com"])
    with Cloud(Servers(dynoxide, s3server), tls=context, ca_bundle=str(authority.bundle)) as cloud:
        error = error_of(TableDesk(tmp_path, cloud, RULES, []).run("--status", "--json"))
    assert error["message"].startswith("the certificate is for another host (")
    assert "endpoint URL" in error["hint"]


def test_an_authority_that_nobody_knows(dynoxide, s3server, authority, tmp_path):
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    with Cloud(Servers(dynoxide, s3server), tls=authority.server_context(), ca_bundle=bundle) as cloud:
        error = error_of(TableDesk(tmp_path, cloud, RULES, []).run("--status", "--json"))
    assert error["message"].startswith("the certificate is not signed by an authority")
    assert "AWS_CA_BUNDLE" in error["hint"]


def test_a_server_of_this_machine_that_does_not_run(desk):
    place = f"127.0.0.1:{free_port()}"
    error = error_of(desk.run("--status", "--json", "--endpoint-url", f"http://{place}"))
    assert error["message"].startswith(f"no connection ({place}")
    assert f"is a server running at {place}?" in error["hint"] and "PROXY" not in error["hint"]


def test_tls_to_a_server_that_has_none(desk, cloud):
    place = cloud.gate.url.partition("//")[2]
    error = error_of(desk.run("--status", "--json", "--endpoint-url", f"https://{place}"))
    assert error["message"].startswith("TLS did not come about (")
    assert "PROXY" not in error["hint"]


def test_a_proxy_that_is_not_there(desk):
    """A region's own host, which only a proxy could reach."""
    environment = {"HTTPS_PROXY": "http://proxy.invalid:3128", "AWS_ENDPOINT_URL": "",
                   "AWS_MAX_ATTEMPTS": "1"}
    error = error_of(desk.run("--status", "--json", environment=environment))
    assert "proxy.invalid" in error["message"]
    assert "HTTPS_PROXY" in error["hint"] and "region" not in error["hint"]


def test_a_file_of_authorities_that_is_not_there(tls_cloud, tmp_path):
    desk = TableDesk(tmp_path, tls_cloud, RULES, [])
    error = error_of(desk.run("--status", "--json", environment={"AWS_CA_BUNDLE": "/nowhere.pem"}), 64)
    assert error["message"].startswith("the file of authorities cannot be read (")
    assert "AWS_CA_BUNDLE" in error["hint"] and "endpoint" not in error["hint"]


def test_a_redirect(desk, cloud):
    cloud.gate.inject(faults.redirect("https://portal.example.com", 302), on="dynamodb")
    error = error_of(desk.run("--status", "--json"))
    assert "sends us to portal.example.com, HTTP status 302" in error["message"]
    assert "endpoint URL" in error["hint"]


def test_an_operation_that_the_server_does_not_know(desk, cloud):
    cloud.gate.inject(faults.error("UnknownOperationException", status=400),
                      on="dynamodb.TransactWriteItems")
    document = desk.json("--sync", status=1)
    assert "does not know the operation TransactWriteItems" in document["error"]["message"]
    assert "endpoint URL that of DynamoDB" in document["error"]["hint"]


def test_a_server_that_is_something_else(desk, cloud):
    cloud.gate.inject(faults.status(404, b"<html>nginx</html>"), on="dynamodb")
    error = error_of(desk.run("--status", "--json"))
    assert "does not know the operation Query" in error["message"]
    assert "endpoint URL" in error["hint"]


def test_the_permission_stands_first(desk, cloud):
    cloud.gate.inject(faults.error("AccessDeniedException", "no", status=400), on="dynamodb.Query")
    error = error_of(desk.run("--status", "--json"))
    assert error["message"].startswith("the permission dynamodb:Query is missing: DynamoDB Query on")


def program_of(desk, text):
    tool = Path(desk.folder) / "keys"
    tool.write_text(f"#!/bin/sh\n{text}\n")
    tool.chmod(0o700)
    config = Path(desk.folder) / "aws-config"
    config.write_text(f"[profile ops]\ncredential_process = {tool}\n")
    return {"AWS_CONFIG_FILE": str(config), "AWS_PROFILE": "ops", "AWS_ACCESS_KEY_ID": "",
            "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": ""}


def test_a_program_that_complains(desk):
    environment = program_of(desk, "echo hunter2-on-stdout; echo 'run vault login first' >&2; exit 2")
    result = desk.run("--status", "--json", environment=environment)
    error = error_of(result, 6)
    assert error["hint"] == "it says: run vault login first"
    assert "hunter2" not in result.out + result.err


def test_a_program_whose_keys_have_expired(desk):
    keys = ('{"Version":1,"AccessKeyId":"AKIDOLD","SecretAccessKey":"s","SessionToken":"t",'
            '"Expiration":"2020-01-01T00:00:00Z"}')
    error = error_of(desk.run("--status", "--json", environment=program_of(desk, f"echo '{keys}'")), 6)
    assert "have expired already" in error["message"]
    assert 'Run the program of credential_process of profile "ops" again' in error["hint"]


def test_a_profile_in_the_form_of_the_other_file(desk):
    credentials = Path(desk.folder) / "credentials"
    credentials.write_text("[profile dev]\naws_access_key_id = A\naws_secret_access_key = b\n")
    environment = {"AWS_SHARED_CREDENTIALS_FILE": str(credentials), "AWS_PROFILE": "dev"}
    error = error_of(desk.run("--status", "--json", environment=environment), 64)
    assert error["message"].startswith("AWS_PROFILE: there is no profile")
    assert f"{credentials} has [profile dev]" in error["hint"] and "called [dev]" in error["hint"]


# ---- the embedded store ----------------------------------------------------------------------------


@pytest.mark.parametrize("quiet", [[], ["--quiet"]], ids=["usual", "quiet"])
def test_a_store_that_may_not_grow(tmp_path, quiet):
    """Batches were written before the one that found no room."""
    desk = Desk(tmp_path)
    desk.rules("[policy]\nwidth = 5\nranges = 00000-29999\nblocked =\n")
    desk.people("alice")
    done = subprocess.run(
        [program(), *desk.places(), "--sync", *quiet], env=desk.environment, cwd=tmp_path,
        capture_output=True, text=True, timeout=120, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
    )
    result = Result(done)
    assert result.status == 3, result
    assert "is unchanged" not in result.err
    assert "changes before it stay" in result.err
    assert 0 < result.out.count("while") <= 10, result
