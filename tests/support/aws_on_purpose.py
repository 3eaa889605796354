"""Where the program differs from botocore on purpose: the cases, why, and what it does instead."""

from __future__ import annotations

from dataclasses import dataclass

NOTHING = {"connect": "error", "dynamodb": "error", "s3": "error", "sts": "error", "calls": []}


@dataclass
class Difference:
    reason: str
    answer: dict


def signed(key: str, token: str = "-", region: str = "eu-west-2", **other) -> dict:
    by = f"{region} {key} {token}"
    hosts = {
        "connect": f"https://connect.{region}.amazonaws.com",
        "dynamodb": f"https://dynamodb.{region}.amazonaws.com",
        "s3": f"https://reports.s3.{region}.amazonaws.com",
        "sts": f"https://sts.{region}.amazonaws.com",
    } | other
    return {service: f"{host} {by}" if host != "error" else host for service, host in hosts.items()} | {
        "calls": []
    }


_REGION = "every other SDK reads AWS_REGION, first, and the Lambda runtime sets it"
_SDKS = "the grammar that the other SDKs share, which this program follows"
_TWICE = "the SDKs merge repeated sections and let the last property count; botocore gives up"
_EMPTY = "a variable that is empty is not set, as everywhere in this program"

ON_PURPOSE = {
    "AWS_REGION": Difference(_REGION, signed("AKIDENV", region="eu-west-3")),
    "AWS_REGION before AWS_DEFAULT_REGION": Difference(_REGION, signed("AKIDENV", region="eu-west-3")),
    "no region at all": Difference(
        "without a region nothing can be read; botocore's S3 and STS fall back to one", NOTHING
    ),
    "the first region of the world": Difference(
        "S3's regional host, as the SDKs' standard defaults have it, in place of the global one",
        signed("AKIDENV", region="us-east-1"),
    ),
    "a region behind a comment sign": Difference(_SDKS, signed("AKIDENV", region="eu-north-1")),
    "a comment behind a value": Difference(_SDKS, signed("AKIDFILE", "t1")),
    "a colon for the equals sign": Difference(_SDKS, NOTHING),
    "a section twice": Difference(_TWICE, signed("AKIDFILE")),
    "a property twice": Difference(_TWICE, signed("AKIDFILE")),
    "a mark of the byte order": Difference(
        "editors of Windows write it, and it means nothing", signed("AKIDFILE")
    ),
    "blanks inside the brackets": Difference(_SDKS, signed("AKIDNAMED")),
    "a header deeper than a property": Difference(
        "both read it as a part of the secret; a secret with a line end cannot be right",
        NOTHING,
    ),
    "both names of a token": Difference(
        "AWS_SECURITY_TOKEN is what older tools leave behind; the other SDKs prefer the new name",
        signed("AKIDENV", "t2"),
    ),
    "both names of the profile": Difference(
        "AWS_PROFILE is the documented name; AWS_DEFAULT_PROFILE is older", signed("AKIDOPS")
    ),
    "a blank profile": Difference(_EMPTY, signed("AKIDFILE")),
    "a blank path": Difference(_EMPTY, signed("AKIDFILE")),
    "a host of its own is required": Difference(
        "a sync without its table has nothing to ask the other services for", NOTHING
    ),
    "FIPS with an endpoint": Difference(
        "an endpoint that somebody configured may not be one of FIPS: the SDKs' rules refuse both",
        NOTHING,
    ),
    "S3, accelerated, a bucket with a dot": Difference(
        "such a bucket has no accelerated host, so it is reached by the usual one",
        signed("AKIDENV", s3="https://s3.eu-west-2.amazonaws.com/my.reports"),
    ),
}
