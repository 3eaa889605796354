"""Stand-ins for what a person's login ends in: IAM Identity Center (portal and OIDC) and `aws
login` (signin).

    sso = gate.add(SsoStandin(keyring));  oidc = gate.add(OidcStandin(sso))
    sso.allow("123456789012", "Operator");  token = sso.issue_token();  client = oidc.register()
    signin = gate.add(SigninStandin(keyring));  session = signin.start_session(public_key)

Each hands out credentials that are in the gate's keyring.
"""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from . import models
from .keyring import ACCOUNT, Identity, Keyring
from .service import Context, Service, random_text, random_uuid
from .wire import Headers, Request, Response

_TEXT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def reply(value: dict, status: int = 200) -> Response:
    return Response(
        status, json.dumps(value).encode(), Headers([("Content-Type", "application/json")])
    )


class _Unsigned(Service):
    """A rest-json service that takes requests without a signature, known by method and path."""

    ROUTES: dict[tuple[str, str], str] = {}
    #: code -> status, where it is not 400
    STATUS: dict[str, int] = {}

    def operation(self, request: Request):
        return self.ROUTES.get((request.method, request.path), "?"), {}

    def error(self, code: str, message: str = "", status: int | None = None, **members) -> Response:
        response = reply({"message": message, **members}, status or self.STATUS.get(code, 400))
        response.headers.set("x-amzn-ErrorType", code)
        response.code = code
        return response

    def invalid(self, problems: list[str]) -> Response:
        return self.error("InvalidRequestException", "; ".join(problems))

    def problems(self, ctx: Context) -> list[str]:
        found = (
            [f"{ctx.request.method} {ctx.request.path}: no such operation"]
            if ctx.operation == "?"
            else []
        )
        if "authorization" in ctx.request.headers:
            found.append("Authorization: this request is sent without a signature")
        return found

    def finish(self, ctx: Context, response: Response) -> None:
        response.headers.set("x-amzn-RequestId", random_uuid())


class SsoStandin(_Unsigned):
    """The portal: a bearer token in, credentials of a role out."""

    name = "sso"
    ROUTES = {("GET", "/federation/credentials"): "GetRoleCredentials"}
    STATUS = {
        "UnauthorizedException": 401,
        "ResourceNotFoundException": 404,
        "TooManyRequestsException": 429,
        "ForbiddenException": 403,
    }

    def __init__(self, keyring: Keyring):
        self.keyring = keyring
        self.tokens: set[str] = set()
        self.roles: set[tuple[str, str]] = set()
        self.lasts_s = 3600.0
        self.issued: list[Identity] = []

    def allow(self, account: str, role: str) -> None:
        self.roles.add((account, role))

    def issue_token(self) -> str:
        token = "aoaAAAAA" + random_text(180, _TEXT + "-_")
        self.tokens.add(token)
        return token

    def problems(self, ctx: Context) -> list[str]:
        found = super().problems(ctx)
        if ctx.operation != "?":
            op = models.operation("sso", ctx.operation)
            found += models.rest_problems(op, {}, ctx.request.query)
        return found

    def handle(self, ctx: Context) -> Response:
        if ctx.request.headers.get("x-amz-sso_bearer_token") not in self.tokens:
            return self.error("UnauthorizedException", "Session token not found or invalid")
        account, role = ctx.request.query["account_id"], ctx.request.query["role_name"]
        if (account, role) not in self.roles:
            return self.error("ForbiddenException", "No access")
        identity = self.keyring.session(
            f"AWSReservedSSO_{role}_0123456789abcdef", "alice@example.com", account, self.lasts_s
        )
        self.issued.append(identity)
        return reply(
            {
                "roleCredentials": {
                    "accessKeyId": identity.access_key_id,
                    "secretAccessKey": identity.secret_access_key,
                    "sessionToken": identity.session_token,
                    "expiration": int(identity.expires_at.timestamp() * 1000),
                }
            }
        )


class OidcStandin(_Unsigned):
    """Refreshes the bearer tokens of the portal."""

    name = "sso_oidc"
    ROUTES = {("POST", "/token"): "CreateToken"}
    STATUS = {"InvalidClientException": 401}

    def __init__(self, sso: SsoStandin):
        self.sso = sso
        self.lasts_s = 3600
        #: client id -> (secret, refresh token)
        self._clients: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def register(self) -> dict[str, str]:
        """A registered client with a refresh token, as the token cache holds it."""
        client_id, secret, refresh = (random_text(n, _TEXT) for n in (22, 120, 200))
        self._clients[client_id] = [secret, refresh]
        return {"clientId": client_id, "clientSecret": secret, "refreshToken": refresh}

    def error(self, code: str, message: str = "", status: int | None = None, **members) -> Response:
        word = "".join(
            "_" + c.lower() if c.isupper() else c for c in code.removesuffix("Exception")
        )[1:]
        response = reply(
            {"error": word, "error_description": message, **members},
            status or self.STATUS.get(code, 400),
        )
        response.headers.set("x-amzn-ErrorType", code)
        response.code = code
        return response

    def problems(self, ctx: Context) -> list[str]:
        found = super().problems(ctx)
        if ctx.operation != "?":
            found += models.problems(
                models.operation("sso-oidc", ctx.operation).input_shape, ctx.json
            )
        return found

    def handle(self, ctx: Context) -> Response:
        body = ctx.json
        with self._lock:
            client = self._clients.get(body["clientId"])
            if client is None or client[0] != body["clientSecret"]:
                return self.error("InvalidClientException", "Invalid client")
            if body["grantType"] != "refresh_token":
                return self.error("UnsupportedGrantTypeException", body["grantType"])
            if client[1] != body.get("refreshToken"):
                return self.error("InvalidGrantException", "Invalid refresh token provided")
            client[1] = random_text(200, _TEXT)
            return reply(
                {
                    "accessToken": self.sso.issue_token(),
                    "tokenType": "Bearer",
                    "expiresIn": self.lasts_s,
                    "refreshToken": client[1],
                }
            )


@dataclass
class LoginSession:
    """A session that `aws login` began: bound to the key whose public half is here."""

    public_key: ec.EllipticCurvePublicKey
    account: str = ACCOUNT
    client_id: str = "arn:aws:signin:::devtools/same-device"
    refresh_token: str = field(default_factory=lambda: random_text(160, _TEXT))
    arn: str = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/admin"


class SigninStandin(_Unsigned):
    """Refreshes the credentials of `aws login`; checks the whole proof of possession (RFC 9449)."""

    name = "signin"
    ROUTES = {("POST", "/v1/token"): "CreateOAuth2Token"}
    STATUS = {
        "AccessDeniedException": 403,
        "TooManyRequestsError": 429,
        "InternalServerException": 500,
    }

    def __init__(self, keyring: Keyring):
        self.keyring = keyring
        self.lasts_s = 900
        self.sessions: list[LoginSession] = []
        self.issued: list[Identity] = []
        #: TOKEN_EXPIRED or USER_CREDENTIALS_CHANGED: the person has to log in again
        self.ended: str | None = None
        self._seen: set[str] = set()

    def start_session(self, public_key: ec.EllipticCurvePublicKey) -> LoginSession:
        self.sessions.append(LoginSession(public_key))
        return self.sessions[-1]

    def problems(self, ctx: Context) -> list[str]:
        found = super().problems(ctx)
        wrong = ctx.json.keys() ^ {"clientId", "refreshToken", "grantType"}
        if wrong:
            found.append(f"body: members missing or unknown: {sorted(wrong)}")
        elif ctx.json["grantType"] != "refresh_token":
            found.append(f"grantType: {ctx.json['grantType']!r}")
        return found

    def handle(self, ctx: Context) -> Response:
        if self.ended:
            return self.error("AccessDeniedException", "The session has ended", error=self.ended)
        body = ctx.json
        session = next(
            (
                s
                for s in self.sessions
                if s.refresh_token == body["refreshToken"] and s.client_id == body["clientId"]
            ),
            None,
        )
        if session is None:
            return self.error(
                "AccessDeniedException", "Unknown refresh token", error="TOKEN_EXPIRED"
            )
        problem = self._proof_problem(ctx, session)
        if problem:
            ctx.record.refused = "DPoP: " + problem
            return self.error("AccessDeniedException", problem, error="INVALID_REQUEST")
        identity = self.keyring.session("Admin", "admin", session.account, self.lasts_s)
        self.issued.append(identity)
        session.refresh_token = random_text(160, _TEXT)
        return reply(
            {
                "accessToken": {
                    "accessKeyId": identity.access_key_id,
                    "secretAccessKey": identity.secret_access_key,
                    "sessionToken": identity.session_token,
                },
                "tokenType": "aws_sigv4",
                "expiresIn": self.lasts_s,
                "refreshToken": session.refresh_token,
            }
        )

    def _proof_problem(self, ctx: Context, session: LoginSession) -> str | None:
        """What is wrong with the DPoP header, or None."""
        parts = (ctx.request.headers.get("dpop") or "").split(".")
        if len(parts) != 3:
            return "no JWT of three parts"
        try:
            head, claims = (json.loads(_decode(part)) for part in parts[:2])
            signature = _decode(parts[2])
        except ValueError as problem:
            return f"not decodable: {problem}"
        numbers = session.public_key.public_numbers()
        jwk = {"kty": "EC", "crv": "P-256", "x": _encode(numbers.x), "y": _encode(numbers.y)}
        url = f"{ctx.request.scheme}://{ctx.request.host}{ctx.request.path}"
        now_s = ctx.gate.now().timestamp()
        checks = {
            "typ": head.get("typ") == "dpop+jwt",
            "alg": head.get("alg") == "ES256",
            "jwk": head.get("jwk") == jwk,
            "htm": claims.get("htm") == "POST",
            "htu": claims.get("htu") == url,
            "iat": isinstance(claims.get("iat"), int) and abs(claims["iat"] - now_s) < 300,
            "jti": claims.get("jti") and claims["jti"] not in self._seen,
            "signature length": len(signature) == 64,
        }
        wrong = [name for name, good in checks.items() if not good]
        if wrong:
            return f"wrong: {', '.join(wrong)} in {head} {claims}"
        self._seen.add(claims["jti"])
        der = encode_dss_signature(
            int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        )
        try:
            session.public_key.verify(der, ".".join(parts[:2]).encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return "the signature is not one of the session's key"
        return None


def _decode(text: str) -> bytes:
    """base64url without padding, as a JWT has it."""
    if "=" in text or set("+/") & set(text):
        raise ValueError("base64url without padding wanted")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encode(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
