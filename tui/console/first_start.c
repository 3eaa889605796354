/*
 * The work behind the form of the first start (tui/view/start.h): what it says is tried, written
 * and opened; profiles, and what one of them may list, are offered. All I/O is a job.
 */

#include "tui/console/first_start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/port/cloud.h"
#include "core/session/setup.h"
#include "tui/console/open.h"
#include "tui/console/start_amazon.h"
#include "tui/view/jobs.h"
#include "tui/view/start.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

/* ---- jobs ---------------------------------------------------------------------------------------- */

static struct setup_place place_of(const struct shell *shell)
{
    const struct console_options *options = shell->options;
    return (struct setup_place){.line = options->line,
                                .environment = options->environment,
                                .ports = options->ports,
                                .n_ports = options->n_ports,
                                .clock = options->clock};
}

/* One try, and the writing after it. */
struct trial {
    struct job job;
    struct shell *shell;
    struct setup_place place;
    struct setup setup;
    struct setup_trial result;
    bool writes; /* the second step */
};

/* At the end of such a job; the form, or NULL: it is gone. */
static struct view *ended(struct shell *shell)
{
    work_awaited(shell);
    return view_start_find(shell);
}

static void free_job(struct job *job)
{
    free(job);
}

/* Opens the settings for the request; the form goes. */
static bool reopen(struct shell *shell, enum console_request request, const char *text,
                   struct err *err)
{
    const struct settings *settings = NULL;
    const struct console_options *options = shell->options;
    if (options->reopen(options->context, request, text, &settings, err) != ERR_OK ||
        console_open(console_of(shell), settings, err) != ERR_OK) {
        return false;
    }
    shell_close(shell, view_start_find(shell));
    shell_forget_data(shell);
    for (size_t i = 0; i < settings->n_warnings; i++) {
        shell_say(shell, STYLE_WARN, "%s", settings->warnings[i]);
    }
    return true;
}

/* ---- trying, writing, opening ---------------------------------------------------------------------- */

static void tell_trial(struct view *view, const struct setup_trial *trial)
{
    char text[256];
    snprintf(text, sizeof text, "ok: %s agent%s, login %sfound", frame_count(trial->n_agents),
             trial->n_agents == 1 ? "" : "s", trial->has_names ? "and name " : "");
    view_start_tell(view, SETUP_DIRECTORY, trial->directory_read ? text : "");
    if (trial->makes_store) {
        snprintf(text, sizeof text, "will be made: %s numbers", frame_count(trial->n_numbers));
    } else if (trial->is_empty) {
        snprintf(text, sizeof text, "ok: empty, will be filled: %s numbers",
                 frame_count(trial->n_numbers));
    } else {
        snprintf(text, sizeof text, "ok: %s numbers, %s assigned", frame_count(trial->n_numbers),
                 frame_count(trial->n_assigned));
    }
    view_start_tell(view, SETUP_STORE, trial->store_read ? text : "");
    static const char *const exports[] = {[SETUP_NOT_TRIED] = "",
                                          [SETUP_NOTHING_THERE] = "ok: nothing is there yet",
                                          [SETUP_LIST_THERE] = "a list is there already",
                                          [SETUP_NOT_READABLE] = "what is there may not be read"};
    view_start_tell(view, SETUP_EXPORT, exports[trial->export_found]);
}

static void write_it(struct shell *shell, const struct trial *tried);

static bool same_as_form(const struct view *view, const struct setup *setup)
{
    struct setup now;
    view_start_read(view, &now);
    bool same = true;
    for (enum setup_field i = 0; i < SETUP_N; i++) {
        same = same && strcmp(now.values[i], setup->values[i]) == 0;
    }
    return same;
}

static void tried(struct job *job)
{
    struct trial *trial = (struct trial *)job;
    struct shell *shell = trial->shell;
    struct view *view = ended(shell);
    const struct setup_trial *result = &trial->result;
    struct console *console = console_of(shell);
    if (!view) {
        return;
    }
    if (job->err.code != ERR_OK) { /* stopped before it began: nothing was tried */
        view_start_say_error(view, SETUP_N, &job->err);
        return;
    }
    tell_trial(view, result);
    if (result->err.code != ERR_OK) {
        view_start_say_error(view, result->at, &result->err);
        return;
    }
    if (!same_as_form(view, &trial->setup)) {
        view_start_say(view, STYLE_WARN, "the form was changed meanwhile; Enter tries it again");
        return;
    }
    bool read = console->warned && memcmp(console->warned, &trial->setup, sizeof trial->setup) == 0;
    if (result->warning[0] && !read) {
        /* It is seen before anything is written. */
        char text[ERR_TEXT_MAX + 64];
        snprintf(text, sizeof text, "%s; Enter again writes it all the same", result->warning);
        view_start_say(view, STYLE_WARN, text);
        console->warned = console->warned ? console->warned : mem_alloc(sizeof *console->warned);
        *console->warned = trial->setup;
        return;
    }
    write_it(shell, trial);
}

static void written(struct job *job)
{
    struct trial *trial = (struct trial *)job;
    struct shell *shell = trial->shell;
    struct view *view = ended(shell);
    struct err err = job->err.code != ERR_OK ? job->err : trial->result.err;
    if (!view) {
        return;
    }
    if (err.code != ERR_OK) {
        view_start_say_error(view, SETUP_N, &err);
        return;
    }
    char path[SETUP_ROOM] = "";
    const struct setup_place place = place_of(shell);
    (void)setup_path(&place, path, sizeof path);
    if (!reopen(shell, CONSOLE_CONTEXT, trial->setup.values[SETUP_NAME], &err)) {
        view_start_say_error(view, SETUP_N, &err);
        return;
    }
    shell_say(shell, STYLE_OK, "%s is written; no number is until you apply the plan", path);
    job_sync(shell);
}

static void run_trial(struct job *job)
{
    struct trial *trial = (struct trial *)job;
    if (trial->writes) {
        trial->result.err = (struct err)ERR_INIT;
        (void)!setup_write(&trial->place, &trial->setup, &trial->result.err);
    } else {
        (void)!setup_try(&trial->place, &trial->setup, &job->progress, &trial->result);
    }
}

static struct trial *make_trial(struct shell *shell, bool writes)
{
    struct trial *trial = mem_alloc(sizeof *trial);
    trial->job = (struct job){.name = writes ? "writing" : "trying",
                              .run = run_trial,
                              .done = writes ? written : tried,
                              .free = free_job};
    trial->shell = shell;
    trial->place = place_of(shell);
    trial->writes = writes;
    return trial;
}

static void write_it(struct shell *shell, const struct trial *tried_one)
{
    struct trial *trial = make_trial(shell, true);
    trial->setup = tried_one->setup;
    work_await(shell, &trial->job);
}

static void try_it(struct shell *shell)
{
    struct view *view = view_start_find(shell);
    if (shell_busy(shell)) {
        return;
    }
    struct trial *trial = make_trial(shell, false);
    view_start_read(view, &trial->setup);
    view_start_say(view, STYLE_TEXT, "");
    for (enum setup_field i = SETUP_DIRECTORY; i <= SETUP_EXPORT; i++) {
        view_start_tell(view, i, "");
    }
    work_await(shell, &trial->job);
}

/* ---- completion ------------------------------------------------------------------------------------- */

struct completing {
    struct job job;
    struct shell *shell;
    enum setup_field field;
    char whole[FIELD_MAX]; /* the field's text */
    char path[FIELD_MAX];
    const char *home;
    struct path_offers offers;
};

static void run_completion(struct job *job)
{
    struct completing *self = (struct completing *)job;
    path_offers_read(self->path, self->home, &self->offers);
}

static void completed(struct job *job)
{
    struct completing *self = (struct completing *)job;
    struct view *view = view_start_find(self->shell);
    if (view) {
        view_start_offer(view, self->field, self->whole, &self->offers);
    }
}

static void free_completion(struct job *job)
{
    path_offers_release(&((struct completing *)job)->offers);
    free(job);
}

static void complete(struct shell *shell, enum setup_field field, const char *path)
{
    struct completing *self = mem_alloc(sizeof *self);
    struct setup setup;
    view_start_read(view_start_find(shell), &setup);
    self->job = (struct job){
        .name = "completing", .run = run_completion, .done = completed, .free = free_completion};
    self->shell = shell;
    self->field = field;
    self->home = environment_get(shell->options->environment, "HOME");
    snprintf(self->whole, sizeof self->whole, "%s", setup.values[field]);
    snprintf(self->path, sizeof self->path, "%s", path);
    worker_submit(shell->jobs.worker, &self->job);
}

/* ---- the other ways on ---------------------------------------------------------------------------------- */

static void demo(struct shell *shell)
{
    struct err err = ERR_INIT;
    if (shell_busy(shell)) {
        return;
    }
    if (reopen(shell, CONSOLE_DEMO, "", &err)) {
        work_load(shell);
    } else {
        view_start_say_error(view_start_find(shell), SETUP_N, &err);
    }
}

static void not_now(struct shell *shell)
{
    if (shell_busy(shell)) {
        return;
    }
    shell_close(shell, view_start_find(shell));
    work_load(shell);
}

static const struct start_hooks s_hooks = {.try_it = try_it,
                                           .complete = complete,
                                           .amazon = start_amazon,
                                           .demo = demo,
                                           .not_now = not_now};

void first_start_open(struct console *console)
{
    struct shell *shell = &console->shell;
    const struct setup_place place = place_of(shell);
    struct setup setup;
    char path[SETUP_ROOM] = "";
    setup_propose(&place, &setup);
    (void)setup_path(&place, path, sizeof path);
    shell_push(shell, view_start_new(&setup, path, &s_hooks));
    start_read_profiles(shell);
}
