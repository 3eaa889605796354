"""What README promises: the policy is enough, the exit codes and topics are those of the program."""

import json
import re

from support.iam import Policy
from support.program import ROOT, Desk, program

README = (ROOT / "README.md").read_text(encoding="utf-8")


def policy_of(cloud, leave_out=()):
    """README's IAM policy for the places of this cloud."""
    text = re.search(r"```json\n(.*?)```", README, re.DOTALL).group(1)
    for name, value in (("REGION", cloud.region), ("ACCOUNT", "123456789012"),
                        ("INSTANCE", cloud.instance.id), ("TABLE", cloud.table),
                        ("BUCKET", cloud.bucket)):
        text = text.replace(name, value)
    document = json.loads(text)
    document["Statement"] = [s for s in document["Statement"] if s["Sid"] not in leave_out]
    return Policy(document)
