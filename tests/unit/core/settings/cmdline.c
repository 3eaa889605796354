#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool/model.h"
#include "core/settings/cmdline.h"
#include "core/settings/help.h"
#include "core/settings/location.h"
#include "core/pool/login.h"
#include "core/base/mem.h"
#include "core/settings/operands.h"

#define ARGS_MAX 16

/* Splits at blanks: "--assign alice" is argv {"extpool", "--assign", "alice"}; '_' is a blank in an
   argument and "''" an empty one. */
static int split(const char *words, char *argv[ARGS_MAX])
{
    int argc = 0;
    argv[argc++] = mem_strdup("extpool");
    for (const char *at = words + strspn(words, " "); *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        char *word = length == 2 && at[0] == '\'' ? mem_strdup("") : mem_strndup(at, length);
        for (char *c = word; *c; c++) {
            *c = *c == '_' ? ' ' : *c;
        }
        argv[argc++] = word;
        at += length;
    }
    argv[argc] = NULL;
    return argc;
}

static void free_args(int argc, char *argv[ARGS_MAX])
{
    for (int i = 0; i < argc; i++) {
        free(argv[i]);
    }
}

/* What was read: "action: operand operand; option=value". */
static void show(const struct command_line *line, struct buf *out)
{
    buf_printf(out, "%s:", action_info(line->action)->name);
    for (size_t i = 0; i < line->n_operands; i++) {
        buf_printf(out, " %s", line->operands[i]);
    }
    if (line->action == ACTION_HELP) {
        buf_printf(out, " [%s]", topic_name(line->topic));
    }
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        if (line->values[id]) {
            buf_printf(out, "; %s=%s", option_info(id)->name, line->values[id]);
        }
    }
}

/* What a command line is read as, or "WRONG " and the message. */
static void read_as(const char *words, struct buf *out)
{
    char *argv[ARGS_MAX];
    int argc = split(words, argv);
    struct command_line line;
    struct err err = ERR_INIT;
    if (command_line_parse(argc, argv, &line, &err) == ERR_OK) {
        show(&line, out);
    } else {
        assert_int_equal(err.code, ERR_USAGE);
        buf_printf(out, "WRONG %s", err.text);
        if (err.hint[0] != '\0') {
            buf_printf(out, " | %s", err.hint);
        }
    }
    command_line_release(&line);
    free_args(argc, argv);
}

static void check(const char *words, const char *expected)
{
    struct buf out;
    buf_init(&out, 4096);
    read_as(words, &out);
    assert_string_equal(out.data, expected);
    buf_release(&out);
}

static void check_same(const char *words, const char *other)
{
    struct buf expected;
    buf_init(&expected, 4096);
    read_as(words, &expected);
    check(other, expected.data);
    buf_release(&expected);
}

/* ---- what is right ------------------------------------------------------------------------- */

static void test_actions(void **state)
{
    (void)state;
    check("", ":");
    check("--demo", "demo:");
    check("--init", "init:");
    check("--sync", "sync:");
    check("--assign alice bob=2041", "assign: alice bob=2041");
    check("--assign=alice=2041", "assign: alice=2041");
    check("--assign alice --assign bob", "assign: alice bob");
    check("--list free", "list: free");
    check("--lookup 2041", "lookup: 2041");
    check("--export", "export:");
    check("--export out.csv", "export: out.csv");
    check("--export -", "export: -");
    check("--import rows.csv", "import: rows.csv");
    check("--history 5", "history: 5");
    check("--undo", "undo:");
    check("--undo 20261122T203201123Z-k3f9q2", "undo: 20261122T203201123Z-k3f9q2");
    check("--doctor --fix", "doctor:; fix=yes");
    check("--completion bash", "completion: bash");
}

static void test_operands_stand_anywhere(void **state)
{
    (void)state;
    check("--assign alice --json bob -y carol", "assign: alice bob carol; json=yes; yes=yes");
    check("alice --assign", "assign: alice");
    check("--release -- -x --y", "release: -x --y");
    check("--pin=alice=night_desk", "pin: alice=night desk");
}

/* Every action has its word. */
static void test_words(void **state)
{
    (void)state;
    for (enum action action = ACTION_DEMO; action < ACTION_COUNT; action++) {
        const struct action_info *info = action_info(action);
        const char *operand = info->min > 0 ? " it" : "";
        char *dashed = mem_printf("--%s%s --json", info->name, operand);
        char *worded = mem_printf("--json %s%s", info->name, operand);
        check_same(dashed, worded);
        free(dashed);
        free(worded);
    }
    check("sync", "sync:");
    check("list agents", "list: agents");
    check("lookup 0042", "lookup: 0042");
    check("assign alice=0042 bob", "assign: alice=0042 bob");
    check("history --limit 5", "history:; limit=5");
    check("--context prod sync", "sync:; context=prod");
    check("help", "help: [overview]");
    check("help sync", "help: sync [sync]");
    check("sync --help", "help: [sync]");
    check("help sync json", "WRONG --help takes [TOPIC]; \"json\" is one too many");
    check("version", "version:");
    check("version --help", "help: [overview]");
}

/* Only the first operand is one, and only if no action stands before it. */
static void test_words_that_are_operands(void **state)
{
    (void)state;
    check("--assign sync", "assign: sync");
    check("assign sync", "assign: sync");
    check("release sync assign", "release: sync assign");
    check("alice --assign sync", "assign: alice sync");
    check("--release -- sync", "release: sync");
    check("--help sync", "help: sync [sync]");
    check("-- sync", "WRONG there is no action \"sync\" | Did you mean extpool sync?");
}

static void test_words_that_are_wrong(void **state)
{
    (void)state;
    check("synk", "WRONG there is no action \"synk\" | Did you mean extpool sync?");
    check("asign alice", "WRONG there is no action \"asign\" | Did you mean extpool assign?");
    check("dryrun", "WRONG there is no action \"dryrun\" | Did you mean extpool --dry-run?");
    check("alice sync", "WRONG there is no action \"alice\" | extpool --help lists the actions");
    check("SYNC", "WRONG there is no action \"SYNC\" | Did you mean extpool sync?");
    check("sync --export", "WRONG --sync and --export are two actions | One run does one thing; "
                           "leave one of them out");
    check("sync agents.csv", "WRONG --sync takes no argument; \"agents.csv\" is one too many");
    check("list", "WRONG --list needs an argument: --list agents|extensions|free");
}

static void test_options(void **state)
{
    (void)state;
    check("--sync --dry-run --exit-code --max-release 25%",
          "sync:; max-release=25%; dry-run=yes; exit-code=yes");
    check("--sync -nqv --store=dynamodb:t --region eu-west-2",
          "sync:; store=dynamodb:t; region=eu-west-2; dry-run=yes; quiet=yes; verbose=yes");
    check("--status -c prod", "status:; context=prod");
    check("--status -cprod", "status:; context=prod");
    check("--status --store a --store b", "status:; store=b");
    check("--read-only --ascii", ":; read-only=yes; ascii=yes");
    check("--sync --max-release -1", "sync:; max-release=-1");
    check("--release a --max-release 6", "release: a; max-release=6");
}

static void test_help_and_version(void **state)
{
    (void)state;
    check("--help", "help: [overview]");
    check("-h", "help: [overview]");
    check("--help sync", "help: sync [sync]");
    check("--help=config", "help: config [config]");
    check("--help reassign", "help: reassign [edit]");
    check("--sync --help", "help: [sync]");
    check("--assign alice -h", "help: alice [edit]");
    check("--sync --no-export --fix --help", "help: [sync]; no-export=yes; fix=yes");
    check("--version", "version:");
    check("-V", "version:");
    check("--version --help", "help: [overview]");
    check("--help sinc",
          "WRONG there is no help topic \"sinc\" | Did you mean extpool --help sync?");
    check("--help weather",
          "WRONG there is no help topic \"weather\" | extpool --help lists the topics");
}

/* ---- what is wrong ------------------------------------------------------------------------- */

static void test_unknown_options(void **state)
{
    (void)state;
    check("--syn", "WRONG unknown option --syn | Did you mean --sync?");
    check("--sinc", "WRONG unknown option --sinc | Did you mean --since?");
    check("--sync --dryrun", "WRONG unknown option --dryrun | Did you mean --dry-run?");
    check("--sync --dry", "WRONG unknown option --dry | Did you mean --dry-run?");
    check("--sync --max-rel 5", "WRONG unknown option --max-rel | Did you mean --max-release?");
    check("--sync --jsn=x", "WRONG unknown option --jsn=x | Did you mean --json?");
    check("--assing alice", "WRONG unknown option --assing | Did you mean --assign?");
    check("--re", "WRONG unknown option --re | extpool --help lists the actions; a login that "
                  "begins with '-' goes after \"--\"");
    check("--frobnicate", "WRONG unknown option --frobnicate | extpool --help lists the actions; a "
                          "login that begins with '-' goes after \"--\"");
    check("--sync -x", "WRONG unknown option -x | extpool --help lists the actions; a login that "
                       "begins with '-' goes after \"--\"");
    check("--sync -nx", "WRONG unknown option -x in -nx | extpool --help lists the actions; a "
                        "login that begins with '-' goes after \"--\"");
}

static void test_values(void **state)
{
    (void)state;
    check("--sync --store", "WRONG --store needs a value: --store URI");
    check("--status -c", "WRONG --context needs a value: --context NAME");
    check("--sync --store ''", "WRONG --store is empty; it needs a value: --store URI");
    check("--sync --json=yes", "WRONG --json takes no value, but \"--json=yes\" has one");
    check("--sync=all", "WRONG --sync takes no value, but \"--sync=all\" has one");
}

static void test_actions_that_do_not_go_together(void **state)
{
    (void)state;
    check("--sync --export", "WRONG --sync and --export are two actions | One run does one thing; "
                             "leave one of them out");
    check(
        "--demo --sync",
        "WRONG --demo and --sync are two actions | One run does one thing; leave one of them out");
}

static void test_operands_that_are_missing_or_too_many(void **state)
{
    (void)state;
    check("--assign", "WRONG --assign needs an argument: --assign AGENT[=EXT]...");
    check("--list", "WRONG --list needs an argument: --list agents|extensions|free");
    check("--lookup a b", "WRONG --lookup takes AGENT|EXT; \"b\" is one too many");
    check("--sync agents.csv", "WRONG --sync takes no argument; \"agents.csv\" is one too many");
    check("agents.csv",
          "WRONG there is no action \"agents.csv\" | extpool --help lists the actions");
}

static void test_options_without_their_action(void **state)
{
    (void)state;
    check("--status --fix", "WRONG --fix does not go with --status | It belongs to --doctor");
    check("--list free --dry-run", "WRONG --dry-run does not go with --list | It belongs to "
                                   "--init, --sync and others: extpool --help sync");
    check("--export --no-export",
          "WRONG --no-export does not go with --export | It belongs to --sync");
    check("--list agents --max-release 5",
          "WRONG --max-release does not go with --list | It belongs to --demo, --sync and "
          "others: extpool --help policy");
    check("--json", "WRONG --json does nothing without an action | It belongs to --init, --sync "
                    "and others: extpool --help output");
    check("--sync --theme mono", "WRONG --theme does not go with --sync | It belongs to the "
                                 "console, which opens without an action: extpool --help console");
    check("--demo --store x",
          "WRONG --store does not go with --demo | It belongs to --init, --sync and others: "
          "extpool --help stores");
    check("--sync --exit-code", "WRONG --exit-code needs --dry-run | --dry-run --exit-code exits "
                                "with 2 if changes are pending");
    check("--doctor --dry-run",
          "WRONG --doctor writes nothing without --fix | --doctor alone only looks; --doctor "
          "--fix --dry-run shows the repair");
}

/* ---- operands ------------------------------------------------------------------------------ */

static void check_operand(enum action action, const char *operand, const char *expected)
{
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    const struct operands operands = {.action = action, .texts = &operand, .n = 1, .width = 4};
    struct request_list requests = {NULL, 0};
    char *got;
    if (operands_parse(&operands, &arena, &requests, &err) == ERR_OK) {
        const struct request *request = requests.items;
        assert_int_equal(requests.n, 1);
        got = mem_printf("%s%s agent=%s other=%s ext=%s note=%s", change_kind_name(request->kind),
                         request->swap ? " swap" : "", request->agent ? request->agent : "-",
                         request->other ? request->other : "-", request->ext ? request->ext : "-",
                         request->note ? request->note : "-");
        assert_int_equal(request->line, 0);
    } else {
        assert_int_equal(err.code, ERR_USAGE);
        got = mem_printf("WRONG %s%s%s", err.text, err.hint[0] ? " | " : "", err.hint);
    }
    assert_string_equal(got, expected);
    free(got);
    arena_release(&arena);
}

static void test_agent_and_extension(void **state)
{
    (void)state;
    check_operand(ACTION_ASSIGN, "alice", "assign agent=alice other=- ext=- note=-");
    check_operand(ACTION_ASSIGN, "alice=2041", "assign agent=alice other=- ext=2041 note=-");
    check_operand(ACTION_ASSIGN, "2041", "assign agent=2041 other=- ext=- note=-");
    check_operand(ACTION_ASSIGN, "a=b=", "assign agent=a=b other=- ext=- note=-");
    check_operand(ACTION_ASSIGN, "a=b=2041", "assign agent=a=b other=- ext=2041 note=-");
    check_operand(
        ACTION_ASSIGN, "alice=20x1",
        "WRONG --assign alice=20x1: \"20x1\" is not an extension; an extension is 4 digits | If "
        "the login contains an '=', write one more at its end: \"alice=20x1=\"");
    check_operand(ACTION_ASSIGN, "=2041", "WRONG --assign =2041: the login is empty");
    check_operand(ACTION_ASSIGN, " alice",
                  "WRONG --assign  alice: the login begins or ends with a blank");
    check_operand(ACTION_REASSIGN, "alice=2041", "reassign agent=alice other=- ext=2041 note=-");
    check_operand(ACTION_REASSIGN, "alice",
                  "WRONG --reassign alice: the extension is missing; write AGENT=EXT");
    check_operand(ACTION_REASSIGN,
                  "alice=", "WRONG --reassign alice=: the extension is missing; write AGENT=EXT");
}

static void test_agent_or_extension(void **state)
{
    (void)state;
    check_operand(ACTION_RELEASE, "alice", "release agent=alice other=- ext=- note=-");
    check_operand(ACTION_RELEASE, "2041", "release agent=- other=- ext=2041 note=-");
    check_operand(ACTION_RELEASE, "20415", "release agent=20415 other=- ext=- note=-");
    check_operand(ACTION_RELEASE, "2041=", "release agent=2041 other=- ext=- note=-");
    check_operand(ACTION_RELEASE, "=2041", "release agent=- other=- ext=2041 note=-");
    check_operand(ACTION_RELEASE, "a=b=", "release agent=a=b other=- ext=- note=-");
    check_operand(ACTION_RELEASE, "alice=2041",
                  "WRONG --release alice=2041: name an agent or an extension, not both | If the "
                  "login contains an '=', write one more at its end: \"alice=2041=\"");
    check_operand(ACTION_RELEASE, "=", "WRONG --release =: the login is empty");
    check_operand(ACTION_RELEASE, "", "WRONG --release : the login is empty");
    struct arena arena = ARENA_INIT;
    struct request lookup;
    assert_int_equal(operand_lookup("20411", 5, &arena, &lookup, NULL), ERR_OK);
    assert_string_equal(lookup.ext, "20411");
    assert_null(lookup.agent);
    assert_int_equal(operand_lookup("2041", 5, &arena, &lookup, NULL), ERR_OK);
    assert_string_equal(lookup.agent, "2041");
    arena_release(&arena);
}

static void test_two_agents(void **state)
{
    (void)state;
    check_operand(ACTION_SWAP, "alice=bob", "reassign swap agent=alice other=bob ext=- note=-");
    check_operand(ACTION_SWAP, "alice",
                  "WRONG --swap alice: two agents are needed; write AGENT=AGENT, with one '='");
    check_operand(ACTION_SWAP, "a=b=c",
                  "WRONG --swap a=b=c: two agents are needed; write AGENT=AGENT, with one '='");
    check_operand(ACTION_SWAP, "alice=alice", "WRONG --swap alice=alice: both agents are the same");
    check_operand(ACTION_SWAP, "alice=", "WRONG --swap alice=: the login is empty");
}

static void test_notes(void **state)
{
    (void)state;
    check_operand(ACTION_RESERVE, "2041", "reserve agent=- other=- ext=2041 note=-");
    check_operand(ACTION_RESERVE, "2041=a=b, c", "reserve agent=- other=- ext=2041 note=a=b, c");
    check_operand(ACTION_RESERVE, "2041=", "reserve agent=- other=- ext=2041 note=-");
    check_operand(ACTION_RESERVE, "desk",
                  "WRONG --reserve desk: \"desk\" is not an extension; an extension is 4 digits");
    check_operand(ACTION_UNRESERVE, "2041", "unreserve agent=- other=- ext=2041 note=-");
    check_operand(ACTION_UNRESERVE, "", "WRONG --unreserve : the extension is missing");
    check_operand(ACTION_PIN, "alice=the \xC3\xA9quipe",
                  "pin agent=alice other=- ext=- note=the \xC3\xA9quipe");
    check_operand(ACTION_PIN, "alice=\xFF", "WRONG --pin alice=<FF>: the note is not UTF-8");
    check_operand(ACTION_PIN, "alice=a\nb", "WRONG --pin alice=a^Jb: the note has a line break");
    check_operand(ACTION_UNPIN, "a=b", "unpin agent=a=b other=- ext=- note=-");
    check_operand(ACTION_EXEMPT, "kim=a=b", "exempt agent=kim other=- ext=- note=a=b");
    check_operand(ACTION_EXEMPT, "kim", "exempt agent=kim other=- ext=- note=-");
    check_operand(ACTION_UNEXEMPT, "kim", "unexempt agent=kim other=- ext=- note=-");
}

static void check_fallback(const char *operand, const char *agent, const char *target)
{
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    struct operands operands = {.action = ACTION_FALLBACK, .texts = &operand, .n = 1, .width = 4};
    struct request_list requests = {NULL, 0};
    assert_int_equal(operands_parse(&operands, &arena, &requests, &err), ERR_OK);
    assert_int_equal(requests.items[0].kind, CHANGE_SET);
    assert_string_equal(requests.items[0].agent, agent);
    assert_string_equal(requests.items[0].target, target);
    arena_release(&arena);
}

static void test_fallbacks(void **state)
{
    (void)state;
    check_fallback("alice=agent:bob", "alice", "agent:bob");
    check_fallback("alice=", "alice", "");
    check_fallback("a=b=", "a=b", "");
    check_fallback("a=b=agent:c=d", "a=b", "agent:c=d");
    check_fallback("2041=ext:2042", "2041", "ext:2042");
    check_operand(ACTION_FALLBACK, "alice",
                  "WRONG --fallback alice: which target? AGENT=TARGET, or AGENT= to take it away");
    check_operand(ACTION_FALLBACK, "alice=2041",
                  "WRONG --fallback alice=2041: \"2041\" is not a target | A target is queue:ARN, "
                  "phone:+441632960000, agent:LOGIN or ext:NNNN");
    check_operand(ACTION_FALLBACK, "alice=ext:20412",
                  "WRONG --fallback alice=ext:20412: \"20412\" is not an extension of 4 digits");
    check_operand(ACTION_FALLBACK, "=agent:bob", "WRONG --fallback =agent:bob: the login is empty");
}

static void test_ranges(void **state)
{
    (void)state;
    static const char *const given[] = {"2000", "0098-0101=fax", "7100-7100"};
    static const char *const expected[] = {"2000", "0098", "0099", "0100", "0101", "7100"};
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    struct operands operands = {.action = ACTION_RESERVE, .texts = given, .n = 3, .width = 4};
    struct request_list requests = {NULL, 0};
    assert_int_equal(operands_parse(&operands, &arena, &requests, &err), ERR_OK);
    assert_int_equal(requests.n, 6);
    for (size_t i = 0; i < requests.n; i++) {
        assert_string_equal(requests.items[i].ext, expected[i]);
        assert_int_equal(requests.items[i].kind, CHANGE_RESERVE);
        if (i >= 1 && i <= 4) {
            assert_string_equal(requests.items[i].note, "fax");
        } else {
            assert_null(requests.items[i].note);
        }
    }
    arena_release(&arena);
    check_operand(ACTION_UNRESERVE, "0020-0020", "unreserve agent=- other=- ext=0020 note=-");
    static const char order[] = "a range has two extensions of 4 digits, the lower one first";
    static const char *const wrong[] = {"20-29", "0029-0020", "0020-00029", "00020-0029"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *text = mem_printf("WRONG --reserve %s: %s", wrong[i], order);
        check_operand(ACTION_RESERVE, wrong[i], text);
        free(text);
    }
    check_operand(ACTION_RELEASE, "0020-0029", "release agent=0020-0029 other=- ext=- note=-");
    check_operand(ACTION_RESERVE, "0020-",
                  "WRONG --reserve 0020-: \"0020-\" is not an extension; an extension is 4 digits");
}

static void test_what_a_login_may_be(void **state)
{
    (void)state;
    char long_one[LOGIN_MAX + 2];
    memset(long_one, 'x', sizeof long_one);
    assert_null(login_fault(long_one, LOGIN_MAX));
    assert_string_equal(login_fault(long_one, LOGIN_MAX + 1), "is longer than 128 bytes");
    assert_string_equal(login_fault("", 0), "is empty");
    assert_string_equal(login_fault("a\t", 2), "begins or ends with a blank");
    assert_string_equal(login_fault("a\0b", 3), "holds a NUL byte");
    assert_string_equal(login_fault("\xC0\xAF", 2), "is not UTF-8");
    assert_null(login_fault("a b", 3));
    assert_string_equal(login_fault("a\x1b[2J", 5), "holds an escape sequence");
    assert_string_equal(login_fault("a\xC2\x9B"
                                    "2J",
                                    5),
                        "holds an escape sequence");
    assert_string_equal(login_fault("a\tb", 3), "holds a TAB");
    assert_string_equal(login_fault("a\rb", 3), "has a line break");
    assert_string_equal(login_fault("a\xC2\x85"
                                    "b",
                                    4),
                        "has a line break");
    assert_string_equal(login_fault("a\xE2\x80\xA8"
                                    "b",
                                    5),
                        "has a line break");
    assert_string_equal(login_fault("a\x7F", 2), "holds a control character");
    assert_string_equal(login_fault("a\xC2\xA0", 3), "begins or ends with a blank");
    assert_string_equal(login_fault("\xE3\x80\x80"
                                    "a",
                                    4),
                        "begins or ends with a blank");
    assert_string_equal(login_fault("a\xE2\x80\x8B", 4), "begins or ends with a blank");
    assert_string_equal(login_fault("\xEF\xBB\xBF"
                                    "a",
                                    4),
                        "begins or ends with a blank");
    assert_null(login_fault("a\xE2\x80\x8D"
                            "b",
                            5));
    char note[NOTE_MAX + 1];
    memset(note, 'x', sizeof note);
    assert_null(note_fault(note, NOTE_MAX));
    assert_string_equal(note_fault(note, NOTE_MAX + 1), "is longer than 256 bytes");
    assert_null(note_fault("", 0));
    assert_null(note_fault(" desk 4 ", 8));
    assert_string_equal(note_fault("a\x1b[2J", 5), "holds an escape sequence");
    assert_string_equal(note_fault("a\xC2\x90", 3), "holds a control character");
    assert_string_equal(note_fault("a\xE2\x80\xA9"
                                   "b",
                                   5),
                        "has a line break");
}

/* ---- places -------------------------------------------------------------------------------- */

static void check_place(enum port_kind port, const char *text, const char *expected)
{
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    struct location_base base = {.home = "/home/kim", .folder = "/etc/cc"};
    const char *uri = NULL;
    const struct location_text from = {port, text, &base};
    if (location_normalise(&from, &arena, &uri, &err) != ERR_OK) {
        assert_int_equal(err.code, ERR_USAGE);
        uri = arena_printf(&arena, "WRONG %s | %s", err.text, err.hint);
    }
    assert_string_equal(uri, expected);
    arena_release(&arena);
}

static void test_places(void **state)
{
    (void)state;
    check_place(PORT_DIRECTORY, "file:/srv/a.csv", "file:/srv/a.csv");
    check_place(PORT_DIRECTORY, "a.csv", "file:/etc/cc/a.csv");
    check_place(PORT_DIRECTORY, "~/a.csv", "file:/home/kim/a.csv");
    check_place(PORT_DIRECTORY, "file:~/a.csv", "file:/home/kim/a.csv");
    check_place(PORT_DIRECTORY, "file:///srv/a.csv", "file:/srv/a.csv");
    check_place(PORT_DIRECTORY, "-", "file:-");
    check_place(PORT_DIRECTORY, "./x:y.csv", "file:/etc/cc/./x:y.csv");
    check_place(PORT_DIRECTORY, "connect:arn:aws:connect:x", "connect:arn:aws:connect:x");
    check_place(PORT_DIRECTORY, "demo:", "demo:");
    check_place(PORT_STORE, "ext.db", "sqlite:/etc/cc/ext.db");
    check_place(PORT_STORE, "sqlite:/x", "sqlite:/x");
    check_place(PORT_STORE, "dynamodb:t", "dynamodb:t");
    check_place(PORT_EXPORT, "s3://b/k", "s3://b/k");
    check_place(PORT_EXPORT, "/srv/o.csv", "file:/srv/o.csv");
    assert_string_equal(location_rest("s3://b/k", "s3"), "//b/k");
    assert_null(location_rest("s3://b/k", "s"));
    assert_null(location_rest("file:x", "s3"));
}

static void test_places_that_are_none(void **state)
{
    (void)state;
    check_place(PORT_STORE, "dynamo:t",
                "WRONG \"dynamo:t\": a store cannot begin with \"dynamo:\" | Did you mean "
                "\"dynamodb:\"? A store is sqlite:PATH or dynamodb:TABLE");
    check_place(PORT_STORE, "file:x",
                "WRONG \"file:x\": a store cannot begin with \"file:\" | A store is sqlite:PATH or "
                "dynamodb:TABLE. Write a path that contains ':' as sqlite:PATH");
    check_place(PORT_DIRECTORY, "",
                "WRONG the directory is empty | A directory is file:PATH or "
                "connect:INSTANCE");
    check_place(PORT_DIRECTORY, "connect:",
                "WRONG \"connect:\": nothing follows \"connect:\" | A directory is file:PATH or "
                "connect:INSTANCE");
    check_place(PORT_EXPORT, "file://host/x",
                "WRONG \"file://host/x\": a file on another host cannot be opened | Use one slash "
                "or three: file:/srv/agents.csv or file:///srv/agents.csv");
}

/* ---- help ---------------------------------------------------------------------------------- */

static void test_a_topic_is_one_screen(void **state)
{
    (void)state;
    for (enum topic topic = 0; topic < TOPIC_COUNT; topic++) {
        struct buf out;
        size_t lines = 0;
        buf_init(&out, 1 << 16);
        help_topic(topic, &out);
        assert_false(buf_failed(&out));
        for (const char *at = out.data; *at; lines++) {
            size_t width = strcspn(at, "\n");
            if (width > 80) {
                print_error("%s: %.*s\n", topic_name(topic), (int)width, at);
            }
            assert_true(width <= 80);
            assert_int_equal(at[width], '\n');
            at += width + 1;
        }
        if (lines > 23) {
            print_error("%s has %zu lines\n", topic_name(topic), lines);
        }
        assert_true(lines <= 23); /* and the prompt */
        buf_release(&out);
    }
}

/* Nothing that can be said is left out of the help. */
static void test_help_has_every_name(void **state)
{
    (void)state;
    struct buf all;
    buf_init(&all, 1 << 18);
    for (enum topic topic = TOPIC_SYNC; topic < TOPIC_COUNT; topic++) {
        help_topic(topic, &all);
    }
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info(id);
        char *name =
            info->name ? mem_printf("--%s ", info->name) : mem_printf("  %s = ", info->key);
        assert_non_null(info->help);
        assert_non_null(strstr(all.data, name));
        free(name);
    }
    struct buf overview;
    buf_init(&overview, 1 << 16);
    help_topic(TOPIC_OVERVIEW, &overview);
    for (enum action action = ACTION_DEMO; action < ACTION_HELP; action++) {
        char *option = mem_printf(" --%s", action_info(action)->name);
        char *word = mem_printf(" %s", action_info(action)->name);
        const char *also = strstr(overview.data, "  Also:");
        assert_true(strstr(overview.data, option) || strstr(also, word));
        free(option);
        free(word);
    }
    buf_release(&overview);
    buf_release(&all);
}

/* Each shell has a script, and it asks the program. */
static void test_the_completion_scripts(void **state)
{
    (void)state;
    for (const char *const *shell = action_words(ACTION_COMPLETION); *shell; shell++) {
        struct buf out;
        char *call = mem_printf(" --complete %s -- ", *shell);
        buf_init(&out, 1 << 16);
        assert_true(help_completion(*shell, &out));
        assert_non_null(strstr(out.data, call));
        buf_release(&out);
        free(call);
    }
    assert_false(help_completion("tcsh", NULL));
}

/* The manual page has every variable that an option is read from. */
static void test_the_manual_has_every_variable(void **state)
{
    (void)state;
    struct buf man;
    buf_init(&man, 1 << 18);
    help_man(&man);
    const char *environment = strstr(man.data, ".SH ENVIRONMENT");
    assert_non_null(environment);
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        if (option_info(id)->env) {
            assert_non_null(strstr(environment, option_info(id)->env));
        }
    }
    static const char *const others[] = {"EXTPOOL_STALL_TIMEOUT", "XDG_CONFIG_HOME", "SUDO_USER",
                                         "AWS_DEFAULT_REGION",    "NO_COLOR",        "TMPDIR"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_non_null(strstr(environment, others[i]));
    }
    /* What the old program's variables hold is a name, not one of our URIs. */
    const char *table = strstr(environment, "AWS_TABLE");
    assert_null(strstr(environment, "sqlite:PATH"));
    assert_non_null(strstr(table, "DynamoDB table"));
    buf_release(&man);
}

/* A name that is there is its own nearest; two names never stand for two things. */
static void test_names_are_distinct(void **state)
{
    (void)state;
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info(id);
        if (info->name) {
            assert_int_equal(option_by_name(info->name), id);
            assert_string_equal(option_nearest(info->name), info->name);
        }
        if (info->key) {
            const char *there = info->section_key ? info->section_key : info->key;
            assert_int_equal(option_by_key(info->section, there), id);
            assert_int_equal(option_by_key(SECTION_CONTEXT, info->key),
                             info->not_in_context ? OPT_COUNT : id);
        }
        for (enum option_id other = 0; other < id; other++) {
            assert_true(!info->letter || info->letter != option_info(other)->letter);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_actions),
        cmocka_unit_test(test_operands_stand_anywhere),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_words_that_are_operands),
        cmocka_unit_test(test_words_that_are_wrong),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_help_and_version),
        cmocka_unit_test(test_unknown_options),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_actions_that_do_not_go_together),
        cmocka_unit_test(test_operands_that_are_missing_or_too_many),
        cmocka_unit_test(test_options_without_their_action),
        cmocka_unit_test(test_agent_and_extension),
        cmocka_unit_test(test_agent_or_extension),
        cmocka_unit_test(test_two_agents),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_what_a_login_may_be),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_places_that_are_none),
        cmocka_unit_test(test_a_topic_is_one_screen),
        cmocka_unit_test(test_help_has_every_name),
        cmocka_unit_test(test_the_completion_scripts),
        cmocka_unit_test(test_the_manual_has_every_variable),
        cmocka_unit_test(test_names_are_distinct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
