#include "core/settings/help.h"

#include "core/base/banned.h"

static const char *const s_texts[TOPIC_COUNT] = {
    [TOPIC_SYNC] =
        "\n"
        "A sync reads the directory and the store, makes a plan and applies it, each\n"
        "change on the condition that what the plan saw is still there; then it exports.\n"
        "Someone who comes back gets their former extension if it is free, others the\n"
        "lowest free one; a cooling one only when nothing else is left.\n"
        "\n"
        "Guards: a directory that failed, stopped half way or is empty releases nobody. A\n"
        "sync is refused (exit 4) if it takes or changes the numbers of more than 10% of\n"
        "the holders and more than 5 people, or of all of two or more. --max-release N or\n"
        "N% allows it, and --yes does not. Repairs, and the undo of either, are judged\n"
        "alike. A second number of an agent who keeps one does not count.\n"
        "\n"
        "  extpool --directory file:agents.csv --sync --dry-run\n"
        "  extpool --sync --max-release 25%\n",
    [TOPIC_EDIT] =
        "\n"
        "AGENT is a login as the directory spells it, EXT digits with leading zeros.\n"
        "Digits, as many as an extension has, are an extension where either may stand:\n"
        "2041= is the agent 2041, =2041 the extension. A login that holds an '=' gets one\n"
        "more at its end: a=b= is the agent a=b. All operands become one plan, or none.\n"
        "If it takes or changes the numbers of more than 5 people, --max-release N is\n"
        "needed, N being how many.\n"
        "\n"
        "  extpool --assign alice bob=2042\n"
        "  extpool --swap alice=bob --dry-run\n"
        "  extpool --reserve '2000=night desk'\n",
    [TOPIC_SHOW] =
        "\n"
        "States of an extension: free, cooling (given back lately), assigned, reserved,\n"
        "blocked (never handed out). Agents are assigned, new (no extension yet) or stale\n"
        "(they left the directory and still hold one). --history 0042 shows what\n"
        "was done to one extension, --history --limit 0 all actions.\n"
        "\n"
        "  extpool --lookup alice\n"
        "  extpool --list free --json | jq -r '.[0].extension'\n",
    [TOPIC_FILES] =
        "\n"
        "DEST is a path, " LOCATION_EXPORT_FORMS ", or - for standard output.\n"
        "An import has a header with user (or agent) and extension, and where wanted\n"
        "action (assign release reassign reserve unreserve pin unpin) and note. One\n"
        "invalid row, and nothing is written and every invalid row is named by its line.\n"
        "--max-release N is needed if more than 5 people lose or change their number.\n"
        "An export can be imported again.\n"
        "\n"
        "A directory file is a CSV whose header has user login, username or user (Amazon\n"
        "Connect's bulk-upload template is one), or the JSON that aws connect list-users\n"
        "and aws connect search-users print; - is standard input. Exports of Okta, Entra,\n"
        "Active Directory and Google work too. login_column = NAME names another column.\n"
        "active_column = Status (or Enabled, Suspended, userAccountControl, ...) leaves\n"
        "out who is disabled there, active_column = Status = ACTIVE, On leave everybody\n"
        "else; with active_column = none no such column is looked at or mentioned.\n"
        "\n"
        "  aws connect search-users --instance-id ID | extpool --directory - --sync\n",
    [TOPIC_REPAIR] =
        "\n"
        "--init is safe to repeat. --doctor reads everything with strong consistency and\n"
        "exits with 2 where it finds something: free numbers that the index cannot see,\n"
        "an extension free and assigned, an agent with two, claims without extension,\n"
        "numbers missing from the ranges, assigned ones outside of them, items that a\n"
        "contact flow cannot take because not all of them is text, what was stamped while\n"
        "a clock was wrong, and audit records older than audit_keep.\n"
        "\n"
        "--undo makes the inverse plan of the last action, or of the one that --history\n"
        "names; what moved on since stays as it is and is reported.\n"
        "\n"
        "  extpool --doctor --fix --dry-run\n"
        "  extpool --undo 20261122T203201123Z-k3f9q2\n",
    [TOPIC_STORES] =
        "\n"
        "By default the store is sqlite:$XDG_DATA_HOME/extpool/[CONTEXT/]extpool.db, and\n"
        "the export is file:.../agent_extensions.csv beside it. With connect: or s3: the\n"
        "store has to be named. --init, --sync and --import make an sqlite: store that\n"
        "is not there, and say so; for everything else it is not found. A path is the\n"
        "same as file:PATH or sqlite:PATH. INSTANCE is an id or an ARN. What has no -- is\n"
        "set in the file.\n",
    [TOPIC_CONFIG] =
        "\n"
        "First the command line, then [context NAME], the other sections, the environment\n"
        "(EXTPOOL_KEY for each key, such as EXTPOOL_COOLDOWN; AWS_CONNECT_INSTANCEID\n"
        "AWS_TABLE AWS_EXPORT_BUCKET AWS_REGION), the defaults.\n"
        "\n"
        "  [defaults]                    for all contexts\n"
        "  context = prod                unless --context or EXTPOOL_CONTEXT\n"
        "  [context prod]\n"
        "  directory = connect:arn:aws:connect:eu-west-2:111122223333:instance/...\n"
        "  store = dynamodb:cc-ext\n"
        "  export = s3://cc-reports\n"
        "  cooldown = 14d                keys of [policy] and [console] may stand here\n"
        "  [policy]                      --help policy\n"
        "  [theme]  [keys]  [console]    --help console\n"
        "\n"
        "--status -v says where each value comes from.\n",
    [TOPIC_POLICY] =
        "\n"
        "These stand in [policy], or in a context:\n"
        "\n"
        "  [policy]\n"
        "  width = 4\n"
        "  ranges = 2000-2999, 7100-7199, 8000\n"
        "  blocked = 911 112 999 000\n"
        "  cooldown = 7d\n"
        "  max_release = 10%\n"
        "\n"
        "--export and --sync leave a list alone (exit 4) that this store did not publish\n"
        "there, if more than 10% and more than 5 of its people would get another number\n"
        "or go. Only --export --max-release N allows it.\n",
    [TOPIC_CONSOLE] =
        "\n"
        "The same in the file, and the keys by the names that ':' completes:\n"
        "\n"
        "  [theme]\n"
        "  name = mono\n"
        "  [console]\n"
        "  refresh = 60s\n"
        "  [keys]\n"
        "  sync = S\n"
        "\n"
        "NO_COLOR is honoured. ? in the console shows what can be done and why not.\n",
    [TOPIC_OUTPUT] =
        "\n"
        "Results go to standard output, everything else to standard error; a progress\n"
        "bar shows where that is a terminal. Colours need a terminal and no NO_COLOR.\n"
        "With --json an error is {\"error\":{\"code\",\"message\",\"hint\"},\"exit\"}.\n",
    [TOPIC_EXIT] = "\n"
                   "    0  done, or nothing to do\n"
                   "    1  failed\n"
                   "    2  --dry-run --exit-code: changes are pending;\n"
                   "       --doctor: problems found and left\n"
                   "    3  partly applied: conflicts, failures, or what a stop left in doubt,\n"
                   "       listed; or all is applied and the list was not published\n"
                   "    4  refused by a guard, wholly or in part\n"
                   "    5  the pool ran out: some agents have no extension\n"
                   "    6  credentials missing, expired or refused\n"
                   "   64  wrong usage, or a mistake in the configuration\n"
                   "  130  nothing was written: stopped by Ctrl-C or a signal, or a question\n"
                   "       was answered with no\n",
};

const char *help_text(enum topic topic)
{
    return s_texts[topic] ? s_texts[topic] : "";
}
