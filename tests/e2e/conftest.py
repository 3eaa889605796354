"""Fixtures of the end-to-end tests. They live in tests/support, a module for each part of the
program.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

# Nothing of the person who runs the tests may reach them.
for name in [
    name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")
]:
    del os.environ[name]
os.environ.update(
    AWS_CONFIG_FILE="/dev/null",
    AWS_SHARED_CREDENTIALS_FILE="/dev/null",
    AWS_EC2_METADATA_DISABLED="true",
)

from support.aws_fixtures import *  # noqa: E402,F401,F403
from support.console import (  # noqa: E402,F401
    _centre_template,
    bare_cloud,
    bare_place,
    centre,
    centre_at,
    cloud_centre,
    empty,
    place,
)


def pytest_runtest_logreport(report):
    """Writes down which tests failed, for the script that runs them."""
    if report.failed and os.environ.get("EXTPOOL_FAILED") and "PYTEST_XDIST_WORKER" not in os.environ:
        with open(os.environ["EXTPOOL_FAILED"], "a", encoding="utf-8") as failed:
            failed.write(report.nodeid + "\n")
