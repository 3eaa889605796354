#!/bin/sh
# The sample contact centre. On a terminal: the console on it. Without one: the headless sync of
# 250 agents into a throw-away store, with status, plan, result and where the files lie.
set -eu
cd "$(dirname "$0")/.."
if [ -t 0 ] && [ -t 1 ] && [ "${TERM:-dumb}" != dumb ]; then
	exec ./extpool --demo
fi

folder=${DEMO_FOLDER:-build/demo}
rm -rf "$folder"
mkdir -p "$folder"
extpool() {
	./extpool --directory file:tests/data/sample/agents.csv --store "sqlite:$folder/extpool.db" \
		--export-to "file:$folder/agent_extensions.csv" "$@"
}

echo "== what would happen: extpool --sync --dry-run"
extpool --sync --dry-run | tail -3
echo
echo "== the plan and the result: extpool --sync"
extpool --sync
echo
echo "== after: extpool --status"
extpool --status
echo
echo "== once more: nothing is left to do"
extpool --sync
echo
echo "== who has what: extpool --list agents"
extpool --list agents | head -12
echo "..."
echo
echo "The files: $folder/extpool.db (store), $folder/agent_extensions.csv (export)"
