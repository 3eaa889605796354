"""The stand-ins that hand out credentials, each asked by the client that botocore has for it;
what it gets is then used for a signed call.
"""

import base64
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

import botocore.exceptions
import pytest
from botocore.utils import ContainerMetadataFetcher, InstanceMetadataFetcher
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def code_of(call, **kwargs):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**kwargs)
    return caught.value.response["Error"]["Code"]


def caller(cloud, access_key_id, secret, token):
    """Who STS says that these credentials are."""
    identity = cloud.gate.keyring.get(access_key_id)
    assert (identity.secret_access_key, identity.session_token) == (secret, token)
    return cloud.client("sts", identity).get_caller_identity()["Arn"]


def from_sts(cloud, answer):
    keys = answer["Credentials"]
    return caller(cloud, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


# -- STS -------------------------------------------------------------------------------------------


def test_assume_role(cloud):
    role = cloud.sts.add_role("Sync", external_id="42")
    assume = cloud.client("sts").assume_role
    answer = assume(RoleArn=role.arn, RoleSessionName="night", ExternalId="42")
    assert from_sts(cloud, answer) == "arn:aws:sts::123456789012:assumed-role/Sync/night"
    assert code_of(assume, RoleArn=role.arn, RoleSessionName="night") == "AccessDenied"
    assert (
        code_of(
            assume, RoleArn=role.arn, RoleSessionName="night", ExternalId="42", DurationSeconds=7200
        )
        == "ValidationError"
    )


def test_assume_role_with_a_code(cloud):
    serial = "arn:aws:iam::123456789012:mfa/alice"
    role = cloud.sts.add_role("Guarded", mfa_serial=serial, mfa_code="123456")
    assume = cloud.client("sts").assume_role
    want = {"RoleArn": role.arn, "RoleSessionName": "ops"}
    assert code_of(assume, **want) == "AccessDenied"
    assert code_of(assume, **want, SerialNumber=serial, TokenCode="000000") == "AccessDenied"
    assert "Credentials" in assume(**want, SerialNumber=serial, TokenCode="123456")


def test_web_identity(cloud):
    role = cloud.sts.add_role("Pod")
    token = cloud.sts.issue_web_identity_token(role)
    assume = cloud.client("sts").assume_role_with_web_identity
    want = {"RoleArn": role.arn, "RoleSessionName": "pod"}
    assert from_sts(cloud, assume(**want, WebIdentityToken=token)).endswith("/Pod/pod")
    assert code_of(assume, **want, WebIdentityToken="made-up") == "InvalidIdentityToken"


def test_sts_in_json(cloud):
    role = cloud.sts.add_role("Pod")
    form = {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": role.arn,
        "RoleSessionName": "pod",
        "WebIdentityToken": cloud.sts.issue_web_identity_token(role),
    }
    request = urllib.request.Request(
        cloud.gate.url, urllib.parse.urlencode(form).encode(), {"Accept": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        result = json.load(answer)["AssumeRoleWithWebIdentityResponse"][
            "AssumeRoleWithWebIdentityResult"
        ]
    assert isinstance(result["Credentials"]["Expiration"], float)
    assert from_sts(cloud, result).endswith("/Pod/pod")


# -- IAM Identity Center ---------------------------------------------------------------------------


def test_sso_role_credentials(cloud):
    cloud.sso.allow("123456789012", "Operator")
    get = cloud.client("sso").get_role_credentials
    want = {"roleName": "Operator", "accountId": "123456789012"}
    keys = get(**want, accessToken=cloud.sso.issue_token())["roleCredentials"]
    assert "Operator" in caller(
        cloud, keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"]
    )
    assert abs(keys["expiration"] / 1000 - time.time() - 3600) < 60
    assert code_of(get, **want, accessToken="old") == "UnauthorizedException"


def test_sso_token_refresh(cloud):
    client = cloud.oidc.register()
    create = cloud.client("sso-oidc").create_token
    fresh = create(grantType="refresh_token", **client)
    assert fresh["accessToken"] in cloud.sso.tokens
    assert code_of(create, grantType="refresh_token", **client) == "InvalidGrantException"
    create(grantType="refresh_token", **client | {"refreshToken": fresh["refreshToken"]})


# -- aws login -------------------------------------------------------------------------------------


def b64(data):
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def proof(key, url, **claims):
    """A DPoP header as RFC 9449 describes it."""
    numbers = key.public_key().public_numbers()
    head = {
        "typ": "dpop+jwt",
        "alg": "ES256",
        "jwk": {
            "kty": "EC",
            "crv": "P-256",
            "x": b64(numbers.x.to_bytes(32, "big")),
            "y": b64(numbers.y.to_bytes(32, "big")),
        },
    }
    body = {"htm": "POST", "htu": url, "iat": int(time.time()), "jti": str(uuid.uuid4())} | claims
    signed = f"{b64(head)}.{b64(body)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{signed}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def refresh(url, session, dpop):
    body = {
        "clientId": session.client_id,
        "refreshToken": session.refresh_token,
        "grantType": "refresh_token",
    }
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json", "DPoP": dpop}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def test_login_refresh(lenient_cloud):
    cloud = lenient_cloud
    key = ec.generate_private_key(ec.SECP256R1())
    session = cloud.signin.start_session(key.public_key())
    url = cloud.gate.url + "/v1/token"
    keys = refresh(url, session, proof(key, url))["accessToken"]
    assert caller(cloud, keys["accessKeyId"], keys["secretAccessKey"], keys["sessionToken"])
    assert not cloud.gate.log.refused()
    stranger = ec.generate_private_key(ec.SECP256R1())
    for bad in (
        proof(stranger, url),
        proof(key, url + "x"),
        proof(key, url, htm="GET"),
        proof(key, url, iat=1),
    ):
        with pytest.raises(urllib.error.HTTPError):
            refresh(url, session, bad)
    assert len(cloud.gate.log.refused()) == 4
    cloud.signin.ended = "TOKEN_EXPIRED"
    with pytest.raises(urllib.error.HTTPError) as caught:
        refresh(url, session, proof(key, url))
    assert json.load(caught.value)["error"] == "TOKEN_EXPIRED"


# -- machines --------------------------------------------------------------------------------------


def test_instance_metadata(cloud):
    fetcher = InstanceMetadataFetcher(base_url=cloud.gate.url_for("imds") + "/", timeout=5, env={})
    keys = fetcher.retrieve_iam_role_credentials()
    assert keys["role_name"] == "ExtpoolInstance"
    assert "ExtpoolInstance" in caller(cloud, keys["access_key"], keys["secret_key"], keys["token"])
    cloud.imds.code = "AssumeRoleUnauthorizedAccess"
    assert fetcher.retrieve_iam_role_credentials() == {}


def test_container_credentials(cloud):
    cloud.container.authorization = "Basic abc"
    fetch = ContainerMetadataFetcher(sleep=lambda _: None).retrieve_full_uri
    url = cloud.gate.url_for("container") + cloud.container.path
    keys = fetch(url, headers={"Authorization": "Basic abc"})
    assert "ExtpoolTask" in caller(
        cloud, keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"]
    )
    with pytest.raises(botocore.exceptions.MetadataRetrievalError):
        fetch(url)
