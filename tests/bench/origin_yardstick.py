#!/usr/bin/python3
"""The old program as a command: one sync with boto3, everything from the environment it always had.

It is what extpool is measured against. As the original it reads users ten at a time, asks the
table about each of them, and gives a number with a delete and a put. Only the reading of a second
page of assigned agents, which made the original raise, works here, as there would be nothing to
measure otherwise.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import boto3  # noqa: E402

from support.lambda_origin import Origin  # noqa: E402


def main() -> int:
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ["AWS_REGION"]

    def named(kind, service):
        # boto3 as Debian has it knows no AWS_ENDPOINT_URL
        return getattr(boto3, kind)(service, region_name=region, endpoint_url=endpoint)

    bucket = os.environ.get("AWS_EXPORT_BUCKET")
    origin = Origin(
        named("client", "connect"),
        named("resource", "dynamodb").Table(os.environ["AWS_TABLE"]),
        named("client", "s3") if bucket else None,
        instance_id=os.environ["AWS_CONNECT_INSTANCEID"].rpartition("/")[2],
        bucket=bucket,
    )
    origin.sync(survive_defect_7=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
