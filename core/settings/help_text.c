#include "core/settings/help.h"

#include "core/base/banned.h"

/* What the tables cannot say: below them on each screen of --help, 80 columns wide. */
static const char *const s_texts[TOPIC_COUNT] = {
    [TOPIC_SYNC] =
        "\n"
        "A sync reads the directory and the store and makes a plan. It applies each\n"
        "change only if what the plan saw is still there, and then publishes the export.\n"
        "An agent who comes back gets their former extension if it is free. All others\n"
        "get the lowest free one, or a cooling one if nothing else is left.\n"
        "\n"
        "Guards: a directory that failed, stopped half way or is empty releases nobody.\n"
        "A sync is refused (exit 4) if more than 10% of the holders and more than 5\n"
        "people, or all of two or more, would lose or change their number. --max-release\n"
        "N or N% allows it; --yes does not. The same holds for repairs and for their\n"
        "undo. The second number of an agent who keeps one does not count.\n"
        "\n"
        "  extpool --directory file:agents.csv --sync --dry-run\n"
        "  extpool --sync --max-release 25%\n",
    [TOPIC_EDIT] =
        "\n"
        "AGENT is a login as the directory spells it. EXT is digits with leading zeros.\n"
        "If either is possible, digits of an extension's length are an extension: write\n"
        "2041= for the agent 2041, =2041 for the extension. If a login contains an '=',\n"
        "write one more at its end: a=b= is the agent a=b. All operands become one plan;\n"
        "if one is wrong, nothing is done. More than 5 people who lose or change their\n"
        "number need --max-release N. TARGET is queue:ARN, phone:+441632960000,\n"
        "agent:LOGIN or ext:NNNN. T is a day, a moment in RFC 3339, or 30d (from now).\n"
        "\n"
        "  extpool --assign alice bob=2042\n"
        "  extpool --reserve '2000=night desk' --target agent:alice --until 2026-12-24\n",
    [TOPIC_SHOW] =
        "\n"
        "An extension is free, cooling (released lately), assigned, reserved or blocked\n"
        "(never assigned). An agent is assigned, new (has no extension yet) or stale\n"
        "(left the directory and still has one). --history 0042 shows what was done to\n"
        "one extension; --history --limit 0 shows all actions.\n"
        "\n"
        "  extpool --lookup alice\n"
        "  extpool --list free --json | jq -r '.[0].extension'\n",
    [TOPIC_FILES] =
        "\n"
        "DEST is a path, " LOCATION_EXPORT_FORMS ", or - for standard output.\n"
        "An import has the columns user (or agent) and extension. It can have action\n"
        "(assign release reassign reserve unreserve pin unpin) and note. If a row is\n"
        "invalid, nothing is written, and every invalid row is named by its line. If\n"
        "more than 5 people lose or change their number, --max-release N is needed. An\n"
        "export can be imported.\n"
        "\n"
        "A directory file is a CSV with the column user login, username or user (such as\n"
        "Amazon Connect's bulk-upload template), or the JSON of aws connect list-users\n"
        "or search-users; - is standard input. Exports of Okta, Entra, Active Directory\n"
        "and Google work, too. login_column = NAME names another column. active_column =\n"
        "Status (or Enabled, Suspended, userAccountControl, ...) leaves out who is\n"
        "disabled there; active_column = Status = ACTIVE, On leave keeps only those two;\n"
        "active_column = none ignores such a column.\n"
        "\n"
        "  aws connect search-users --instance-id ID | extpool --directory - --sync\n",
    [TOPIC_REPAIR] =
        "\n"
        "--init can be repeated safely. --doctor reads everything with strong\n"
        "consistency. It exits with 2 if it finds something: free numbers that the index\n"
        "cannot see, an extension that is free and assigned, an agent with two, a claim\n"
        "without extension, missing numbers of the ranges, assigned ones outside of\n"
        "them, items that a contact flow cannot take because not all of them is text,\n"
        "what was stamped while a clock was wrong, and audit records older than\n"
        "audit_keep.\n"
        "\n"
        "--undo reverses the last action, or the one whose id --history shows. What was\n"
        "changed since then stays as it is, and is reported.\n"
        "\n"
        "  extpool --doctor --fix --dry-run\n"
        "  extpool --undo 20261122T203201123Z-k3f9q2\n",
    [TOPIC_STORES] =
        "\n"
        "By default the store is sqlite:$XDG_DATA_HOME/extpool/[CONTEXT/]extpool.db, and\n"
        "the export is file:.../agent_extensions.csv beside it. With connect: or s3: you\n"
        "have to name the store. If an sqlite: store is missing, --init, --sync and\n"
        "--import make it and say so; every other action ends with an error. A path\n"
        "alone means file:PATH or sqlite:PATH. INSTANCE is an id or an ARN. Options\n"
        "without -- are set in the file.\n",
    [TOPIC_CONFIG] =
        "\n"
        "The first of these that has a value counts: the command line, [context NAME],\n"
        "the other sections, the environment (EXTPOOL_KEY for each key, as\n"
        "EXTPOOL_COOLDOWN; AWS_CONNECT_INSTANCEID AWS_TABLE AWS_EXPORT_BUCKET\n"
        "AWS_REGION), the default.\n"
        "\n"
        "  [defaults]                    for all contexts\n"
        "  context = prod                used if --context and EXTPOOL_CONTEXT name none\n"
        "  [context prod]\n"
        "  directory = connect:arn:aws:connect:eu-west-2:111122223333:instance/...\n"
        "  store = dynamodb:cc-ext\n"
        "  export = s3://cc-reports\n"
        "  cooldown = 14d                keys of [policy] and [console], too\n"
        "  [policy]                      --help policy\n"
        "  [theme]  [keys]  [console]    --help console\n"
        "\n"
        "--status -v shows where each value comes from.\n",
    [TOPIC_POLICY] = "\n"
                     "Set these in [policy] or in a context:\n"
                     "\n"
                     "  [policy]\n"
                     "  width = 4\n"
                     "  ranges = 2000-2999, 7100-7199, 8000\n"
                     "  blocked = 911 112 999 000\n"
                     "  cooldown = 7d\n"
                     "  max_release = 10%\n"
                     "\n"
                     "--export and --sync do not replace a list (exit 4) that this store did not\n"
                     "publish, if more than 10% and more than 5 of its people would get another\n"
                     "number or disappear. Only --export --max-release N allows it.\n",
    [TOPIC_CONSOLE] = "\n"
                      "The same in the file. Keys are set by the names that ':' completes:\n"
                      "\n"
                      "  [theme]\n"
                      "  name = mono\n"
                      "  [console]\n"
                      "  refresh = 60s\n"
                      "  [keys]\n"
                      "  sync = S\n"
                      "\n"
                      "NO_COLOR is respected. Press ? in the console to see what can be done.\n",
    [TOPIC_OUTPUT] =
        "\n"
        "Results go to standard output, everything else to standard error. If that is a\n"
        "terminal, it shows a progress bar. Colours need a terminal and no NO_COLOR.\n"
        "With --json an error is {\"error\":{\"code\",\"message\",\"hint\"},\"exit\"}.\n",
    [TOPIC_EXIT] = "\n"
                   "    0  done, or nothing to do\n"
                   "    1  failed\n"
                   "    2  --dry-run --exit-code: changes are pending;\n"
                   "       --doctor: problems were found and not repaired\n"
                   "    3  partly applied: conflicts, failures and changes in doubt after a\n"
                   "       stop are listed; or all is applied, but the list is not published\n"
                   "    4  refused by a guard, wholly or in part\n"
                   "    5  the pool is exhausted: some agents have no extension\n"
                   "    6  credentials are missing, expired or refused\n"
                   "   64  wrong usage, or a mistake in the configuration\n"
                   "  130  nothing was written: stopped by Ctrl-C or a signal, or a question\n"
                   "       was answered with no\n",
};

const char *help_text(enum topic topic)
{
    return s_texts[topic] ? s_texts[topic] : "";
}
