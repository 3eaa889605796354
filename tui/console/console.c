/*
 * The console: one loop around poll(). Each event changes the state, and what changed is drawn on a
 * canvas; the canvas's difference goes to the terminal. Between two wake-ups nothing runs.
 */

#include "tui/console/command.h"
#include "tui/console/open.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/mem.h"
#include "core/base/platform.h"
#include "core/base/text.h"
#include "core/settings/state.h"
#include "tui/console/end.h"
#include "tui/console/input.h"
#include "tui/terminal/loop.h"
#include "tui/terminal/term.h"
#include "tui/view/main.h"
#include "tui/console/first_start.h"
#include "tui/shell/gather.h"
#include "tui/shell/keep.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

#define SPIN_MS 200
#define UNSEEN_MS 50 /* up to here, the terminal took its output at once */

/* ---- drawing ------------------------------------------------------------------------------ */

static void draw(struct console *console)
{
    struct caret caret = {-1, -1};
    size_t lowest = console->shell.stack.n_views - 1;
    canvas_clear(&console->canvas, STYLE_TEXT);
    console->shell.stack.drawn = NULL;
    if (!frame_too_small(&console->canvas)) {
        console->shell.stack.drawn = shell_top(&console->shell);
        while (lowest > 0 && console->shell.stack.views[lowest]->ops->overlay) {
            lowest--;
        }
        for (size_t i = lowest; i < console->shell.stack.n_views; i++) {
            caret = (struct caret){-1, -1};
            console->shell.stack.views[i]->ops->draw(console->shell.stack.views[i], &console->shell,
                                                     &console->canvas, &caret);
        }
    }
    term_show(&console->canvas, caret.x, caret.y);
    shell_came_sent(&console->shell, clock_ticks_ms());
}

static void resize(struct console *console)
{
    int width;
    int height;
    term_size(&width, &height);
    if (width != console->canvas.width || height != console->canvas.height) {
        canvas_resize(&console->canvas, width, height);
    }
}

/* ---- time --------------------------------------------------------------------------------- */

/* When the first screen wants to act by itself, also below another view. */
static int64_t view_moment(const struct console *console)
{
    const struct view *view = shell_bottom(&console->shell);
    return view->ops->wakes_at ? view->ops->wakes_at(view, &console->shell) : LOOP_FOREVER;
}

static int64_t next_moment(const struct console *console, int64_t spin_at_ms)
{
    int64_t until = console->input_until_ms;
    int64_t view_ms = view_moment(console);
    int64_t remind_ms = gather_remind_at_ms(&console->shell);
    const struct stack *stack = &console->shell.stack;
    until = view_ms < until ? view_ms : until;
    until = stack->came && stack->came_until_ms < until ? stack->came_until_ms : until;
    until = remind_ms < until ? remind_ms : until;
    if (console->shell.stack.searching) {
        return 0;
    }
    if (shell_busy(&console->shell) && spin_at_ms < until) {
        until = spin_at_ms;
    }
    return console->refresh_at_ms < until ? console->refresh_at_ms : until;
}

static void plan_refresh(struct console *console)
{
    int64_t every_s = console->shell.place.settings->refresh_s;
    console->refresh_at_ms = every_s > 0 ? clock_ticks_ms() + every_s * 1000 : LOOP_FOREVER;
}

/* What a key began and did not end. A key that waits comes first. */
static unsigned go_on(struct console *console)
{
    struct view *view = console->shell.stack.searching;
    if (!view || console->quitting || term_has_input()) {
        return REACT_NONE;
    }
    return command_react(console, view, view->ops->go_on(view, &console->shell));
}

static unsigned on_time(struct console *console, int64_t *spin_at_ms)
{
    int64_t now_ms = clock_ticks_ms();
    unsigned reaction = REACT_NONE;
    if (now_ms >= console->input_until_ms) {
        reaction |= input_take(console, false);
    }
    if (shell_busy(&console->shell) && now_ms >= *spin_at_ms) {
        console->shell.jobs.spin++;
        *spin_at_ms = now_ms + SPIN_MS;
        reaction |= REACT_DRAW;
    }
    if (now_ms >= view_moment(console)) {
        struct view *view = shell_bottom(&console->shell);
        reaction |= view->ops->on_time(view, &console->shell);
    }
    reaction |= gather_remind(&console->shell) ? REACT_DRAW : REACT_NONE;
    reaction |= shell_came_over(&console->shell, now_ms) ? REACT_DRAW : REACT_NONE;
    if (now_ms >= console->refresh_at_ms) {
        plan_refresh(console);
        if (!worker_busy(console->shell.jobs.worker) && console->shell.data) {
            work_refresh(&console->shell);
        } else {
            reaction |= REACT_DRAW; /* at least the ages in the header */
        }
    }
    return reaction;
}

static void take_progress(struct console *console)
{
    console->shell.jobs.reporting =
        shell_busy(&console->shell) &&
        worker_progress(console->shell.jobs.worker, &console->shell.jobs.report);
    const char *phase = console->shell.jobs.reporting ? console->shell.jobs.report.phase : NULL;
    if (phase != console->shell.jobs.phase) {
        console->shell.jobs.phase = phase;
        console->shell.jobs.phase_since_ms = clock_ticks_ms();
    }
}

static unsigned on_worker(struct console *console)
{
    unsigned reaction = input_before(console);
    const struct view *before = shell_top(&console->shell);
    bool any = worker_dispatch(console->shell.jobs.worker);
    console->by_itself = shell_top(&console->shell) != before;
    take_progress(console);
    if (console->shell.reading.history_wanted && console->shell.reading.history &&
        !worker_busy(console->shell.jobs.worker)) {
        console->shell.reading.history_wanted = false;
        work_read_history(&console->shell);
    }
    return any ? reaction | REACT_DRAW : reaction;
}

static unsigned on_signals(struct console *console, unsigned woken)
{
    if (woken & (WOKEN_HANGUP | WOKEN_END)) {
        console->quitting = true;
        console->hung_up = (woken & WOKEN_HANGUP) != 0;
    }
    if (woken & WOKEN_SUSPEND) {
        term_suspend();
    }
    if (woken & WOKEN_CONTINUE) {
        term_resume();
    }
    if (woken & (WOKEN_RESIZE | WOKEN_CONTINUE | WOKEN_SUSPEND)) {
        /* The terminal may have been smaller for a moment that we slept through, and has then lost
           what we believe it shows. */
        term_redraw();
        resize(console);
        return REACT_DRAW;
    }
    return REACT_NONE;
}

/* Draws. On a slow line what a job has opened or closed is seen a good while after it was sent. */
static void show(struct console *console)
{
    int64_t begun_ms = clock_ticks_ms();
    draw(console);
    if (console->by_itself && clock_ticks_ms() - begun_ms > UNSEEN_MS) {
        input_forget(console);
        draw(console);
    }
    console->by_itself = false;
}

static void loop(struct console *console)
{
    int64_t spin_at_ms = 0;
    console->input_until_ms = LOOP_FOREVER;
    plan_refresh(console);
    draw(console);
    while (!console->quitting) {
        unsigned woken = loop_wait(term_input_fd(), worker_fd(console->shell.jobs.worker),
                                   next_moment(console, spin_at_ms));
        unsigned reaction = on_signals(console, woken);
        if (woken & WOKEN_INPUT) {
            reaction |= input_take(console, true);
        }
        if (woken & WOKEN_WORKER) {
            reaction |= on_worker(console);
        }
        if (woken & WOKEN_TIME) {
            reaction |= on_time(console, &spin_at_ms);
        }
        reaction |= go_on(console);
        if ((reaction & REACT_DRAW) && !console->quitting) {
            show(console);
        }
        keep_soon(&console->shell);
    }
}

/* ---- run ---------------------------------------------------------------------------------- */

static enum err_code read_keys(struct console *console, struct err *err)
{
    bindings_default(&console->shell.bindings);
    for (size_t i = 0; i < console->shell.place.settings->n_keys; i++) {
        const struct setting_pair *pair = &console->shell.place.settings->keys[i];
        enum err_code code = bindings_set(&console->shell.bindings, pair->name, pair->value, err);
        if (code != ERR_OK) {
            err_prefix(err, "%s", pair->at);
            return code;
        }
    }
    return ERR_OK;
}

static struct term_options term_options(const struct console_options *options)
{
    const struct environment *environment = options->environment;
    const struct settings *settings = options->settings;
    return (struct term_options){.ascii = settings->ascii,
                                 .no_colours = environment_get(environment, "NO_COLOR") != NULL,
                                 .tmux = environment_get(environment, "TMUX"),
                                 .term = environment_get(environment, "TERM")};
}

/* What the user says about the time after ESC, in the configuration or as for curses; negative:
   nothing. */
static int chosen_esc_delay_ms(const struct console *console)
{
    const char *text = environment_get(console->shell.options->environment, "ESCDELAY");
    int64_t delay_ms;
    if (console->shell.place.settings->escdelay_ms >= 0) {
        return console->shell.place.settings->escdelay_ms;
    }
    return text && text_to_int64(text, 0, 10000, &delay_ms) ? (int)delay_ms : -1;
}

/* A theme that was chosen in the console counts more than the one of the configuration, and less than
   one that was asked for at this start. Without colours only a theme that needs none tells things
   apart. */
static enum err_code first_theme(struct console *console, struct err *err)
{
    const struct settings *settings = console->shell.place.settings;
    const char *kept = state_get(console->shell.state, STATE_PERSON, CONSOLE_THEME);
    bool asked = settings->origins[OPT_THEME].kind == ORIGIN_COMMAND_LINE;
    if (!term_has_colours()) {
        return console_set_theme(console, "mono", err);
    }
    if (kept && !asked && console_set_theme(console, kept, NULL) == ERR_OK) {
        return ERR_OK;
    }
    return console_set_theme(console, settings->theme ? settings->theme : "default", err);
}

static enum err_code start(struct console *console, struct err *err)
{
    struct term_options options = term_options(console->shell.options);
    enum err_code code = read_keys(console, err);
    if (code == ERR_OK) {
        code = console_open(console, console->shell.place.settings, err);
    }
    if (code == ERR_OK) {
        code = loop_start(end_at_once, err);
    }
    if (code == ERR_OK) {
        code = term_start(&options, err);
    }
    if (code != ERR_OK) {
        return code;
    }
    code = first_theme(console, err);
    if (code == ERR_NOT_FOUND) {
        code = err->code = ERR_CONFIG; /* the name comes from the configuration or the command */
    }
    console->canvas.ascii = term_ascii();
    term_teach(&console->keys);
    patience_init(&console->patience, chosen_esc_delay_ms(console), term_baud());
    resize(console);
    if (options.term && strcmp(options.term, term_entry()) != 0) {
        shell_say(&console->shell, STYLE_INFO, "TERM=%s is not known on this machine: used as %s",
                  options.term, term_entry());
    }
    if (console->shell.place.settings->mouse) {
        console->mouse = true;
        term_mouse(true);
    }
    return code;
}

/* Gives the terminal back first, so that the messages about the end can be read on it. */
static void end(struct console *console, struct console_end *end)
{
    term_stop();
    end->signal = loop_end_signal() ? loop_end_signal() : console->hung_up ? SIGHUP : 0;
    keep_now(&console->shell); /* first: there may be no time later */
    end_wait(console, end);
    if (!end->stuck) {
        keep_now(&console->shell); /* a save that was under way is over */
        console_release(console);
    }
    loop_stop();
}

enum err_code console_run(const struct console_options *options, struct console_end *ended,
                          struct err *err)
{
    *ended = (struct console_end){.signal = 0};
    struct console *console = mem_alloc(sizeof *console);
    tzset();
    platform_return_memory(); /* pictures of the data come and go */
    console->shell.options = options;
    console->shell.data_replaced = gather_reload;
    console->shell.place.settings = options->settings;
    key_reader_init(&console->keys);
    canvas_init(&console->canvas, 1, 1);
    enum err_code code = start(console, err);
    if (code == ERR_OK) {
        shell_know_rows(&console->shell);
        console->shell.row_now[FILTER_BASKET] = gather_row_now;
        shell_push(&console->shell, view_main_new());
        for (size_t i = 0; i < console->shell.place.settings->n_warnings; i++) {
            shell_say(&console->shell, STYLE_WARN, "%s",
                      console->shell.place.settings->warnings[i]);
        }
        if (shell_is_first_start(&console->shell)) {
            first_start_open(console);
        } else {
            work_load(&console->shell);
        }
        loop(console);
        end(console, ended);
    } else {
        term_stop();
        console_release(console);
        loop_stop();
    }
    if (!ended->stuck) {
        free(console);
    }
    return code;
}
