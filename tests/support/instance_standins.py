"""Stand-ins for the endpoints a machine gets its credentials from: EC2's metadata service and the
container credentials endpoint of ECS and EKS.

    imds = gate.add(ImdsStandin(keyring))
    env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = gate.url_for("imds")
    box = gate.add(ContainerStandin(keyring))
    env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = gate.url_for("container") + box.path
"""

from __future__ import annotations

import json

from .keyring import Identity, Keyring, iso8601, utcnow
from .service import Context, Service, random_text, random_uuid
from .wire import Headers, Request, Response

_TEXT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def text(body: str, status: int = 200) -> Response:
    return Response(status, body.encode(), Headers([("Content-Type", "text/plain")]))


class ImdsStandin(Service):
    """Version 2 of the instance metadata service: a session token first, then the answers."""

    name = "imds"
    _ROOT = "/latest/meta-data/"
    _ROLES = _ROOT + "iam/security-credentials/"

    def __init__(self, keyring: Keyring, role: str = "ExtpoolInstance"):
        self.keyring, self.role = keyring, role
        self.region = "us-east-1"
        self.lasts_s = 6 * 3600.0
        #: what the credentials document says; other than Success it holds no keys
        self.code = "Success"
        #: answer the PUT for a token with this status
        self.token_status = 200
        #: the same credentials are handed out until this is set to None
        self.current: Identity | None = None
        self._tokens: set[str] = set()

    def operation(self, request: Request):
        if request.path == "/latest/api/token":
            return "GetToken", {}
        if not request.path.startswith(self._ROOT):
            return "?", {}
        if request.path.rstrip("/") + "/" == self._ROLES:
            return "GetRole", {}
        if request.path.startswith(self._ROLES):
            return "GetCredentials", {"role": request.path[len(self._ROLES) :]}
        return "GetMetadata", {"name": request.path[len(self._ROOT) :]}

    def revoke_tokens(self) -> None:
        """The next GET is answered 401, as after a stop and start of the instance."""
        self._tokens.clear()

    def error(self, code: str, message: str = "", status: int | None = None, **members) -> Response:
        return text(f"{code}: {message}\n", status or 500)

    def problems(self, ctx: Context) -> list[str]:
        found = [] if ctx.operation != "?" else [f"{ctx.request.path}: no such metadata"]
        method = "PUT" if ctx.operation == "GetToken" else "GET"
        if ctx.request.method != method:
            found.append(f"{ctx.request.method} in place of {method}")
        if ctx.operation == "GetToken":
            ttl = ctx.request.headers.get("x-aws-ec2-metadata-token-ttl-seconds") or ""
            if not ttl.isdigit() or not 1 <= int(ttl) <= 21600:
                found.append(f"x-aws-ec2-metadata-token-ttl-seconds: {ttl!r}")
        return found

    def invalid(self, problems: list[str]) -> Response:
        return text("; ".join(problems), 400)

    def handle(self, ctx: Context) -> Response:
        if ctx.operation == "GetToken":
            if self.token_status != 200:
                return text("", self.token_status)
            token = random_text(54, _TEXT) + "=="
            self._tokens.add(token)
            response = text(token)
            response.headers.set(
                "x-aws-ec2-metadata-token-ttl-seconds",
                ctx.request.headers.get("x-aws-ec2-metadata-token-ttl-seconds"),
            )
            return response
        if ctx.request.headers.get("x-aws-ec2-metadata-token") not in self._tokens:
            return text("", 401)
        if ctx.operation == "GetRole":
            return text(self.role) if self.role else text("", 404)
        if ctx.operation == "GetCredentials":
            return self._credentials() if ctx.labels["role"] == self.role else text("", 404)
        if ctx.labels["name"] == "placement/region":
            return text(self.region)
        if ctx.labels["name"] == "placement/availability-zone":
            return text(self.region + "a")
        return text("", 404)

    def _credentials(self) -> Response:
        if self.code != "Success":
            return text(
                json.dumps(
                    {
                        "Code": self.code,
                        "LastUpdated": iso8601(utcnow()),
                        "Message": "EC2 cannot assume the role " + self.role,
                    }
                )
            )
        if self.current is None:
            self.current = self.keyring.session(
                self.role, "i-0123456789abcdef0", lasts_s=self.lasts_s
            )
        who = self.current
        return text(
            json.dumps(
                {
                    "Code": "Success",
                    "LastUpdated": iso8601(utcnow()),
                    "Type": "AWS-HMAC",
                    "AccessKeyId": who.access_key_id,
                    "SecretAccessKey": who.secret_access_key,
                    "Token": who.session_token,
                    "Expiration": iso8601(who.expires_at),
                },
                indent=2,
            )
        )


class ContainerStandin(Service):
    """The credentials endpoint of a task or pod. `authorization` is demanded where it is set."""

    name = "container"

    def __init__(self, keyring: Keyring, role: str = "ExtpoolTask"):
        self.keyring, self.role = keyring, role
        self.path = "/v2/credentials/" + random_uuid()
        self.authorization: str | None = None
        self.lasts_s = 6 * 3600.0
        self.issued: list[Identity] = []

    def operation(self, request: Request):
        return ("GetCredentials" if request.path == self.path else "?"), {}

    def error(self, code: str, message: str = "", status: int | None = None, **members) -> Response:
        response = Response(
            status or 400,
            json.dumps({"code": code, "message": message}).encode(),
            Headers([("Content-Type", "application/json")]),
        )
        response.code = code
        return response

    def problems(self, ctx: Context) -> list[str]:
        if ctx.operation == "?" or ctx.request.method != "GET":
            return [f"{ctx.request.method} {ctx.request.path}: no such thing"]
        return []

    def handle(self, ctx: Context) -> Response:
        if (
            self.authorization is not None
            and ctx.request.headers.get("authorization") != self.authorization
        ):
            return self.error(
                "AccessDenied", "the authorization token is not the one of this container", 401
            )
        who = self.keyring.session(self.role, "task", lasts_s=self.lasts_s)
        self.issued.append(who)
        body = {
            "AccessKeyId": who.access_key_id,
            "SecretAccessKey": who.secret_access_key,
            "Token": who.session_token,
            "Expiration": iso8601(who.expires_at),
            "RoleArn": f"arn:aws:iam::{who.account}:role/{self.role}",
            "AccountId": who.account,
        }
        return Response(
            200, json.dumps(body).encode(), Headers([("Content-Type", "application/json")])
        )
