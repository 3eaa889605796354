#include "aws/lambda/lambda.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/lambda/answer.h"
#include "aws/lambda/event.h"
#include "aws/lambda/metrics.h"
#include "aws/lambda/runtime.h"
#include "core/base/interrupt.h"
#include "core/base/mem.h"
#include "core/headless/headless.h"
#include "core/settings/cmdline.h"
#include "core/settings/location.h"

#include "core/base/banned.h"

#define ANSWER_BEFORE_MS 10000 /* a sync stops so long before the deadline */
#define SYNC_NEEDS_MS 30000    /* with less than this at its start it does nothing */

enum handler { HANDLER_ANY, HANDLER_SYNC, HANDLER_LOOKUP };

struct lambda {
    const struct lambda_options *options;
    enum handler handler;
    struct runtime *runtime;
    struct settings settings; /* of lookups, for as long as the process lives */
    struct session *session;
    const char *config; /* the file beside the bootstrap; NULL: none */
    char config_path[4096];
    struct progress progress;
};

bool lambda_is_wanted(const struct environment *environment)
{
    return environment_get(environment, "AWS_LAMBDA_RUNTIME_API") != NULL;
}

/* ---- the end -------------------------------------------------------------------------------- */

static volatile sig_atomic_t s_ended;

static void on_end(int number)
{
    (void)number;
    s_ended = 1;
}

static enum cancel ask_end(void *context)
{
    (void)context;
    return s_ended ? CANCEL_HARD : CANCEL_NO;
}

static void take_signals(void)
{
    struct sigaction action = {.sa_handler = on_end};
    sigemptyset(&action.sa_mask);
    s_ended = 0;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

/* ---- errors --------------------------------------------------------------------------------- */

/* "Function.NotFound" for "not_found". */
static void error_type(enum err_code code, char out[64])
{
    size_t used = (size_t)snprintf(out, 64, "Function.");
    bool upper = true;
    for (const char *name = err_code_name(code); *name && used + 1 < 64; name++) {
        if (*name == '_') {
            upper = true;
        } else {
            out[used++] = upper ? (char)(*name - 'a' + 'A') : *name;
            upper = false;
        }
    }
    out[used] = '\0';
}

/* On one line, with what to do; to be freed. */
static char *error_message(const struct err *err)
{
    char *message = mem_printf("%s%s%s", err->text, err->hint[0] ? ". " : "", err->hint);
    for (char *at = message; (at = strchr(at, '\n'));) {
        *at = ' ';
    }
    return message;
}

/* `about` has what else the log's line says (moves in). */
static enum err_code fail_event(struct lambda *lambda, const struct runtime_invocation *invocation,
                                const struct err *why, json_t *about, struct err *err)
{
    char type[64];
    char *message = error_message(why);
    error_type(why->code, type);
    json_object_set_new(about, "type", json_string(type));
    json_object_set_new(about, "message", json_string(message));
    metrics_log("error", clock_now_ms(lambda->options->clock), invocation->request_id, about);
    enum err_code code = runtime_fail(lambda->runtime, invocation, type, message, err);
    free(message);
    return code;
}

/* ---- settings ------------------------------------------------------------------------------- */

/* A local file would be gone with the function's environment: a table has to be named. */
static enum err_code check_places(const struct settings *settings, struct err *err)
{
    if (settings->origins[OPT_STORE].kind <= ORIGIN_DEFAULT ||
        !location_rest(settings->store, "dynamodb")) {
        err_set(err, ERR_CONFIG, "the function has no table");
        if (settings->n_contexts > 0 && !settings->context) {
            err_hint(err,
                     "%s has contexts, and none is chosen: write context = %s into its "
                     "[defaults], or set the variable EXTPOOL_CONTEXT",
                     settings->config_path, settings->contexts[0].name);
        }
        err_hint(err, "Set the environment variable AWS_TABLE to the name of the DynamoDB table");
        return ERR_CONFIG;
    }
    return ERR_OK;
}

static enum err_code resolve(struct lambda *lambda, const struct command_line *line,
                             struct settings *settings, struct err *err)
{
    struct command_line whole = *line;
    whole.environment_first = true;
    if (lambda->config) {
        whole.values[OPT_CONFIG] = lambda->config;
    }
    enum err_code code =
        settings_resolve(&whole, lambda->options->environment, NULL, settings, err);
    settings->state_folder = NULL; /* what a sandbox keeps is lost with it */
    if (code == ERR_OK && check_places(settings, err) != ERR_OK) {
        settings_release(settings);
        code = ERR_CONFIG;
    }
    return code;
}

/* The package may hold a configuration beside the bootstrap. Without it EXTPOOL_CONFIG names one. */
static void find_config(struct lambda *lambda)
{
    const char *root = environment_get(lambda->options->environment, "LAMBDA_TASK_ROOT");
    struct stat file;
    snprintf(lambda->config_path, sizeof lambda->config_path, "%s/config",
             root ? root : "/var/task");
    if (stat(lambda->config_path, &file) == 0 && S_ISREG(file.st_mode)) {
        lambda->config = lambda->config_path;
    }
}

/* ---- actions -------------------------------------------------------------------------------- */

static int64_t time_left_ms(const struct lambda *lambda,
                            const struct runtime_invocation *invocation)
{
    return invocation->deadline_ms == 0
               ? INT64_MAX
               : invocation->deadline_ms - clock_now_ms(lambda->options->clock);
}

static enum err_code check_time(const struct lambda *lambda,
                                const struct runtime_invocation *invocation, struct err *err)
{
    int64_t left_ms = time_left_ms(lambda, invocation);
    if (left_ms >= SYNC_NEEDS_MS) {
        return ERR_OK;
    }
    err_set(err, ERR_CONFIG, "the function has %lld s for a sync, and needs 30 s at least",
            (long long)(left_ms / 1000));
    err_hint(err, "Set the function's timeout to 900 s");
    return ERR_CONFIG;
}

static void write_metrics(const struct lambda *lambda, const struct headless_result *result,
                          const char *table, int64_t duration_ms)
{
    struct metric metrics[] = {
        {"Runs", "Count", 1},
        {"Free", "Count", (int64_t)result->counts[EXT_FREE]},
        {"Assigned", "Count", (int64_t)result->counts[EXT_ASSIGNED]},
        {"Cooling", "Count", (int64_t)result->counts[EXT_COOLING]},
        {"Unassigned", "Count", (int64_t)result->unassigned},
        {"Released", "Count", (int64_t)result->released},
        {"Conflicts", "Count", (int64_t)result->conflicts},
        {"Duration", "Milliseconds", duration_ms},
    };
    char *line = metrics_line(table, clock_now_ms(lambda->options->clock), metrics,
                              sizeof metrics / sizeof metrics[0]);
    metrics_write(STDOUT_FILENO, line);
    free(line);
}

/* A run that was stopped half way is a success: the next schedule does the rest. So is one that
   found problems, or ran out of numbers. */
static bool is_success(int status)
{
    return status == 0 || status == 2 || status == err_exit_status(ERR_PARTIAL) ||
           status == err_exit_status(ERR_POOL_EMPTY);
}

/* Why a run is no success, for a person who has only this sentence. */
static const struct err *explain(int status, struct headless_result *result)
{
    struct err *err = &result->err;
    if (err->code == ERR_CANCELLED && s_ended) {
        err_prefix(err, "Lambda ended the function before anything was written");
        err_hint(err, "The next run does all of it");
    } else if (err->code == ERR_CANCELLED) {
        err_prefix(err, "the function's time was over before anything was written");
        err_hint(err, "Set the function's timeout to 900 s");
    } else if (strstr(err->hint, "--max-release")) {
        char *on_the_line = mem_printf("%s", err->hint);
        err->hint[0] = '\0';
        err_hint(err, "%s (in an event: \"dry_run\":true, \"max_release\":N)", on_the_line);
        free(on_the_line);
    }
    err_set(err, ERR_INTERNAL, "the run ended with status %d", status);
    return err;
}

/* For the log. */
static json_t *about_run(enum action action, int status, const struct headless_result *result,
                         int64_t duration_ms)
{
    return json_pack("{s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "action",
                     action_info(action)->name, "exit", status, "applied",
                     (json_int_t)result->applied, "released", (json_int_t)result->released,
                     "conflicts", (json_int_t)result->conflicts, "failed",
                     (json_int_t)result->failed, "not_tried", (json_int_t)result->not_tried,
                     "in_doubt", (json_int_t)result->in_doubt, "unassigned",
                     (json_int_t)result->unassigned, "duration_ms", (json_int_t)duration_ms);
}

static enum err_code run_action(struct lambda *lambda, const struct runtime_invocation *invocation,
                                const struct event *event, const struct settings *settings,
                                struct err *err)
{
    char *document = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&document, &length);
    FILE *nowhere = fopen("/dev/null", "w");
    struct report report = {
        .out = out, .err = nowhere ? nowhere : stderr, .json = true, .quiet = true};
    struct headless_result result;
    int64_t start_ms = clock_ticks_ms();
    int64_t left_ms = time_left_ms(lambda, invocation);
    struct headless_options options = {
        .settings = settings,
        .ports = lambda->options->ports,
        .n_ports = lambda->options->n_ports,
        .clock = lambda->options->clock,
        .report = &report,
        .stop_at_ticks_ms = left_ms == INT64_MAX ? 0 : start_ms + left_ms - ANSWER_BEFORE_MS,
        .publishes_after_stop = true,
        .via = VIA_LAMBDA,
    };
    int status = headless_run(&options, &result);
    int64_t duration_ms = clock_ticks_ms() - start_ms;
    fclose(out);
    if (nowhere) {
        fclose(nowhere);
    }
    if (interrupt_state() != CANCEL_NO) {
        s_ended = 1; /* the run had signal handlers of its own */
    }
    if (event->action == ACTION_SYNC && result.counted && !event->dry_run) {
        write_metrics(lambda, &result, location_rest(settings->store, "dynamodb"), duration_ms);
    }
    json_t *about = about_run(event->action, status, &result, duration_ms);
    enum err_code code;
    if (is_success(status)) {
        metrics_log("info", clock_now_ms(lambda->options->clock), invocation->request_id, about);
        code = runtime_respond(lambda->runtime, invocation, document, length, err);
    } else {
        code = fail_event(lambda, invocation, explain(status, &result), about, err);
    }
    free(document);
    return code;
}

static enum err_code serve_action(struct lambda *lambda,
                                  const struct runtime_invocation *invocation,
                                  const struct event *event, struct err *err)
{
    struct command_line line = {.program = "extpool", .action = event->action};
    struct settings settings;
    struct err why = ERR_INIT;
    line.values[OPT_JSON] = "yes";
    line.values[OPT_DRY_RUN] = event->dry_run ? "yes" : NULL;
    line.values[OPT_MAX_RELEASE] = event->max_release;
    if ((event->action == ACTION_SYNC && check_time(lambda, invocation, &why) != ERR_OK) ||
        resolve(lambda, &line, &settings, &why) != ERR_OK) {
        return fail_event(lambda, invocation, &why,
                          json_pack("{s:s}", "action", action_info(event->action)->name), err);
    }
    enum err_code code = run_action(lambda, invocation, event, &settings, err);
    settings_release(&settings);
    return code;
}

/* ---- lookups -------------------------------------------------------------------------------- */

static enum err_code serve_lookup(struct lambda *lambda,
                                  const struct runtime_invocation *invocation,
                                  const struct event *event, struct err *err)
{
    int64_t start_ms = clock_ticks_ms();
    struct answer_question question = {
        .session = lambda->session,
        .extension = event->extension,
        .agent = event->agent,
        .time_ms = time_left_ms(lambda, invocation),
    };
    struct answer_note note;
    char *text = answer_lookup(&question, &note);
    metrics_log(note.err.code == ERR_OK ? "info" : "warn", clock_now_ms(lambda->options->clock),
                invocation->request_id,
                json_pack("{s:s, s:s, s:s, s:s, s:I}", "action", "lookup", "found",
                          note.found ? "true" : "false", "reason", note.reason, "detail",
                          note.err.text, "duration_ms", (json_int_t)(clock_ticks_ms() - start_ms)));
    enum err_code code = runtime_respond(lambda->runtime, invocation, text, strlen(text), err);
    free(text);
    return code;
}

/* ---- the loop ------------------------------------------------------------------------------- */

/* A function of one kind serves no other: the role of the lookup may not write. */
static enum err_code check_kind(const struct lambda *lambda, const struct event *event,
                                struct err *err)
{
    bool lookup = event->kind == EVENT_LOOKUP;
    if ((lambda->handler == HANDLER_SYNC && lookup) ||
        (lambda->handler == HANDLER_LOOKUP && !lookup)) {
        err_set(err, ERR_INPUT, "this function only serves %s; a %s came",
                lambda->handler == HANDLER_SYNC ? "actions" : "lookups",
                lookup ? "contact flow" : action_info(event->action)->name);
        err_hint(err, "Its handler is set to \"%s\"",
                 lambda->handler == HANDLER_SYNC ? "sync" : "lookup");
        return ERR_INPUT;
    }
    return ERR_OK;
}

static enum err_code serve(struct lambda *lambda, const struct runtime_invocation *invocation,
                           struct err *err)
{
    struct arena arena = ARENA_INIT;
    struct event event;
    struct err why = ERR_INIT;
    enum err_code code;
    if (event_parse(invocation->event.data, invocation->event.length, &arena, &event, &why) !=
            ERR_OK ||
        check_kind(lambda, &event, &why) != ERR_OK) {
        code = fail_event(lambda, invocation, &why, json_object(), err);
    } else if (event.kind == EVENT_LOOKUP) {
        code = serve_lookup(lambda, invocation, &event, err);
    } else {
        code = serve_action(lambda, invocation, &event, err);
    }
    arena_release(&arena);
    return code;
}

static enum handler handler_of(const struct environment *environment)
{
    const char *name = environment_get(environment, "_HANDLER");
    return name && strcmp(name, "sync") == 0     ? HANDLER_SYNC
           : name && strcmp(name, "lookup") == 0 ? HANDLER_LOOKUP
                                                 : HANDLER_ANY;
}

static void log_warnings(const struct lambda *lambda)
{
    const struct settings *settings = &lambda->settings;
    for (size_t i = 0; i < settings->n_warnings; i++) {
        metrics_log("warn", clock_now_ms(lambda->options->clock), NULL,
                    json_pack("{s:s}", "message", settings->warnings[i]));
    }
}

/* Settings are judged and the store's connection is opened before the first caller waits for it. */
static enum err_code init(struct lambda *lambda, struct err *err)
{
    struct command_line line = {.program = "extpool", .action = ACTION_STATUS};
    find_config(lambda);
    enum err_code code = resolve(lambda, &line, &lambda->settings, err);
    if (code == ERR_OK) {
        log_warnings(lambda);
    }
    if (code == ERR_OK && lambda->handler != HANDLER_SYNC) {
        const struct session_options options = {&lambda->settings, lambda->options->ports,
                                                lambda->options->n_ports, lambda->options->clock,
                                                VIA_LAMBDA};
        code = session_open(&options, &lambda->session, err);
        if (code == ERR_OK) {
            answer_warm_up(lambda->session);
        }
    }
    return code;
}

static int loop(struct lambda *lambda)
{
    struct err err = ERR_INIT;
    struct runtime_invocation invocation;
    enum err_code code = ERR_OK;
    while (code == ERR_OK) {
        code = runtime_next(lambda->runtime, &invocation, &err);
        if (code == ERR_OK) {
            code = serve(lambda, &invocation, &err);
            runtime_invocation_release(&invocation);
        }
    }
    if (s_ended) {
        return 0;
    }
    metrics_log("error", clock_now_ms(lambda->options->clock), NULL,
                json_pack("{s:s}", "message", err.text));
    return err_exit_status(err.code);
}

int lambda_run(const struct lambda_options *options)
{
    struct lambda lambda = {
        .options = options,
        .handler = handler_of(options->environment),
        .progress = {.cancel = ask_end},
    };
    struct err err = ERR_INIT;
    int status;
    take_signals();
    lambda.runtime = runtime_new(environment_get(options->environment, "AWS_LAMBDA_RUNTIME_API"),
                                 &lambda.progress);
    if (init(&lambda, &err) == ERR_OK) {
        status = loop(&lambda);
    } else {
        char type[64];
        char *message = error_message(&err);
        struct err ignored = ERR_INIT;
        error_type(err.code, type);
        metrics_log("error", clock_now_ms(options->clock), NULL,
                    json_pack("{s:s, s:s}", "type", type, "message", message));
        (void)!runtime_fail_init(lambda.runtime, type, message, &ignored);
        free(message);
        status = err_exit_status(err.code);
    }
    session_close(lambda.session);
    settings_release(&lambda.settings);
    runtime_free(lambda.runtime);
    return status;
}
