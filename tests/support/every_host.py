"""Every host of Amazon at once, behind one proxy: what a program that is configured this way or
that asks of whom, and with which keys.

    with EveryHost(authority) as hosts:
        run(env | hosts.env())
        hosts.take()        what was asked since the last time, as the answers of a differential

It knows just enough of each service that a sync or a client of botocore gets to its end. A role's
keys are made of the role and of the keys that assumed it, so equal keys mean the same way to them.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from urllib.parse import parse_qs

from .tls import Authority
from .wire import Headers, HttpServer, Request, Response

SERVICES = ("connect", "dynamodb", "s3", "sts")
NEVER = "2099-01-01T00:00:00Z"
_STS = "https://sts.amazonaws.com/doc/2011-06-15/"
_SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_JSON = Headers([("Content-Type", "application/json")])


class EveryHost:
    def __init__(self, authority: Authority):
        self._authority, self._contexts = authority, {}
        self._lock = threading.Lock()
        self._asked: list[Request] = []
        self._server = HttpServer(self._answer, tunnels=self._context)

    def __enter__(self) -> "EveryHost":
        return self

    def __exit__(self, *_) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        """Where the metadata service, a container's endpoint or any plain server stands in."""
        return self._server.url

    def env(self) -> dict[str, str]:
        """The environment that leads every request here."""
        return {
            "https_proxy": self.url,
            "http_proxy": self.url,
            "no_proxy": "127.0.0.1,localhost",
            "AWS_CA_BUNDLE": str(self._authority.bundle),
        }

    def take(self) -> dict:
        """{service: "SCHEME://HOST[/BUCKET] REGION KEY TOKEN" of its first request, or "error" where
        there was none; "calls": those that asked for keys, in their order}
        """
        with self._lock:
            asked, self._asked = self._asked, []
        said = {service: "error" for service in SERVICES}
        said["calls"] = []
        for request in asked:
            call = _call_for_keys(request)
            if call:
                said["calls"].append(call)
                continue
            key, region, service = _scope(request)
            if said.get(service) == "error":
                token = request.headers.get("x-amz-security-token") or "-"
                said[service] = f"{_place(request, service)} {region} {key} {token}"
        return said

    # -- answers -----------------------------------------------------------------------------------

    def _context(self, host: str):
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._authority.server_context([host])
            return self._contexts[host]

    def _answer(self, request: Request) -> Response:
        with self._lock:
            self._asked.append(request)
        service = _scope(request)[2]
        if request.path.startswith(("/latest/", "/container")):
            return _metadata(request)
        if request.path.startswith("/federation/credentials"):
            return _sso(request)
        if _form(request):
            return _sts(request)
        if service == "connect":
            user = {"Id": "u1", "Arn": "arn:aws:connect:eu-west-2:1:user/u1", "Username": "alice"}
            return Response(200, json.dumps({"UserSummaryList": [user]}).encode(), _JSON)
        if service == "dynamodb":
            empty = {"Items": [], "Count": 0, "ScannedCount": 0, "Responses": {}}
            return Response(200, json.dumps(empty).encode(), _JSON)
        if service == "s3" and request.method in ("GET", "HEAD"):
            return Response(404, b"<Error><Code>NoSuchKey</Code><Message/></Error>")
        return Response(200)


def _form(request: Request) -> dict[str, str]:
    if not request.body.startswith(b"Action="):
        return {}
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def _scope(request: Request) -> tuple[str, str, str]:
    found = _SCOPE.search(request.headers.get("authorization") or "")
    return found.groups() if found else ("-", "-", "-")


def _place(request: Request, service: str) -> str:
    """Where it went; for S3 with the bucket, if that stands in the path."""
    bucket = re.match(r"/[^/?]*reports", request.target) if service == "s3" else None
    return f"{request.scheme}://{request.host}{bucket.group() if bucket else ''}"


def _call_for_keys(request: Request) -> str | None:
    form = _form(request)
    place = f"{request.scheme}://{request.host}"
    key, region, _ = _scope(request)
    if form.get("Action", "").startswith("AssumeRole"):
        name = form["RoleSessionName"]
        made_up = re.match(r"(botocore-session|extpool)-\d+$", name)
        more = [form.get(member, "-") for member in ("ExternalId", "WebIdentityToken")]
        return " ".join(
            [form["Action"], place, region, form["RoleArn"], key, "-" if made_up else name, *more]
        )
    if request.path.startswith("/federation/credentials"):
        query = request.query
        return f"GetRoleCredentials {place} {query['account_id']} {query['role_name']}"
    return None


def _made_key(*of: str) -> str:
    return "ASIA" + hashlib.sha1(" ".join(of).encode()).hexdigest()[:12].upper()


def _metadata(request: Request) -> Response:
    keys = {
        "Code": "Success",
        "AccessKeyId": "ASIAMACHINE" if request.path.startswith("/latest/") else "ASIACONTAINER",
        "SecretAccessKey": "secret",
        "Token": "metadata-token",
        "Expiration": NEVER,
        "LastUpdated": "2026-01-01T00:00:00Z",
        "Type": "AWS-HMAC",
    }
    if request.path == "/latest/api/token":
        return Response(
            200, b"session", Headers([("x-aws-ec2-metadata-token-ttl-seconds", "21600")])
        )
    if request.path.endswith("/security-credentials/"):
        return Response(200, b"machine")
    if request.path.endswith("/placement/region"):
        return Response(200, b"eu-central-1")
    if request.path.endswith("/placement/availability-zone/"):
        return Response(200, b"eu-central-1a")
    return Response(200, json.dumps(keys).encode(), _JSON)


def _sso(request: Request) -> Response:
    query = request.query
    keys = {
        "accessKeyId": _made_key(query["role_name"], query["account_id"]),
        "secretAccessKey": "secret",
        "sessionToken": "sso-token",
        "expiration": 4070908800000,
    }
    return Response(200, json.dumps({"roleCredentials": keys}).encode(), _JSON)


def _sts(request: Request) -> Response:
    form = _form(request)
    action = form["Action"]
    inner = "<Account>123456789012</Account><UserId>u</UserId><Arn>arn:aws:iam::123456789012:user/u</Arn>"
    if action != "GetCallerIdentity":
        key = _made_key(form["RoleArn"], _scope(request)[0], form.get("WebIdentityToken", ""))
        inner = (
            f"<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>secret"
            f"</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>{NEVER}"
            "</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>A:b</AssumedRoleId>"
            "<Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn></AssumedRoleUser>"
        )
    body = (
        f'<{action}Response xmlns="{_STS}"><{action}Result>{inner}</{action}Result>'
        f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    )
    return Response(200, body.encode(), Headers([("Content-Type", "text/xml")]))
