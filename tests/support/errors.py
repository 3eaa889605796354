"""Errors as each service writes them: JSON 1.0, rest-json, S3's XML, STS's XML."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from .wire import Headers, Response

# Status codes where they are not the protocol's default of 400 (aws.md A.8, B.7, C.5, D).
_STATUS = {
    "kms": {},
    "lambda": {
        "ResourceNotFoundException": 404,
        "AccessDeniedException": 403,
        "TooManyRequestsException": 429,
        "InvalidSignatureException": 403,
        "UnrecognizedClientException": 403,
        "ExpiredTokenException": 403,
        "MissingAuthenticationTokenException": 403,
    },
    "dynamodb": {
        "InternalServerError": 500,
        "InternalFailure": 500,
        "ServiceUnavailable": 503,
        "ReplicatedWriteConflictException": 409,
    },
    "connect": {
        "ResourceNotFoundException": 404,
        "ThrottlingException": 429,
        "TooManyRequestsException": 429,
        "LimitExceededException": 429,
        "InternalServiceException": 500,
        "InternalFailure": 500,
        "ServiceUnavailable": 503,
        "ServiceQuotaExceededException": 402,
        "AccessDeniedException": 403,
        "ExpiredTokenException": 403,
        "IncompleteSignature": 403,
        "InvalidSignatureException": 403,
        "UnrecognizedClientException": 403,
        "MissingAuthenticationTokenException": 403,
        "UserNotFoundException": 404,
        "UnknownOperationException": 404,
        "RequestEntityTooLargeException": 413,
        "ConditionalOperationFailedException": 409,
        "ResourceConflictException": 409,
        "DuplicateResourceException": 409,
        "IdempotencyException": 409,
        "ResourceInUseException": 409,
        "ResourceNotReadyException": 409,
    },
    "s3": {
        "AccessDenied": 403,
        "SignatureDoesNotMatch": 403,
        "InvalidAccessKeyId": 403,
        "RequestTimeTooSkewed": 403,
        "NoSuchBucket": 404,
        "NoSuchKey": 404,
        "SlowDown": 503,
        "InternalError": 500,
        "ServiceUnavailable": 503,
        "MethodNotAllowed": 405,
        "PreconditionFailed": 412,
        "ConditionalRequestConflict": 409,
        "PermanentRedirect": 301,
        "TemporaryRedirect": 307,
        "AllAccessDisabled": 403,
    },
    "sts": {
        "AccessDenied": 403,
        "SignatureDoesNotMatch": 403,
        "InvalidClientTokenId": 403,
        "ExpiredToken": 403,
        "MissingAuthenticationToken": 403,
        "RegionDisabledException": 403,
        "IDPRejectedClaim": 403,
        "InternalFailure": 500,
        "ServiceUnavailable": 503,
        "Throttling": 400,
    },
}

# The condition of sigv4_check.Refused -> the code each service gives.
REFUSALS = {
    "missing": (
        "MissingAuthenticationTokenException",
        "MissingAuthenticationTokenException",
        "AccessDenied",
        "MissingAuthenticationToken",
    ),
    "incomplete": (
        "IncompleteSignatureException",
        "IncompleteSignature",
        "AuthorizationHeaderMalformed",
        "IncompleteSignature",
    ),
    "unknown_key": (
        "UnrecognizedClientException",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
    ),
    "bad_token": (
        "UnrecognizedClientException",
        "UnrecognizedClientException",
        "InvalidToken",
        "InvalidClientTokenId",
    ),
    "expired_token": (
        "ExpiredTokenException",
        "ExpiredTokenException",
        "ExpiredToken",
        "ExpiredToken",
    ),
    "scope_service": (
        "InvalidSignatureException",
        "InvalidSignatureException",
        "AuthorizationHeaderMalformed",
        "SignatureDoesNotMatch",
    ),
    "scope_region": (
        "InvalidSignatureException",
        "InvalidSignatureException",
        "AuthorizationHeaderMalformed",
        "SignatureDoesNotMatch",
    ),
    "mismatch": (
        "InvalidSignatureException",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "SignatureDoesNotMatch",
    ),
    "skew": (
        "InvalidSignatureException",
        "InvalidSignatureException",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    ),
    "body_hash": (
        "InvalidSignatureException",
        "InvalidSignatureException",
        "XAmzContentSHA256Mismatch",
        "SignatureDoesNotMatch",
    ),
}
_COLUMN = {"dynamodb": 0, "connect": 1, "s3": 2, "sts": 3, "kms": 0, "lambda": 1}

_CORAL = {
    "ValidationException": "com.amazon.coral.validate#",
    "UnrecognizedClientException": "com.amazon.coral.service#",
    "InvalidSignatureException": "com.amazon.coral.service#",
    "MissingAuthenticationTokenException": "com.amazon.coral.service#",
    "IncompleteSignatureException": "com.amazon.coral.service#",
    "ExpiredTokenException": "com.amazon.coral.service#",
    "SerializationException": "com.amazon.coral.service#",
    "AccessDeniedException": "com.amazon.coral.service#",
    "UnknownOperationException": "com.amazon.coral.service#",
}


def refusal_code(service: str, condition: str) -> str:
    return REFUSALS[condition][_COLUMN[service]]


def error(
    service: str, code: str, message: str = "", status: int | None = None, **members
) -> Response:
    """The answer `service` gives for `code`; `members` are further members of its body."""
    status = status or _STATUS[service].get(code, 400)
    response = _WRITERS[service](status, code, message, members)
    response.code = code
    return response


def _dynamodb(status, code, message, members):
    kind = _CORAL.get(code, "com.amazonaws.dynamodb.v20120810#") + code
    # the members of a cancelled transaction come with a capital M
    key = "Message" if code == "TransactionCanceledException" else "message"
    return _json(status, {"__type": kind, key: message, **members}, "application/x-amz-json-1.0")


def _connect(status, code, message, members):
    key = (
        "Message"
        if code.endswith(
            (
                "ServiceException",
                "ThrottlingException",
                "NotFoundException",
                "RequestException",
                "ParameterException",
            )
        )
        else "message"
    )
    response = _json(status, {key: message, **members}, "application/json")
    # the part after the colon is really sent; a client has to cut it off
    response.headers.set(
        "x-amzn-ErrorType", code + ":http://internal.amazon.com/coral/com.amazonaws.connect.api/"
    )
    return response


def _s3(status, code, message, members):
    inner = "".join(
        f"<{name}>{escape(str(value))}</{name}>"
        for name, value in {"Code": code, "Message": message, **members}.items()
    )
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}<RequestId>@request-id@</RequestId>'
        "<HostId>@host-id@</HostId></Error>"
    )
    return Response(status, body.encode(), Headers([("Content-Type", "application/xml")]))


def _sts(status, code, message, members):
    kind = "Receiver" if status >= 500 else "Sender"
    body = (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n'
        f"    <Type>{kind}</Type>\n    <Code>{code}</Code>\n"
        f"    <Message>{escape(message)}</Message>\n"
        "  </Error>\n  <RequestId>@request-id@</RequestId>\n</ErrorResponse>\n"
    )
    return Response(status, body.encode(), Headers([("Content-Type", "text/xml")]))


def _json(status, value, content_type):
    return Response(status, json.dumps(value).encode(), Headers([("Content-Type", content_type)]))


def _kms(status, code, message, members):
    return _json(status, {"__type": code, "message": message, **members}, "application/x-amz-json-1.1")


def _lambda(status, code, message, members):
    response = _json(status, {"Message": message, **members}, "application/json")
    response.headers.set("x-amzn-ErrorType", code)
    return response


_WRITERS = {
    "dynamodb": _dynamodb, "connect": _connect, "s3": _s3, "sts": _sts, "kms": _kms, "lambda": _lambda,
}  # fmt: skip
