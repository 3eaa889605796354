#!/usr/bin/env python3
"""Puts the contact flows of aws/deploy/flows into aws/deploy/template.yaml, each on one line.

    embed_flows.py            write the template
    embed_flows.py --check    exit 1 if the template does not hold the flows as they are
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
TEMPLATE = HERE / "template.yaml"
#: the name of the flow's resource, and the file that holds it
FLOWS = {"AgentQueueFlow": "agent-queue.json", "InboundFlow": "inbound.json"}


def embedded(template: str) -> str:
    for resource, file in FLOWS.items():
        flow = json.loads((HERE / "flows" / file).read_text())
        line = json.dumps(flow, separators=(",", ":"), ensure_ascii=False)
        place = re.compile(rf"(\n  {resource}:\n(?:    .*\n)+? +(?:- |Content: !Sub )>-\n +)(\S.*)\n")
        template, count = place.subn(lambda found: found.group(1) + line + "\n", template)
        if count != 1:
            sys.exit(f"{TEMPLATE.name}: there is no Content of {resource}")
    return template


def main() -> None:
    before = TEMPLATE.read_text()
    after = embedded(before)
    if "--check" in sys.argv[1:]:
        if before != after:
            sys.exit("template.yaml does not hold the flows as they are: make deploy-flows puts them in")
        return
    TEMPLATE.write_text(after)


if __name__ == "__main__":
    main()
