"""Where the program finds its credentials. Each source is configured as a person would; the gate
then says who signed the requests.
"""

import contextlib
import datetime
import fcntl
import hashlib
import json
import os
import pty
import re
import select
import stat
import subprocess
import termios
import time

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support import faults
from support.keyring import iso8601
from support.program import Result, program

ACCOUNT = "123456789012"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


class Person:
    """Somebody with a home folder, no credentials in the environment, and the gate for Amazon."""

    def __init__(self, cloud, home):
        self.cloud, self.home = cloud, home
        self.env = {name: value for name, value in cloud.env().items() if name not in KEYS}
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            del self.env[name]
        self.env |= {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
        }
        if "ASAN_OPTIONS" in os.environ:
            self.env["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]
        for service in ("sso", "sso_oidc", "signin", "sts"):
            self.env["AWS_ENDPOINT_URL_" + service.upper()] = cloud.gate.url_for(service)

    def write(self, path, text, mode=0o600):
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
        return file

    def config(self, text):
        self.write(".aws/config", text)

    def credentials(self, name, identity):
        keys = "".join(f"{key} = {value}\n" for key, value in identity.boto3().items())
        self.write(".aws/credentials", f"[{name}]\n{keys}")

    def run(self, *arguments):
        done = subprocess.run(
            [program(), "--status", "--json", *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
            env=self.env, cwd=self.home, check=False, start_new_session=True,
        )
        return Result(done)

    def who(self, *arguments):
        """The ARN that signed what this run asked of Connect and DynamoDB."""
        since = self.cloud.gate.log.mark()
        result = self.run(*arguments)
        assert result.status == 0, result
        return self.signer(since)

    def signer(self, since):
        signed = {
            record.identity
            for record in self.cloud.gate.log.select(since=since)
            if record.service in ("connect", "dynamodb") or record.operation == "GetCallerIdentity"
        }
        assert len(signed) == 1, signed
        return signed.pop()

    def refusal(self, *arguments, status=6):
        """The error of a run that finds no credentials; what it says holds no secret."""
        result = self.run(*arguments)
        assert result.status == status, result
        assert "s3cr3t" not in result.out + result.err
        return result.json["error"]


@pytest.fixture
def person(cloud, tmp_path):
    cloud.create_table()
    cloud.instance.set_users(["alice"])
    return Person(cloud, tmp_path)


def in_seconds(seconds):
    return iso8601(
        datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    )


# -- nothing, environment, files -------------------------------------------------------------------


def test_nobody(person):
    error = person.refusal()
    assert error["message"] == "no AWS credentials found"
    sources = [line.partition(":")[0] for line in error["hint"].splitlines()]
    assert sources == ["environment", "profile", "web identity", "container", "instance metadata"]


def test_environment(person):
    somebody = person.cloud.gate.keyring.session("FromEnvironment", "kim")
    person.env |= somebody.env()
    assert person.who() == somebody.arn
    # No profile was named and there is none: none is shown.
    shown = subprocess.run([program(), "--status"], env=person.env, cwd=person.home,
                           capture_output=True, text=True, timeout=60, check=True).stdout
    assert "actor " in shown and not re.search("^profile ", shown, re.MULTILINE), shown


def test_files(person):
    ring = person.cloud.gate.keyring
    somebody, other = ring.user("from-file"), ring.user("from-environment")
    person.credentials("default", somebody)
    assert person.who() == somebody.arn
    person.env |= other.env()
    assert person.who() == other.arn
    person.config("[default]\n")
    assert person.who("--profile", "default") == somebody.arn


def test_a_profile_that_is_not_there(person):
    person.config("[profile ops]\nregion = us-east-1\n")
    result = person.run("--profile", "opps")
    assert result.status == 64, result
    assert 'there is no profile "opps"' in result.json["error"]["message"]
    assert "ops" in result.json["error"]["hint"]


# -- roles -----------------------------------------------------------------------------------------


def test_roles_behind_each_other(person):
    source = person.cloud.gate.keyring.user("source")
    first = person.cloud.sts.add_role("First", trusted=[source.arn])
    second = person.cloud.sts.add_role("Second", external_id="4/2")
    person.credentials("source", source)
    person.config(
        f"[profile first]\nrole_arn = {first.arn}\nsource_profile = source\n"
        f"[profile ops]\nrole_arn = {second.arn}\nsource_profile = first\nexternal_id = 4/2\n"
        "role_session_name = night\nduration_seconds = 900\n"
    )
    person.env["AWS_PROFILE"] = "ops"
    assert person.who() == f"arn:aws:sts::{ACCOUNT}:assumed-role/Second/night"
    assert person.cloud.gate.log.count("sts", "AssumeRole") == 2


def test_a_role_that_may_not(person):
    source = person.cloud.gate.keyring.user("source")
    person.credentials("source", source)
    person.config(
        f"[profile ops]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/Nobody\nsource_profile = source\n"
    )
    result = person.run("--profile", "ops")
    assert result.status == 1, result
    assert "sts:AssumeRole" in result.out


def type_at_a_terminal(person, text, *arguments):
    """Runs the program with a terminal in front of it, types `text` when asked; its output."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [program(), "--status", "--json", *arguments],
        stdin=child, stdout=subprocess.PIPE, stderr=child, env=person.env, cwd=person.home,
        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(child)
    shown = b""
    until = time.monotonic() + 30
    while b"MFA code for" not in shown and time.monotonic() < until and process.poll() is None:
        if select.select([parent], [], [], 0.1)[0]:
            with contextlib.suppress(OSError):  # the other side is closed: it has ended
                shown += os.read(parent, 4096)
    os.write(parent, text.encode() + b"\n")
    out, _ = process.communicate(timeout=30)
    os.close(parent)
    return process.returncode, out.decode(), shown.decode()


def test_a_code_of_a_device(person):
    serial = f"arn:aws:iam::{ACCOUNT}:mfa/kim"
    role = person.cloud.sts.add_role("Guarded", mfa_serial=serial, mfa_code="123456")
    person.credentials("source", person.cloud.gate.keyring.user("source"))
    person.config(
        f"[profile ops]\nrole_arn = {role.arn}\nsource_profile = source\n"
        f"mfa_serial = {serial}\nrole_session_name = kim\n"
    )
    assert "no terminal to ask" in person.refusal("--profile", "ops")["message"]
    since = person.cloud.gate.log.mark()
    status, _, shown = type_at_a_terminal(person, "123456", "--profile", "ops")
    assert (status, serial in shown) == (0, True)
    assert person.signer(since) == f"arn:aws:sts::{ACCOUNT}:assumed-role/Guarded/kim"


def test_web_identity(person):
    role = person.cloud.sts.add_role("Pod")
    token = person.write("token", person.cloud.sts.issue_web_identity_token(role) + "\n")
    person.env |= {
        "AWS_ROLE_ARN": role.arn,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
        "AWS_ROLE_SESSION_NAME": "pod-1",
    }
    assert person.who() == f"arn:aws:sts::{ACCOUNT}:assumed-role/Pod/pod-1"
    token.write_text("s3cr3t")
    assert person.run().status == 6


# -- IAM Identity Center ---------------------------------------------------------------------------

SSO_CONFIG = (
    "[profile ops]\nsso_session = corp\n"
    f"sso_account_id = {ACCOUNT}\nsso_role_name = Operator\n"
    "[sso-session corp]\nsso_region = us-east-1\n"
    "sso_start_url = https://corp.awsapps.com/start\n"
)


def put_sso_token(person, token, ends_s, **more):
    cache = {"startUrl": "https://corp.awsapps.com/start", "region": "us-east-1"}
    cache |= {"accessToken": token, "expiresAt": in_seconds(ends_s), **more}
    name = hashlib.sha1(b"corp").hexdigest()
    return person.write(f".aws/sso/cache/{name}.json", json.dumps(cache))


def is_operator(arn):
    return arn.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Operator_")


def test_sso(person):
    cloud = person.cloud
    cloud.sso.allow(ACCOUNT, "Operator")
    person.config(SSO_CONFIG)
    assert "aws sso login --profile ops" in person.refusal("--profile", "ops")["hint"]
    put_sso_token(person, cloud.sso.issue_token(), 3600)
    assert is_operator(person.who("--profile", "ops"))
    put_sso_token(person, "s3cr3t-made-up", 3600)
    assert "aws sso login --profile ops" in person.refusal("--profile", "ops")["hint"]
    put_sso_token(person, cloud.sso.issue_token(), -1)
    error = person.refusal("--profile", "ops")
    assert "has expired" in error["message"]
    assert "aws sso login --profile ops" in error["hint"]


def test_sso_token_is_renewed(person):
    cloud = person.cloud
    cloud.sso.allow(ACCOUNT, "Operator")
    person.config(SSO_CONFIG)
    client = cloud.oidc.register() | {"registrationExpiresAt": in_seconds(86400)}
    file = put_sso_token(person, "old", -60, **client)
    assert is_operator(person.who("--profile", "ops"))
    cache = json.loads(file.read_text())
    assert cache["accessToken"] in cloud.sso.tokens
    assert cache["refreshToken"] != client["refreshToken"]
    assert cache["clientSecret"] == client["clientSecret"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_the_log_holds_no_secret(person):
    cloud = person.cloud
    cloud.sso.allow(ACCOUNT, "Operator")
    person.config(SSO_CONFIG)
    client = cloud.oidc.register() | {"registrationExpiresAt": in_seconds(86400)}
    file = put_sso_token(person, "the-old-token", -60, **client)
    log = person.home / "log"
    person.who("--profile", "ops", "--log", str(log), "--log-level", "debug")
    text = log.read_text()
    assert "CreateToken" in text and "GetRoleCredentials" in text
    identity, cache = cloud.sso.issued[-1], json.loads(file.read_text())
    secrets = [identity.secret_access_key, identity.session_token, "the-old-token"]
    secrets += [cache["accessToken"], cache["refreshToken"], client["clientSecret"]]
    secrets += [client["refreshToken"]]
    assert not [secret for secret in secrets if secret in text]


# -- aws login -------------------------------------------------------------------------------------


def put_login(person, ends_s):
    key = ec.generate_private_key(ec.SECP256R1())
    session = person.cloud.signin.start_session(key.public_key())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    keys = person.cloud.gate.keyring.session("Admin", "admin", lasts_s=max(ends_s, 1))
    cache = {
        "accessToken": {
            "accessKeyId": keys.access_key_id,
            "secretAccessKey": keys.secret_access_key,
            "sessionToken": keys.session_token,
            "accountId": ACCOUNT,
            "expiresAt": in_seconds(ends_s),
        },
        "tokenType": "aws_sigv4",
        "clientId": session.client_id,
        "refreshToken": session.refresh_token,
        "dpopKey": pem.decode(),
    }
    person.config(f"[profile admin]\nlogin_session = {session.arn}\n")
    name = hashlib.sha256(session.arn.encode()).hexdigest()
    return person.write(f".aws/login/cache/{name}.json", json.dumps(cache))


def test_login(person):
    file = put_login(person, 600)
    before = file.read_text()
    assert person.who("--profile", "admin").endswith(":assumed-role/Admin/admin")
    assert file.read_text() == before
    assert not person.cloud.gate.log.select("signin")


def test_login_is_renewed(person):
    file = put_login(person, -60)
    before = json.loads(file.read_text())
    assert person.who("--profile", "admin").endswith(":assumed-role/Admin/admin")
    after = json.loads(file.read_text())
    assert after["refreshToken"] != before["refreshToken"]
    assert after["accessToken"]["accountId"] == ACCOUNT
    # A second run takes what the first one left.
    person.who("--profile", "admin")
    assert person.cloud.gate.log.count("signin", "CreateOAuth2Token") == 1


def test_login_is_over(person):
    put_login(person, -60)
    person.cloud.signin.ended = "TOKEN_EXPIRED"
    error = person.refusal("--profile", "admin")
    assert "has expired" in error["message"]
    assert "aws login --profile admin" in error["hint"]


# -- programs --------------------------------------------------------------------------------------


def answer_of(identity):
    return json.dumps(
        {
            "Version": 1,
            "AccessKeyId": identity.access_key_id,
            "SecretAccessKey": identity.secret_access_key,
            "SessionToken": identity.session_token,
            "Expiration": iso8601(identity.expires_at),
        }
    )


def test_keys_that_the_service_calls_expired(person):
    """They are asked for once more, whatever they say about their own end."""
    ring = person.cloud.gate.keyring
    old, new = ring.session("Old", "kim"), ring.session("New", "kim")
    old.expired = True
    person.write("1.json", answer_of(old))
    person.write("2.json", answer_of(new))
    person.write("next", "0")
    tool = person.write(
        "tool",
        "#!/bin/sh\nread -r n < next; n=$((n + 1)); echo $n > next; exec cat $n.json\n",
        0o700,
    )
    person.config(f"[profile ops]\ncredential_process = {tool}\n")
    result = person.run("--profile", "ops")
    assert result.status == 0, result
    assert (person.home / "next").read_text().strip() == "2"


def test_a_program(person):
    somebody = person.cloud.gate.keyring.session("FromProgram", "kim")
    person.write("answer.json", answer_of(somebody))
    tool = person.write("a tool", "#!/bin/sh\n[ \"$1\" = '$HOME;x' ] && cat answer.json\n", 0o700)
    person.config(f"[profile ops]\ncredential_process = '{tool}' '$HOME;x'\n")
    assert person.who("--profile", "ops") == somebody.arn
    tool.write_text("#!/bin/sh\necho s3cr3t\necho s3cr3t >&2\nexit 3\n")
    assert "ended with status 3" in person.refusal("--profile", "ops")["message"]


# -- machines --------------------------------------------------------------------------------------


def test_container(person):
    box = person.cloud.container
    box.authorization = "token-of-the-pod"
    url = person.cloud.gate.url_for("container") + box.path
    token = person.write("token", "token-of-the-pod")
    person.env |= {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": url,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token),
    }
    assert person.who().endswith(":assumed-role/ExtpoolTask/task")
    token.write_text("s3cr3t")
    assert "HTTP 401" in person.refusal()["message"]
    person.env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://192.0.2.1/x"
    assert person.run().status == 64


def imds_env(person):
    person.env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = person.cloud.gate.url_for("imds")
    del person.env["AWS_EC2_METADATA_DISABLED"]


def test_instance(person):
    imds_env(person)
    assert person.who().endswith(":assumed-role/ExtpoolInstance/i-0123456789abcdef0")
    log = person.cloud.gate.log
    assert log.operations("imds") == {"GetToken": 1, "GetRole": 1, "GetCredentials": 1}
    person.cloud.imds.code = "AssumeRoleUnauthorizedAccess"
    assert "AssumeRoleUnauthorizedAccess" in person.refusal()["message"]
    person.cloud.imds.role = ""
    hint = person.refusal()["hint"]
    assert "instance metadata: the instance has no role" in hint


def test_the_region_of_the_instance(person):
    imds_env(person)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        person.env.pop(name, None)
    assert person.who().endswith(":assumed-role/ExtpoolInstance/i-0123456789abcdef0")


def test_a_metadata_service_that_stumbles(person):
    imds_env(person)
    person.cloud.gate.inject(faults.status(500), on="imds.GetCredentials", times=2)
    assert person.who().endswith(":assumed-role/ExtpoolInstance/i-0123456789abcdef0")


def test_a_proxy_is_not_asked_for_the_machine(person):
    imds_env(person)
    person.env |= {"http_proxy": "http://127.0.0.1:9", "no_proxy": ""}
    result = person.run()
    # The gate itself is behind that proxy then; the metadata service is not.
    assert person.cloud.gate.log.count("imds", "GetCredentials") == 1, result
