"""Signature Version 4, checked as Amazon does it: recomputed from what arrived, with botocore.

`check()` returns the Identity that signed, or raises Refused with a condition that the service in
front translates into its own error. botocore computes the canonical request, the string to sign
and the signature; this file only rebuilds the request from the wire and looks at what a signature
does not cover by itself: which headers had to be signed, the body's hash, the scope, the clock,
the token.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .keyring import Identity, Keyring
from .wire import Request

_AUTHORIZATION = re.compile(
    r"^AWS4-HMAC-SHA256 +Credential=(?P<credential>[^, ]+), *SignedHeaders=(?P<signed>[^, ]+), *"
    r"Signature=(?P<signature>[0-9a-f]{64})$"
)
_TIMESTAMP = "%Y%m%dT%H%M%SZ"

# Headers that a hop between the client and Amazon may change: a signature over one of them breaks
# in real life, so the gate refuses it here.
NEVER_SIGNED = {
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
}

SKEW_S = {"s3": 900}
DEFAULT_SKEW_S = 300


class _GivenPayload:
    """The body was hashed and compared already; botocore need not do it again."""

    def payload(self, request):
        return request.context["payload_hash"]


class _Signer(_GivenPayload, SigV4Auth):
    pass


class _S3Signer(_GivenPayload, S3SigV4Auth):
    pass


class Refused(Exception):
    """A request that is not let in.

    condition: missing incomplete unknown_key bad_token expired_token scope_service scope_region
    mismatch
               skew body_hash
    ours: True when only a fault in the client can cause it (and so a test must not pass over it)
    """

    def __init__(self, condition: str, message: str, ours: bool, **members: str):
        super().__init__(message)
        self.condition, self.message, self.ours, self.members = condition, message, ours, members


@dataclass
class Scope:
    """The Authorization header, taken apart."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: list[str]
    signature: str


def parse_authorization(request: Request) -> Scope | None:
    """None when there is no Authorization header, Refused when it is not one of SigV4."""
    text = request.headers.get("authorization")
    if text is None:
        return None
    match = _AUTHORIZATION.match(text)
    parts = match["credential"].rsplit("/", 4) if match else []
    if len(parts) != 5 or parts[4] != "aws4_request":
        raise Refused(
            "incomplete",
            "Authorization header is not of the form 'AWS4-HMAC-SHA256 "
            "Credential=ID/DATE/REGION/SERVICE/aws4_request, SignedHeaders=..., Signature=...'",
            ours=True,
        )
    return Scope(*parts[:4], match["signed"].split(";"), match["signature"])


def check(
    request: Request, keyring: Keyring, service: str, regions: set[str], now: datetime.datetime
) -> Identity:
    """Who signed `request` for `service` in one of `regions`."""
    scope = parse_authorization(request)
    if scope is None:
        raise Refused("missing", "Request is missing Authentication Token", ours=True)
    identity = _identity(request, scope, keyring, now)
    if scope.service != service:
        raise Refused(
            "scope_service",
            "Credential should be scoped to correct service: " f"'{service}'. ",
            ours=True,
        )
    if scope.region not in regions:
        raise Refused(
            "scope_region",
            f"Credential should be scoped to a valid region, not '{scope.region}'. ",
            ours=True,
            Region=min(regions),
        )
    _check_required_headers(request, scope, service)
    _check_clock(request, scope, service, now)
    payload_hash = _check_body(request, service)
    _check_signature(request, scope, identity, service, payload_hash)
    return identity


def _identity(request: Request, scope: Scope, keyring: Keyring, now: datetime.datetime) -> Identity:
    identity = keyring.get(scope.access_key_id)
    if identity is None:
        raise Refused(
            "unknown_key",
            "The security token included in the request is invalid.",
            ours=False,
            AWSAccessKeyId=scope.access_key_id,
        )
    token = request.headers.get("x-amz-security-token")
    if token != identity.session_token:
        raise Refused(
            "bad_token", "The security token included in the request is invalid.", ours=True
        )
    if identity.expired or (identity.expires_at and identity.expires_at <= now):
        raise Refused(
            "expired_token", "The security token included in the request is expired", ours=False
        )
    return identity


def _check_required_headers(request: Request, scope: Scope, service: str) -> None:
    signed = scope.signed_headers
    if signed != sorted(set(signed)) or any(name != name.lower() for name in signed):
        raise Refused(
            "mismatch",
            "SignedHeaders is not a sorted list of different lower-case names: " + ";".join(signed),
            ours=True,
        )
    bad = NEVER_SIGNED.intersection(signed)
    if bad:
        raise Refused(
            "mismatch", "signed, though a proxy may change it: " + ", ".join(bad), ours=True
        )
    present = {name.lower() for name, _ in request.headers}
    required = {name for name in present if name.startswith("x-amz-")} | {"host"}
    if "content-type" in present:
        required.add("content-type")
    unsigned = required.difference(signed)
    if unsigned:
        raise Refused(
            "mismatch",
            "There were headers present in the request which were not signed: "
            + ", ".join(sorted(unsigned)),
            ours=True,
        )
    absent = set(signed).difference(present)
    if absent:
        raise Refused("mismatch", "signed, but not sent: " + ", ".join(sorted(absent)), ours=True)
    once = [
        name
        for name in ("host", "x-amz-date", "authorization", "x-amz-security-token")
        if len(request.headers.get_all(name)) > 1
    ]
    if once:
        raise Refused("mismatch", "sent more than once: " + ", ".join(once), ours=True)
    if service == "s3" and "x-amz-content-sha256" not in present:
        raise Refused(
            "body_hash", "Missing required header for this request: x-amz-content-sha256", ours=True
        )


def _check_clock(request: Request, scope: Scope, service: str, now: datetime.datetime) -> None:
    text = request.headers.get("x-amz-date") or ""
    try:
        signed_at = datetime.datetime.strptime(text, _TIMESTAMP).replace(
            tzinfo=datetime.timezone.utc
        )
    except ValueError:
        raise Refused(
            "incomplete",
            f"X-Amz-Date is not a date of the form YYYYMMDDTHHMMSSZ: '{text}'",
            ours=True,
        ) from None
    if scope.date != text[:8]:
        raise Refused(
            "mismatch",
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
            f"date from HTTP: '{scope.date}' != '{text[:8]}', from '{text}'.",
            ours=True,
        )
    limit = datetime.timedelta(seconds=SKEW_S.get(service, DEFAULT_SKEW_S))
    minutes = int(limit.total_seconds() // 60)
    server = now.strftime(_TIMESTAMP)
    if signed_at < now - limit:
        edge = (now - limit).strftime(_TIMESTAMP)
        message = (
            f"Signature expired: {text} is now earlier than {edge} ({server} - {minutes} min.)"
        )
    elif signed_at > now + limit:
        edge = (now + limit).strftime(_TIMESTAMP)
        message = (
            f"Signature not yet current: {text} is still later than {edge} "
            f"({server} + {minutes} min.)"
        )
    else:
        return
    raise Refused(
        "skew",
        message,
        ours=False,
        RequestTime=text,
        ServerTime=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        MaxAllowedSkewMilliseconds=str(int(limit.total_seconds() * 1000)),
    )


def _check_body(request: Request, service: str) -> str:
    """The payload hash of the canonical request."""
    actual = hashlib.sha256(request.body).hexdigest()
    claimed = request.headers.get("x-amz-content-sha256")
    if claimed is None:
        return actual
    if claimed == "UNSIGNED-PAYLOAD" and service == "s3" and request.scheme == "https":
        return claimed
    if claimed != actual:
        raise Refused(
            "body_hash",
            "The provided 'x-amz-content-sha256' header does not match what was " "computed.",
            ours=True,
            ClientComputedContentSHA256=claimed,
            S3ComputedContentSHA256=actual,
        )
    return actual


def _check_signature(
    request: Request, scope: Scope, identity: Identity, service: str, payload_hash: str
) -> None:
    _check_encoding(request)
    signer_class = _S3Signer if service == "s3" else _Signer
    signer = signer_class(
        Credentials(identity.access_key_id, identity.secret_access_key), service, scope.region
    )
    rebuilt = AWSRequest(
        method=request.method, url=f"{request.scheme}://{request.host}{request.target}"
    )
    for name, value in request.headers:
        if name.lower() in scope.signed_headers:
            rebuilt.headers.add_header(name, value)
    rebuilt.context.update(timestamp=request.headers.get("x-amz-date"), payload_hash=payload_hash)
    canonical = signer.canonical_request(rebuilt)
    to_sign = signer.string_to_sign(rebuilt, canonical)
    expected = signer.signature(to_sign, rebuilt)
    if not hmac.compare_digest(expected, scope.signature):
        raise Refused(
            "mismatch",
            "The request signature we calculated does not match the signature you "
            "provided. Check your AWS Secret Access Key and signing method. Consult the service "
            "documentation for details.\n\nThe Canonical String for this request should have been\n"
            f"'{canonical}'\n\nThe String-to-Sign should have been\n'{to_sign}'\n",
            ours=True,
            AWSAccessKeyId=scope.access_key_id,
            StringToSign=to_sign,
            SignatureProvided=scope.signature,
            CanonicalRequest=canonical,
        )


def _check_encoding(request: Request) -> None:
    """Amazon decodes and encodes again before it compares; so what is on the wire must be in the
    one form that survives that. botocore's signer takes the wire's form as it is and would not
    notice.
    """
    for pair in filter(None, request.raw_query.split("&")):
        name, _, value = pair.partition("=")
        for part in (name, value):
            once = quote(
                unquote(part, errors="surrogateescape"), safe="-_.~", errors="surrogateescape"
            )
            if part != once:
                raise Refused(
                    "mismatch",
                    f"query is not in canonical encoding: '{part}' should be '{once}'",
                    ours=True,
                )
    path = request.path
    once = quote(unquote(path, errors="surrogateescape"), safe="/-_.~", errors="surrogateescape")
    # a slash inside a label stays %2F, which decoding and encoding again would lose
    if path.replace("%2F", "/") != once:
        raise Refused(
            "mismatch", f"path is not in canonical encoding: '{path}' should be '{once}'", ours=True
        )
