"""S3 as the gate shows it: s3rver, with the checks it leaves out.

Content-MD5 and x-amz-checksum-* are computed over what arrived; unknown x-amz- headers, a wrong
bucket owner and a bucket of another region are answered as S3 does; encryption and checksums are
remembered and come back on the answer and on a later HEAD.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
import zlib
from urllib.parse import unquote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from . import models
from .service import Context, Service, Upstream, random_text
from .servers import S3RVER_KEY
from .wire import Headers, Request, Response

_HASHES = {
    "x-amz-checksum-sha256": lambda body: hashlib.sha256(body).digest(),
    "x-amz-checksum-sha1": lambda body: hashlib.sha1(body).digest(),
    "x-amz-checksum-crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
}
_SIGNING = {"x-amz-date", "x-amz-content-sha256", "x-amz-security-token"}
_ECHOED = (
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    *_HASHES,
)
_ACTIONS = {
    "HeadBucket": "s3:ListBucket",
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "ListBuckets": "s3:ListAllMyBuckets",
    "HeadObject": "s3:GetObject",
}


class S3Front(Service):
    name = signing_name = "s3"

    def __init__(self, url: str):
        self.upstream = Upstream(url)
        #: bucket -> the region it is in; others are wherever the caller thinks
        self.bucket_region: dict[str, str] = {}
        #: bucket -> how a wrong region is answered: 301, 307 or 400
        self.redirect_status: dict[str, int] = {}
        #: where a 307 sends the client
        self.redirect_url: str | None = None
        #: bucket -> account; others belong to the caller
        self.bucket_owner: dict[str, str] = {}
        self._lock = threading.Lock()
        #: the server behind writes into the file that it reads from; S3 replaces an object at once
        self._one_at_a_time = threading.Lock()
        self._kept: dict[tuple[str, str], dict[str, str]] = {}

    # -- what was asked ----------------------------------------------------------------------------

    def operation(self, request: Request):
        path = request.path
        virtual = re.match(r"([a-z0-9.-]+)\.(localhost|s3[.-])", request.host)
        if virtual:
            path = f"/{virtual[1]}{path}"
        bucket, _, key = path[1:].partition("/")
        labels = {
            "bucket": unquote(bucket),
            "key": unquote(key, errors="surrogateescape"),
            "path": path,
        }
        return self._operation_name(request, bucket, key), labels

    @staticmethod
    def _operation_name(request: Request, bucket: str, key: str) -> str:
        if not bucket:
            return "ListBuckets" if request.method == "GET" else "?"
        if key:
            return {
                "PUT": "PutObject",
                "GET": "GetObject",
                "HEAD": "HeadObject",
                "DELETE": "DeleteObject",
            }.get(request.method, "?")
        if request.method == "GET":
            if "location" in request.query:
                return "GetBucketLocation"
            return "ListObjectsV2" if request.query.get("list-type") == "2" else "ListObjects"
        return {"PUT": "CreateBucket", "HEAD": "HeadBucket", "DELETE": "DeleteBucket"}.get(
            request.method, "?"
        )

    def regions(self, ctx: Context) -> set[str]:
        return {ctx.gate.region, *self.bucket_region.values()}

    def problems(self, ctx: Context) -> list[str]:
        if ctx.operation == "?":
            return [f"no operation of S3: {ctx.request.method} {ctx.request.target}"]
        shape = models.operation("s3", ctx.operation).input_shape
        members = shape.members if shape else {}
        known = {
            m.serialization["name"].lower(): m
            for m in members.values()
            if m.serialization.get("location") == "header"
        }
        found = []
        for name, value in ctx.request.headers:
            name = name.lower()
            if name in known:
                member = known[name]
                if member.type_name == "string":
                    found += models.problems(member, value, name)
            elif (
                name.startswith("x-amz-")
                and name not in _SIGNING
                and not name.startswith("x-amz-meta-")
            ):
                found.append(f"{name}: unknown header of {ctx.operation}")
        if "transfer-encoding" in ctx.request.headers:
            found.append("transfer-encoding: S3 wants to know the length of a body beforehand")
        found += self._checksum_problems(ctx)
        return found

    @staticmethod
    def _checksum_problems(ctx: Context) -> list[str]:
        headers = ctx.request.headers
        algorithm = headers.get("x-amz-sdk-checksum-algorithm")
        if algorithm and f"x-amz-checksum-{algorithm.lower()}" not in headers:
            return [f"x-amz-sdk-checksum-algorithm {algorithm} without its checksum"]
        return [
            f"{name}: a checksum the gate cannot compute"
            for name, _ in headers
            if name.lower().startswith("x-amz-checksum-")
            and name.lower() not in _HASHES
            and name.lower() != "x-amz-checksum-mode"
        ]

    def invalid(self, problems: list[str]) -> Response:
        return self.error("InvalidArgument", "; ".join(problems))

    def permissions(self, ctx: Context):
        if ctx.operation == "ListBuckets":
            return [("s3:ListAllMyBuckets", "*")]
        action = _ACTIONS.get(ctx.operation, "s3:" + ctx.operation)
        resource = "arn:aws:s3:::" + ctx.labels["bucket"]
        if ctx.labels["key"]:
            resource += "/" + ctx.labels["key"]
        wanted = [(action, resource)]
        kms_key = ctx.request.headers.get("x-amz-server-side-encryption-aws-kms-key-id")
        if kms_key and ctx.operation == "PutObject":
            arn = (
                kms_key
                if kms_key.startswith("arn:")
                else f"arn:aws:kms:{ctx.region}:{ctx.identity.account}:key/{kms_key}"
            )
            wanted.append(("kms:GenerateDataKey", arn))
        if ctx.operation == "GetObject":
            with self._lock:
                kept = self._kept.get((ctx.labels["bucket"], ctx.labels["key"]), {})
            if "x-amz-server-side-encryption-aws-kms-key-id" in kept:
                wanted.append(("kms:Decrypt", "*"))
        return wanted

    def access_denied(self, arn: str, action: str, resource: str) -> Response:
        return self.error(
            "AccessDenied",
            f"User: {arn} is not authorized to perform: {action} on resource: "
            f'"{resource}" because no identity-based policy allows the {action} action',
        )

    # -- the answer --------------------------------------------------------------------------------

    def handle(self, ctx: Context) -> Response:
        refusal = (
            self._wrong_region(ctx)
            or self._wrong_owner(ctx)
            or self._wrong_checksum(ctx)
            or self._wrong_version(ctx)
        )
        if refusal:
            return refusal
        response = self._forward(ctx)
        if response.status == 404 and ctx.operation in ("GetObject", "HeadObject"):
            response = self._missing_key(ctx) or response
        if response.status >= 300:
            match = re.search(rb"<Code>(\w+)</Code>", response.body)
            response.code = match[1].decode() if match else None
        elif ctx.operation == "PutObject":
            echoed = {name: value for name in _ECHOED if (value := ctx.request.headers.get(name))}
            with self._lock:
                self._kept[ctx.labels["bucket"], ctx.labels["key"]] = echoed
            for name, value in echoed.items():
                response.headers.set(name, value)
        elif ctx.operation in ("HeadObject", "GetObject"):
            self._recall(ctx, response)
        region = self.bucket_region.get(ctx.labels["bucket"], ctx.region)
        if ctx.operation == "HeadBucket":
            response.headers.set("x-amz-bucket-region", region)
        return response

    def _missing_key(self, ctx: Context) -> Response | None:
        """Who may not list the bucket is not told that a key is not there.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions"
        """
        bucket = "arn:aws:s3:::" + ctx.labels["bucket"]
        policy = ctx.identity.policy if ctx.identity else None
        if policy is None or policy.allows("s3:ListBucket", bucket):
            return None
        return self.access_denied(ctx.identity.arn, "s3:ListBucket", bucket)

    def _recall(self, ctx: Context, response: Response) -> None:
        with self._lock:
            kept = self._kept.get((ctx.labels["bucket"], ctx.labels["key"]), {})
        wants_checksum = (ctx.request.headers.get("x-amz-checksum-mode") or "").upper() == "ENABLED"
        for name, value in kept.items():
            if name not in _HASHES or wants_checksum:
                response.headers.set(name, value)

    def _forward(self, ctx: Context) -> Response:
        """Headers whose work is done here stay here."""
        ctx.record.forwarded = True
        request = ctx.request
        target = ctx.labels["path"] + ("?" + request.raw_query if request.raw_query else "")
        headers = {
            n: v
            for n, v in request.headers
            if n.lower().startswith("x-amz-meta-")
            or n.lower()
            in (
                "content-type",
                "content-md5",
                "cache-control",
                "content-disposition",
                "content-encoding",
                "x-amz-storage-class",
                "range",
                "if-modified-since",
            )
        }
        return self._send(request.method, target, headers, request.body)

    def _send(
        self, method: str, target: str, headers: dict[str, str], body: bytes = b""
    ) -> Response:
        """s3rver checks the signatures of its one account, so each is signed anew for it."""
        signed = AWSRequest(
            method=method, url=self.upstream.url + target, data=body, headers=headers
        )
        signed.headers["Host"] = f"{self.upstream.host}:{self.upstream.port}"
        S3SigV4Auth(Credentials(*S3RVER_KEY), "s3", "us-east-1").add_auth(signed)
        with self._one_at_a_time:
            return self.upstream.forward(method, target, Headers(signed.headers.items()), body)

    def _wrong_region(self, ctx: Context) -> Response | None:
        bucket = ctx.labels["bucket"]
        region = self.bucket_region.get(bucket)
        if region is None or region == ctx.region:
            return None
        status = self.redirect_status.get(bucket, 301)
        if status == 400:
            response = self.error(
                "AuthorizationHeaderMalformed",
                "The authorization header is malformed; the "
                f"region '{ctx.region}' is wrong; expecting '{region}'",
                Region=region,
            )
        elif status == 307:
            response = self.error(
                "TemporaryRedirect",
                "Please re-send this request to the specified temporary "
                "endpoint. Continue to use the original request endpoint for future requests.",
                Endpoint=f"{bucket}.s3.{region}.amazonaws.com",
                Bucket=bucket,
            )
            response.headers.set("Location", f"{self.redirect_url}{ctx.request.target}")
        else:
            response = self.error(
                "PermanentRedirect",
                "The bucket you are attempting to access must be "
                "addressed using the specified endpoint. Please send all future requests to "
                "this endpoint.",
                Endpoint=f"{bucket}.s3.{region}.amazonaws.com",
                Bucket=bucket,
            )
        response.headers.set("x-amz-bucket-region", region)
        return response

    def _wrong_owner(self, ctx: Context) -> Response | None:
        expected = ctx.request.headers.get("x-amz-expected-bucket-owner")
        if expected is None:
            return None
        if not re.fullmatch(r"\d{12}", expected):
            return self.error(
                "InvalidBucketOwnerAWSAccountID",
                "The value of the expected bucket owner " "parameter must be an AWS account ID",
            )
        owner = self.bucket_owner.get(ctx.labels["bucket"], ctx.identity.account)
        return self.error("AccessDenied", "Access Denied") if owner != expected else None

    def _wrong_checksum(self, ctx: Context) -> Response | None:
        if ctx.operation != "PutObject":
            return None
        headers, body = ctx.request.headers, ctx.request.body
        md5 = headers.get("content-md5")
        if md5 is not None and md5 != base64.b64encode(hashlib.md5(body).digest()).decode():
            return self.error(
                "BadDigest", "The Content-MD5 you specified did not match what we received."
            )
        for name, compute in _HASHES.items():
            claimed = headers.get(name)
            if claimed is not None and claimed != base64.b64encode(compute(body)).decode():
                kind = name.rpartition("-")[2].upper()
                return self.error(
                    "BadDigest",
                    f"The {kind} you specified did not match the calculated " "checksum.",
                )
        return None

    def _wrong_version(self, ctx: Context) -> Response | None:
        """Conditional writes, which s3rver does not know."""
        if_none, if_match = (
            ctx.request.headers.get(name) for name in ("if-none-match", "if-match")
        )
        if ctx.operation != "PutObject" or if_none is None and if_match is None:
            return None
        there = self._send("HEAD", ctx.labels["path"], {})
        if there.status == 404:
            return (
                self.error("NoSuchKey", "The specified key does not exist.") if if_match else None
            )
        if if_none or if_match.strip('"') != (there.headers.get("etag") or "").strip('"'):
            return self.error(
                "PreconditionFailed",
                "At least one of the pre-conditions you specified did not " "hold",
                Condition="If-None-Match" if if_none else "If-Match",
            )
        return None

    def finish(self, ctx: Context, response: Response) -> None:
        request_id = random_text(16, "0123456789ABCDEF")
        host_id = (
            random_text(75, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/")
            + "="
        )
        response.headers.set("x-amz-request-id", request_id)
        response.headers.set("x-amz-id-2", host_id)
        response.headers.set("Server", "AmazonS3")
        response.body = response.body.replace(b"@request-id@", request_id.encode()).replace(
            b"@host-id@", host_id.encode()
        )
        if ctx.request.method == "HEAD" and response.status >= 300:
            response.body = b""
            response.headers.remove("content-type")
