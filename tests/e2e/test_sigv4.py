"""Our signatures against botocore's, on thousands of random requests: odd paths, queries, headers,
tokens and bodies, in header and in presigned form. The seed is fixed; SIGV4_SEED tries others.
"""

import datetime
import json
import os
import random
import subprocess
from unittest import mock
from urllib.parse import parse_qsl, quote

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from support.program import built

REQUESTS = 4000
SEED = int(os.environ.get("SIGV4_SEED", "20260102"))

# What a path segment, a name or a value may hold; no text of a request is ever only letters.
ALPHABET = (
    "abcXYZ019-._~" * 3
    + " !\"#$%&'()*+,/:;<=>?@[]^`{|}\\"
    + "äß€漢😀"
)


def word(rng, least=0, most=12, alphabet=ALPHABET):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(least, most)))


def random_path(rng, s3):
    """As it goes over the wire: each segment encoded once, with dots and doubled slashes."""
    segments = []
    for _ in range(rng.randint(0, 5)):
        kind = rng.random()
        if kind < 0.1:
            segments.append("")
        elif kind < 0.2:
            segments.append(rng.choice([".", ".."]))
        elif kind < 0.3:
            segments.append(quote("arn:aws:connect:eu-west-2:1:instance/" + word(rng), safe=""))
        else:
            segments.append(quote(word(rng, 1), safe="" if s3 else "!$&'()*+,;=:@"))
    return "/" + "/".join(segments) + ("/" if rng.random() < 0.2 else "")


def random_query(rng, unique):
    """Encoded once and canonically, as the client does it; names with and without values."""
    pairs = []
    names = set()
    for _ in range(rng.choice([0, 0, 1, 2, 3, 6])):
        name = rng.choice(["a", "A", "b", "marker", "X-Amz-Z", word(rng, 1, 6)])
        if unique and name in names:
            continue
        names.add(name)
        pairs.append((quote(name, safe="-_.~"), quote(word(rng, 0, 20), safe="-_.~")))
    return "&".join(
        name if not value and not unique and rng.random() < 0.5 else f"{name}={value}"
        for name, value in pairs
    )


def random_headers(rng, host):
    headers = [["Host", host]]
    if rng.random() < 0.5:
        headers.append(["Content-Type", rng.choice(["application/json", "text/csv;  charset=x"])])
    plain = "abcABC019-._~!#$%&'*+/=?^`{|}()<>@,;:\\\"[] \t "
    for _ in range(rng.randint(0, 4)):
        name = rng.choice(["X-Amz-Meta-A", "x-amz-meta-a-b", "x-amz-meta", "My-Header", "zz", "A1"])
        value = word(rng, 0, 20, plain)
        headers.append([rng.choice([name, name.lower(), name.upper()]), value])
    rng.shuffle(headers)
    return headers


def random_request(rng, presigned):
    s3 = rng.random() < 0.35
    host = rng.choice(
        ["example.com", "h:8443", "bucket.s3.eu-west-1.amazonaws.com", "[::1]:9000", "127.0.0.1"]
    )
    at = datetime.datetime(2000, 1, 1) + datetime.timedelta(seconds=rng.randrange(10**9))
    body = b"" if presigned else rng.choice([b"", b"{}", rng.randbytes(rng.randint(0, 300))])
    headers = random_headers(rng, host)
    if presigned:
        headers = [pair for pair in headers if pair[0].lower() != "content-type"]
    return {
        "key": "AKID" + word(rng, 8, 16, "ABCDEF0123"),
        "secret": word(rng, 1, 60, "abc+/=XYZ019ä"),
        "token": rng.choice([None, word(rng, 1, 400, "abc+/=XYZ019")]),
        "region": rng.choice(["us-east-1", "eu-west-2", "us-gov-west-1"]),
        "service": "s3" if s3 else rng.choice(["connect", "dynamodb", "sts", "service"]),
        "s3": s3,
        "at_s": int(at.replace(tzinfo=datetime.timezone.utc).timestamp()),
        "method": "GET" if presigned else rng.choice(["GET", "PUT", "POST", "HEAD", "DELETE"]),
        "path": random_path(rng, s3),
        "query": random_query(rng, presigned),
        "headers": headers,
        "body": body.hex(),
        "expires_s": rng.choice([1, 60, 3600, 604800]),
        "host": host,
        "at": at,
    }


def aws_request(case):
    url = f"https://{case['host']}{case['path']}" + (f"?{case['query']}" if case["query"] else "")
    request = AWSRequest(method=case["method"], url=url, data=bytes.fromhex(case["body"]))
    for name, value in case["headers"]:
        request.headers.add_header(name, value)
    return request


def credentials(case):
    return Credentials(case["key"], case["secret"], case["token"])


class FixedTime(datetime.datetime):
    """botocore asks datetime.datetime.utcnow()."""

    now_is = None

    @classmethod
    def utcnow(cls):
        return cls.now_is



def by_botocore(case):
    kind = botocore.auth.S3SigV4Auth if case["s3"] else botocore.auth.SigV4Auth
    auth = kind(credentials(case), case["service"], case["region"])
    request = aws_request(case)
    with mock.patch("botocore.auth.datetime.datetime", FixedTime):
        FixedTime.now_is = case["at"]
        auth.add_auth(request)
    # add_auth has put everything in but the authorization; the stages are computed on that.
    authorization = request.headers["Authorization"]
    del request.headers["Authorization"]
    canonical = auth.canonical_request(request)
    to_sign = auth.string_to_sign(request, canonical)
    return {
        "canonical": canonical,
        "string_to_sign": to_sign,
        "signature": auth.signature(to_sign, request),
        "authorization": authorization,
    }


def presigned_by_botocore(case):
    kind = botocore.auth.S3SigV4QueryAuth if case["s3"] else botocore.auth.SigV4QueryAuth
    auth = kind(credentials(case), case["service"], case["region"], expires=case["expires_s"])
    request = aws_request(case)
    with mock.patch("botocore.auth.datetime.datetime", FixedTime):
        FixedTime.now_is = case["at"]
        auth.add_auth(request)
    return request.url.partition("?")[2]


def sign(cases):
    """What our own signer makes of them."""
    lines = "".join(
        json.dumps({k: v for k, v in case.items() if k not in ("at", "host")}) + "\n"
        for case in cases
    )
    done = subprocess.run([built("tools/sigv4_stages")], input=lines, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(cases)
    return answers


def test_as_headers():
    rng = random.Random(SEED)
    cases = [random_request(rng, presigned=False) for _ in range(REQUESTS)]
    for case, ours in zip(cases, sign(cases)):
        theirs = by_botocore(case)
        for stage, expected in theirs.items():
            assert ours[stage] == expected, (stage, case)


def test_presigned():
    rng = random.Random(SEED + 1)
    cases = [random_request(rng, presigned=True) for _ in range(REQUESTS // 4)]
    for case, ours in zip(cases, sign(cases)):
        theirs = presigned_by_botocore(case)
        assert sorted(parse_qsl(ours["presigned"], keep_blank_values=True)) == sorted(
            parse_qsl(theirs, keep_blank_values=True)
        ), case


def test_the_comparison_can_fail():
    """A signer that left one byte out would be caught."""
    rng = random.Random(SEED + 2)
    case = random_request(rng, presigned=False)
    other = {**case, "path": case["path"] + "x"}
    (ours,) = sign([case])
    assert ours["signature"] != by_botocore(other)["signature"]
