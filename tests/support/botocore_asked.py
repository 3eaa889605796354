"""Asks botocore where it would go: python3 botocore_asked.py < cases > answers.

A program of its own, because it may run under another interpreter, one with a newer botocore. Each
line it reads is {"profile", "bucket", "cwd", "environment"}; to each it answers with one line
when the requests of that case have been made, and goes on when it is given the next. The first line
it writes is its version.
"""

import json
import os
import sys

import botocore
import botocore.config
import botocore.credentials
import botocore.loaders
import botocore.session
import botocore.tokens

LOADER = botocore.loaders.create_loader()
CALLS = {
    "sts": lambda client: client.get_caller_identity(),
    "dynamodb": lambda client: client.query(
        TableName="agents", KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "0042"}},
    ),
    "connect": lambda client: client.list_users(InstanceId="11111111-2222-3333-4444-555555555555"),
}


def ask(profile, bucket):
    session = botocore.session.Session(profile=profile)
    session.register_component("data_loader", LOADER)
    calls = dict(CALLS, s3=lambda client: client.put_object(Bucket=bucket, Key="a", Body=b"x"))
    for service, call in calls.items():
        try:
            config = botocore.config.Config(
                retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5
            )
            call(session.create_client(service, config=config))
        except Exception as error:  # what it is does not matter: no request is the answer
            if os.environ.get("BOTOCORE_ASKED_SHOW"):
                print(service, type(error).__name__, error, file=sys.stderr)


def look_at_home():
    """Where tokens are kept is read from HOME when botocore is loaded."""
    cache = os.path.expanduser("~/.aws/sso/cache")
    botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR = cache
    botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR = cache


def main():
    print(botocore.__version__, flush=True)
    for line in sys.stdin:
        case = json.loads(line)
        os.environ.clear()
        os.environ.update(case["environment"])
        os.chdir(case["cwd"])
        look_at_home()
        try:
            ask(case["profile"], case["bucket"])
        except Exception as error:
            if os.environ.get("BOTOCORE_ASKED_SHOW"):
                print(type(error).__name__, error, file=sys.stderr)
        print("done", flush=True)


if __name__ == "__main__":
    main()
