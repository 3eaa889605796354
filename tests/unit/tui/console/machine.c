/*
 * Random keys on the real views, over a store and a directory in files, without a terminal: whatever
 * is pressed, in bursts or one by one, beside somebody else who writes.
 *
 *     nothing is written that was not on the plan of the last frame
 *     only Enter writes
 *     Esc leads home, and nothing is written on the way
 *     what is gathered goes only by Enter in the basket, or by the keys that take it out
 *
 * EXTPOOL_SEQUENCES says how many sequences there are; each begins with a random number of its own.
 */

#include <locale.h>
#include <poll.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/mem.h"
#include "core/session/usecase.h"
#include "tests/unit/support/scratch.h"
#include "tui/console/command.h"
#include "tui/console/input.h"
#include "tui/console/open.h"
#include "tui/shell/gather.h"
#include "tui/shell/keep.h"
#include "tui/shell/shell.h"
#include "tui/shell/work.h"
#include "tui/view/main.h"

#define SEQUENCES 120
#define GESTURES 5
#define KEYS_KEPT 96

static struct scratch s_scratch;
static struct settings s_settings;
static struct console_options s_options;
static struct console *s_console;
static struct shell *s_shell;         /* of it */
static struct session *s_other;       /* somebody else at the same store */
static struct snapshot *s_truth;      /* what the store held when it was last looked at */
static struct buf s_frame;            /* the last frame, as text */
static char s_pressed[KEYS_KEPT * 8]; /* of this sequence, for the message */
static uint64_t s_random;
static size_t s_writes, s_strips, s_early, s_gathered;

static int64_t fixed_time(void *context)
{
    (void)context;
    return INT64_C(1795348800000);
}

static const struct clock s_clock = {.now_ms = fixed_time};

/* The same on every machine. */
static unsigned draw_lot(unsigned n)
{
    s_random = s_random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(s_random >> 33) % n;
}

/* ---- the store ------------------------------------------------------------------------------- */

static void look(void)
{
    struct err err = ERR_INIT;
    snapshot_unref(s_truth);
    s_truth = NULL;
    assert_int_equal(session_load(s_other, LOAD_NORMAL, NULL, &s_truth, &err), ERR_OK);
}

/* Somebody else gives, takes, moves or reserves at random; what is refused is no matter. */
static void write_beside(void)
{
    static const char *const logins[] = {"alice", "bob", "carol", "dave", "erin", "frank"};
    static const enum change_kind kinds[] = {CHANGE_ASSIGN,    CHANGE_RELEASE,   CHANGE_REASSIGN,
                                             CHANGE_UNRESERVE, CHANGE_UNRESERVE, CHANGE_UNPIN};
    struct usecase use;
    char ext[EXT_ROOM];
    snprintf(ext, sizeof ext, "%02u", draw_lot(14));
    struct request request = {.kind = kinds[draw_lot(6)], .agent = logins[draw_lot(6)], .ext = ext};
    if (request.kind == CHANGE_RELEASE || request.kind == CHANGE_UNPIN) {
        request.ext = NULL;
    } else if (request.kind == CHANGE_UNRESERVE) {
        request.agent = NULL;
    }
    usecase_init(&use, s_other, NULL);
    if (usecase_plan_edit(&use, "edit", &request, 1) == ERR_OK) {
        (void)!usecase_apply(&use);
    }
    usecase_release(&use);
    look();
}

/* ---- the screen -------------------------------------------------------------------------------- */

static void draw(void)
{
    struct caret caret = {-1, -1};
    struct stack *stack = &s_shell->stack;
    size_t lowest = stack->n_views - 1;
    canvas_clear(&s_console->canvas, STYLE_TEXT);
    stack->drawn = shell_top(s_shell);
    while (lowest > 0 && stack->views[lowest]->ops->overlay) {
        lowest--;
    }
    for (size_t i = lowest; i < stack->n_views; i++) {
        stack->views[i]->ops->draw(stack->views[i], s_shell, &s_console->canvas, &caret);
    }
    buf_release(&s_frame);
    buf_init(&s_frame, 1 << 20);
    canvas_dump(&s_console->canvas, &s_frame);
    s_early += strstr(s_frame.data, "Enter came before") != NULL;
}

/* Until everything that was started has ended. */
static void settle(void)
{
    while (worker_busy(s_shell->jobs.worker)) {
        struct pollfd fd = {.fd = worker_fd(s_shell->jobs.worker), .events = POLLIN};
        assert_int_equal(poll(&fd, 1, 20000), 1);
        worker_dispatch(s_shell->jobs.worker);
    }
    worker_dispatch(s_shell->jobs.worker);
}

/* ---- what must hold ------------------------------------------------------------------------------ */

/* Whether the text stands in the frame as part of a plan: in the line of a strip, or in a row of a plan
   that is not left out. */
static bool is_planned(const char *text)
{
    const char *line = s_frame.data;
    while (line && *line) {
        const char *end = strchr(line, '\n');
        bool plan = strncmp(line, " plan:", 6) == 0 ||
                    (strncmp(line + 1, "[x]", 3) == 0 && (*line == ' ' || *line == '>'));
        const char *found = plan ? strstr(line, text) : NULL;
        if (found && found < end) {
            return true;
        }
        line = end ? end + 1 : NULL;
    }
    return false;
}

static bool same(const struct slot *a, const struct slot *b)
{
    bool noted = (a->note && b->note) ? strcmp(a->note, b->note) == 0 : a->note == b->note;
    return a->state == b->state && noted &&
           (a->agent && b->agent ? strcmp(a->agent, b->agent) == 0 : a->agent == b->agent);
}

static void check_written(const struct snapshot *before)
{
    for (size_t i = 0; i < s_truth->n_slots; i++) {
        const struct slot *slot = &s_truth->slots[i];
        const struct slot *was = snapshot_find(before, slot->ext);
        if (was && same(slot, was)) {
            continue;
        }
        bool agent = slot->state == SLOT_ASSIGNED;
        /* Only a sync gives somebody the next number if the one on its plan is gone by then. */
        bool ext = is_planned(slot->ext) || strstr(s_frame.data, "PLAN sync");
        if (!ext || (agent && !is_planned(slot->agent))) {
            fail_msg("%s was written and was not on the plan; keys%s\n%s", slot->ext, s_pressed,
                     s_frame.data);
        }
    }
}

/* The keys that may make the basket smaller. What somebody else did already leaves it with new data. */
static bool takes_out(uint32_t key, bool new_data)
{
    bool in_basket =
        (shell_top(s_shell)->ops->place & (PLACE_PLAN | PLACE_PICK)) != 0; /* it may ask */
    return new_data || key == 'z' || key == 'Z' || (in_basket && (key == '-' || key == K_ENTER));
}

static void press(uint32_t key)
{
    char name[K_TEXT_MAX];
    size_t gathered = gather_count(s_shell);
    bool may = takes_out(key, s_shell->reading.waiting != NULL);
    bool wrote_before = shell_writes(s_shell);
    size_t views = s_shell->stack.n_views;
    key_format(key, name);
    size_t used = strlen(s_pressed);
    snprintf(s_pressed + used, sizeof s_pressed - used, " %s", name);
    s_shell->stack.typed++;
    input_key(s_console, key);
    s_console->quitting = false;
    /* An edit that was added replaces earlier ones, and what is so already leaves with it. */
    const struct activity_line *newest = activity_at(&s_shell->messages.activity, 0);
    bool added = newest && strstr(newest->text, "nothing is written");
    if (gather_count(s_shell) < gathered && !may && !added) {
        fail_msg("%s lost a gathered edit; keys%s\n%s", name, s_pressed, s_frame.data);
    }
    s_gathered += gather_count(s_shell) > gathered;
    s_strips += s_shell->stack.n_views > views && shell_top(s_shell)->ops->place == PLACE_STRIP;
    if (!shell_writes(s_shell) || wrote_before) {
        return;
    }
    s_writes++;
    if (key != K_ENTER) {
        fail_msg("%s wrote; keys%s\n%s", name, s_pressed, s_frame.data);
    }
    const struct snapshot *before = snapshot_ref(s_truth);
    settle();
    look();
    check_written(before);
    snapshot_unref(before);
}

/* ---- sequences --------------------------------------------------------------------------------- */

/* One key, and then what may happen between two keys. */
static void step(uint32_t key)
{
    press(key);
    if (draw_lot(5) > 0) { /* otherwise the next key comes in the same packet */
        settle();
        draw();
    }
    if (draw_lot(24) == 0) {
        settle();
        write_beside();
    }
    if (draw_lot(24) == 0 && s_shell->data) {
        work_refresh(s_shell);
    }
}

/* What people do: # is a digit, ~ is Enter. */
static void gesture(void)
{
    static const char *const gestures[] = {
        "r##~", "r##~~", "r##w~",    "r##t~", "r##f~",  "r#~~", "r~",    "a~",  "a##~", "a##t~",
        "x~",   "x~~",   "wal~",     "wca~",  "pnote~", "p~",   "p~",    "jx~", "jr~",  "2Ga~",
        "2R~",  "2jR~",  "2jjRfax~", "2a",    "1*r~",   "*x~",  "1  x~", "s~",  "z~",   "1lr##w",
    };
    for (const char *key = gestures[draw_lot(sizeof gestures / sizeof gestures[0])]; *key; key++) {
        step(*key == '#'   ? (uint32_t) "0012"[draw_lot(4)] + draw_lot(2)
             : *key == '~' ? (uint32_t)K_ENTER
                           : (uint32_t)(unsigned char)*key);
    }
}

/* Any key, also one that fits nowhere. */
static uint32_t any_key(void)
{
    static const uint32_t keys[] = {
        'a',   'r',         'x',         'w',          't',          'f',   'p',  'R',
        'z',   '0',         '1',         '2',          '5',          ' ',   '*',  'U',
        'j',   'g',         'G',         K_ENTER,      K_ENTER,      K_ESC, K_UP, K_DOWN,
        K_TAB, K_BACKSPACE, K_PAGE_DOWN, K_CTRL | 'u', K_CTRL | 'r', 'i',   'c',  'b',
        'v',   '?',         K_DELETE,    'd',          'D',          'n',   'o',
    };
    return keys[draw_lot(sizeof keys / sizeof keys[0])];
}

static void run_sequence(unsigned long number)
{
    s_random = number * UINT64_C(0x9E3779B97F4A7C15);
    s_pressed[0] = '\0';
    for (int i = 0; i < GESTURES; i++) {
        for (unsigned n = draw_lot(4); n > 0; n--) {
            step(any_key());
        }
        gesture();
    }
    for (int i = 0; i < 12; i++) {
        settle();
        draw();
        press(K_ESC);
    }
    if (s_shell->stack.n_views > 1) {
        fail_msg("Esc does not lead home; keys%s\n%s", s_pressed, s_frame.data);
    }
}

static void random_keys_write_only_what_was_shown(void **state)
{
    const char *wanted = getenv("EXTPOOL_SEQUENCES");
    unsigned long sequences = wanted ? strtoul(wanted, NULL, 10) : SEQUENCES;
    (void)state;
    for (unsigned long i = 1; i <= sequences; i++) {
        run_sequence(i);
    }
    printf("%lu sequences: %zu strips, %zu writes, %zu gathered, %zu times Enter came too early\n",
           sequences, s_strips, s_writes, s_gathered, s_early);
    /* Keys that never get as far as a write would prove nothing. */
    assert_true(s_strips > sequences / 4 && s_writes > sequences / 10 &&
                s_gathered > sequences / 20 && s_early > sequences / 50);
}

/* ---- a console without a terminal ---------------------------------------------------------------- */

static void fill(void)
{
    static const struct request pin = {.kind = CHANGE_PIN, .agent = "bob", .note = "desk"};
    struct usecase use;
    usecase_init(&use, s_other, NULL);
    assert_int_equal(usecase_plan_sync(&use), ERR_OK);
    assert_int_equal(usecase_apply(&use), ERR_OK);
    usecase_release(&use);
    usecase_init(&use, s_other, NULL);
    assert_int_equal(usecase_plan_edit(&use, "pin", &pin, 1), ERR_OK);
    assert_int_equal(usecase_apply(&use), ERR_OK);
    usecase_release(&use);
}

static int setup(void **state)
{
    static const char agents[] = "user,name\nalice,Alice\nbob,Bob\ncarol,Carol\ndave,Dave\n"
                                 "erin,Erin\nfrank,Frank\n";
    static char store[600];
    static char directory[600];
    static struct setting_directory named;
    struct err err = ERR_INIT;
    (void)state;
    scratch_init(&s_scratch);
    scratch_write(&s_scratch, "agents.csv", agents, sizeof agents - 1);
    snprintf(directory, sizeof directory, "file:%s", scratch_path(&s_scratch, "agents.csv"));
    snprintf(store, sizeof store, "sqlite:%s", scratch_path(&s_scratch, "pool.db"));
    named.uri = directory;
    s_settings = (struct settings){.action = ACTION_SYNC,
                                   .store = store,
                                   .directory = directory,
                                   .directories = &named,
                                   .n_directories = 1,
                                   .no_export = true,
                                   .store_mode = 0600};
    policy_default(&s_settings.policy);
    s_settings.policy.width = 2;
    s_settings.policy.n_blocked = 0;
    assert_int_equal(policy_set_ranges(&s_settings.policy, "00-13", &err), ERR_OK);
    s_options = (struct console_options){.settings = &s_settings,
                                         .ports = session_embedded_ports,
                                         .n_ports = session_n_embedded_ports,
                                         .clock = &s_clock};
    const struct session_options other = {.settings = &s_settings,
                                          .ports = session_embedded_ports,
                                          .n_ports = session_n_embedded_ports,
                                          .clock = &s_clock};
    assert_int_equal(session_open(&other, &s_other, &err), ERR_OK);
    fill();
    s_console = mem_alloc(sizeof *s_console);
    s_shell = &s_console->shell;
    s_shell->options = &s_options;
    s_shell->data_replaced = gather_reload;
    bindings_default(&s_shell->bindings);
    canvas_init(&s_console->canvas, 80, 24);
    assert_int_equal(console_open(s_console, &s_settings, &err), ERR_OK);
    shell_push(s_shell, view_main_new());
    work_load(s_shell);
    settle();
    draw();
    look();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    console_release(s_console);
    free(s_console);
    session_close(s_other);
    snapshot_unref(s_truth);
    buf_release(&s_frame);
    scratch_release(&s_scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_keys_write_only_what_was_shown, setup, teardown),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
