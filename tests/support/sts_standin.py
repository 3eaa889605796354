"""A stand-in for STS: who am I, and temporary credentials of roles that a test defined.

    role = sts.add_role("ExtpoolSync", external_id="42")
    token = sts.issue_web_identity_token(role)

Credentials it hands out are in the gate's keyring and so can be used at once.
"""

from __future__ import annotations

import datetime
import json
import threading
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from . import models
from .keyring import ACCOUNT, Identity, Keyring, iso8601
from .service import Context, Service, random_text, random_uuid
from .wire import Headers, Request, Response

_NS = "https://sts.amazonaws.com/doc/2011-06-15/"


@dataclass
class Role:
    """What a role demands of those who would assume it."""

    name: str
    account: str = ACCOUNT
    external_id: str | None = None
    mfa_serial: str | None = None
    mfa_code: str | None = None
    max_duration_s: int = 3600
    #: ARNs of those who may; empty: anybody with a valid key
    trusted: list[str] = field(default_factory=list)
    policy: object | None = None
    #: what to hand out in place of the asked duration, to see credentials expire
    lasts_s: float | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:role/{self.name}"


class StsStandin(Service):
    name = signing_name = "sts"

    def __init__(self, keyring: Keyring):
        self.keyring = keyring
        self.roles: dict[str, Role] = {}
        #: every Identity handed out, the newest last
        self.issued: list[Identity] = []
        self._web_tokens: dict[str, Role] = {}
        self._lock = threading.Lock()

    def add_role(self, name: str, **kwargs) -> Role:
        role = Role(name, **kwargs)
        self.roles[role.arn] = role
        return role

    def issue_web_identity_token(self, role: Role) -> str:
        token = ".".join(
            random_text(n, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJK0123456789-_")
            for n in (36, 200, 86)
        )
        self._web_tokens[token] = role
        return token

    # -- what was asked ----------------------------------------------------------------------------

    def operation(self, request: Request):
        form = parse_form(request.body)
        return form.get("Action", "?"), form

    def is_signed(self, operation: str) -> bool:
        return operation != "AssumeRoleWithWebIdentity"

    def problems(self, ctx: Context) -> list[str]:
        request, form = ctx.request, dict(ctx.labels)
        found = []
        if request.method != "POST" or request.path != "/":
            found.append(f"{request.method} {request.target}: every operation is POST /")
        content_type = request.headers.get("content-type") or ""
        if not content_type.startswith("application/x-www-form-urlencoded"):
            found.append(f"Content-Type {content_type!r}")
        if form.pop("Version", None) != "2011-06-15":
            found.append("Version is not 2011-06-15")
        form.pop("Action", None)
        if ctx.operation not in _ANSWERS:
            return found + [f"no operation of this stand-in: {ctx.operation}"]
        if request.body.decode("latin-1") != canonical_form(request.body):
            found.append("body: values are percent-encoded with the unreserved set, a blank is %20")
        shape = models.operation("sts", ctx.operation).input_shape
        members = shape.members if shape else {}
        for name, value in form.items():
            member = members.get(name.partition(".")[0])
            if member is None:
                found.append(f"{name}: unknown parameter of {ctx.operation}")
            elif member.type_name == "string":
                found += models.problems(member, value, name)
            elif member.type_name == "integer":
                found += models.problems(member, int(value) if value.isdigit() else value, name)
        for name in shape.required_members if shape else []:
            if name not in form:
                found.append(f"{name}: required, but absent")
        return found

    def invalid(self, problems: list[str]) -> Response:
        return self.error("ValidationError", "; ".join(problems))

    def permissions(self, ctx: Context):
        if ctx.operation == "AssumeRole":
            return [("sts:AssumeRole", ctx.labels["RoleArn"])]
        return []

    def access_denied(self, arn: str, action: str, resource: str) -> Response:
        return self.error(
            "AccessDenied",
            f"User: {arn} is not authorized to perform: {action} on resource: " f"{resource}",
        )

    # -- the answers -------------------------------------------------------------------------------

    def handle(self, ctx: Context) -> Response:
        return _ANSWERS[ctx.operation](self, ctx)

    def _get_caller_identity(self, ctx: Context) -> Response:
        who = ctx.identity
        return self._reply(ctx, {"Arn": who.arn, "UserId": who.user_id, "Account": who.account})

    def _assume_role(self, ctx: Context) -> Response:
        form, who = ctx.labels, ctx.identity
        role = self.roles.get(form["RoleArn"])
        if (
            role is None
            or (role.trusted and who.arn not in role.trusted)
            or form.get("ExternalId") != role.external_id
        ):
            return self.access_denied(who.arn, "sts:AssumeRole", form["RoleArn"])
        if role.mfa_serial:
            if form.get("SerialNumber") != role.mfa_serial:
                return self.access_denied(who.arn, "sts:AssumeRole", form["RoleArn"])
            if form.get("TokenCode") != role.mfa_code:
                return self.error(
                    "AccessDenied",
                    "MultiFactorAuthentication failed with invalid MFA one time " "pass code. ",
                )
        return self._credentials(ctx, role)

    def _assume_role_with_web_identity(self, ctx: Context) -> Response:
        role = self._web_tokens.get(ctx.labels["WebIdentityToken"])
        if role is None:
            return self.error(
                "InvalidIdentityToken",
                "The web identity token that was passed is expired or is " "not valid.",
            )
        if role.arn != ctx.labels["RoleArn"]:
            return self.error(
                "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"
            )
        return self._credentials(
            ctx,
            role,
            SubjectFromWebIdentityToken="system:serviceaccount:ops:extpool",
            Audience="sts.amazonaws.com",
        )

    def _credentials(self, ctx: Context, role: Role, **more) -> Response:
        asked_s = int(ctx.labels.get("DurationSeconds", 3600))
        if asked_s > role.max_duration_s:
            return self.error(
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration "
                "set for this role.",
            )
        session = ctx.labels["RoleSessionName"]
        identity = self.keyring.session(
            role.name, session, role.account, role.lasts_s or asked_s, role.policy
        )
        with self._lock:
            self.issued.append(identity)
        return self._reply(
            ctx,
            {
                "Credentials": {
                    "AccessKeyId": identity.access_key_id,
                    "SecretAccessKey": identity.secret_access_key,
                    "SessionToken": identity.session_token,
                    "Expiration": identity.expires_at,
                },
                "AssumedRoleUser": {"AssumedRoleId": identity.user_id, "Arn": identity.arn},
                "PackedPolicySize": 6,
                **more,
            },
        )

    def _reply(self, ctx: Context, result: dict) -> Response:
        op = ctx.operation
        if (ctx.request.headers.get("accept") or "").startswith("application/json"):
            body = json.dumps(
                {
                    f"{op}Response": {
                        f"{op}Result": _jsonable(result),
                        "ResponseMetadata": {"RequestId": "@request-id@"},
                    }
                }
            )
            return Response(200, body.encode(), Headers([("Content-Type", "application/json")]))
        body = (
            f'<{op}Response xmlns="{_NS}">\n  <{op}Result>\n{_xml(result, 4)}  </{op}Result>\n'
            "  <ResponseMetadata>\n    <RequestId>@request-id@</RequestId>\n  </ResponseMetadata>\n"
            f"</{op}Response>\n"
        )
        return Response(200, body.encode(), Headers([("Content-Type", "text/xml")]))

    def finish(self, ctx: Context, response: Response) -> None:
        request_id = random_uuid()
        response.headers.set("x-amzn-RequestId", request_id)
        response.body = response.body.replace(b"@request-id@", request_id.encode())


def parse_form(body: bytes) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in body.decode("latin-1").split("&") if pair)
    return {unquote(name): unquote(value) for name, _, value in pairs}


def canonical_form(body: bytes) -> str:
    pairs = (pair.partition("=") for pair in body.decode("latin-1").split("&") if pair)
    return "&".join(f"{_again(name)}={_again(value)}" for name, _, value in pairs)


def _again(text: str) -> str:
    return quote(unquote(text), safe="-_.~")


def _xml(value: dict, indent: int) -> str:
    blank = " " * indent
    out = ""
    for name, item in value.items():
        if isinstance(item, dict):
            out += f"{blank}<{name}>\n{_xml(item, indent + 2)}{blank}</{name}>\n"
        else:
            text = iso8601(item) if isinstance(item, datetime.datetime) else str(item)
            out += f"{blank}<{name}>{text}</{name}>\n"
    return out


def _jsonable(value):
    if isinstance(value, dict):
        return {name: _jsonable(item) for name, item in value.items()}
    if isinstance(value, datetime.datetime):
        return float(value.timestamp())
    return value


_ANSWERS = {
    "GetCallerIdentity": StsStandin._get_caller_identity,
    "AssumeRole": StsStandin._assume_role,
    "AssumeRoleWithWebIdentity": StsStandin._assume_role_with_web_identity,
}
