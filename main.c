/*
 * extpool: the one file that knows every folder. It reads the options, puts the ports together,
 * hands over to the headless run or to the console, and ends the process.
 */

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "aws/lambda/lambda.h"
#include "aws/http/http.h"
#include "aws/ports.h"
#include "aws/sign/crypto.h"
#include "core/settings/cmdline.h"
#include "core/demo/folder.h"
#include "core/base/environ.h"
#include "core/headless/check_config.h"
#include "core/headless/complete.h"
#include "core/headless/headless.h"
#include "core/headless/pager.h"
#include "core/headless/version.h"
#include "core/embedded/store_sqlite.h"
#include "core/settings/help.h"
#include "core/base/interrupt.h"
#include "core/base/locale.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/platform.h"
#include "core/settings/settings.h"
#ifndef EXTPOOL_NO_CONSOLE
#include "tui/console/check.h"
#include "tui/console/console.h"
#include "tui/terminal/term.h"
#endif

#include "core/base/banned.h"

/* ---- the process ------------------------------------------------------------------------- */

/* Keys and tokens are in our memory: no core dump, and no look into it by other processes. */
static void keep_secrets_in(void)
{
    struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &none);
    platform_hide_memory();
}

/* A descriptor 0, 1 or 2 that is closed would become the store's file. */
static void open_standard_streams(void)
{
    int fd;
    do {
        fd = open("/dev/null", O_RDWR);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO) {
        close(fd);
    }
}

#define USUAL_COLUMNS 80 /* of a terminal that does not know its own width */

/* The width of the terminal that `fd` is; 0: it is none. */
static size_t terminal_columns(int fd)
{
    struct winsize size;
    if (!isatty(fd)) {
        return 0;
    }
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : USUAL_COLUMNS;
}

/* Whether terminals here understand more than text. */
static bool has_sequences(void)
{
    const char *term = environment_get(&environment_system, "TERM");
    return term && strcmp(term, "dumb") != 0;
}

/* Of the terminal that standard output is; 0: it is none, or does not know. */
static size_t terminal_rows(void)
{
    struct winsize size;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

static struct report standard_report(void)
{
    struct report report = {
        .out = stdout,
        .err = stderr,
        .columns = terminal_columns(STDOUT_FILENO),
        .journal = log_is_journal(environment_get(&environment_system, "JOURNAL_STREAM")),
        .err_columns = has_sequences() ? terminal_columns(STDERR_FILENO) : 0,
    };
    report.color =
        report.columns > 0 && has_sequences() && !environment_get(&environment_system, "NO_COLOR");
    return report;
}

/* What could not be written is a failure, but for a reader that has seen enough (| head). */
static int flushed(int status)
{
    errno = 0;
    bool failed = fflush(stdout) != 0 || ferror(stdout);
    if (failed && errno != EPIPE) {
        fprintf(stderr, "extpool: standard output: %s\n", errno ? strerror(errno) : "write error");
        return status == 0 ? err_exit_status(ERR_IO) : status;
    }
    return status;
}

/* ---- one run ----------------------------------------------------------------------------- */

/* The console asks for other settings while it runs; all that it was given stay until the end,
   because sessions, jobs and accounts of earlier ones may still look at them. */
struct given {
    struct given *next;
    struct settings settings;
};

#define PORTS_MAX 8

struct program {
    struct report report;
    struct command_line line;
    struct given *given;
    struct aws *aws;
    struct port ports[PORTS_MAX];
    size_t n_ports;
    struct demo_folder demo; /* made when it is first wanted */
};

static int fail(const struct program *program, const struct err *err)
{
    int status = err_exit_status(err->code);
    if (program->report.json) {
        report_json_error(&program->report, err, status);
    } else {
        report_text_error(&program->report, err);
    }
    return status;
}

static enum err_code resolve(struct program *program, const struct command_line *line,
                             const char *context, struct settings **out, struct err *err)
{
    struct given *given = mem_alloc(sizeof *given);
    enum err_code code =
        settings_resolve(line, &environment_system, context, &given->settings, err);
    if (code == ERR_OK && given->settings.action == ACTION_DEMO) {
        code = demo_folder_make(&program->demo, &environment_system, &given->settings, err);
        if (code != ERR_OK) {
            settings_release(&given->settings);
        }
    }
    if (code != ERR_OK) {
        free(given);
        return code;
    }
    given->next = program->given;
    program->given = given;
    *out = &given->settings;
    return ERR_OK;
}

static void release(struct program *program)
{
    aws_free(program->aws);
    while (program->given) {
        struct given *given = program->given;
        program->given = given->next;
        settings_release(&given->settings);
        free(given);
    }
    demo_folder_remove(&program->demo);
    command_line_release(&program->line);
    log_close();
}

/* Asks on the terminal itself: standard input may be a pipe. */
static enum err_code ask_at_terminal(void *context, const char *question, struct buf *answer,
                                     struct err *err)
{
    (void)context;
    FILE *terminal = fopen("/dev/tty", "r+");
    char line[256];
    if (!terminal) {
        return err_set(err, ERR_AUTH, "%s: there is no terminal to ask on", question);
    }
    fprintf(terminal, "%s: ", question);
    fflush(terminal);
    bool given = interrupt_wait_input(fileno(terminal)) && fgets(line, sizeof line, terminal);
    fclose(terminal);
    if (!given) {
        return err_set(err, ERR_CANCELLED, "%s: not answered", question);
    }
    line[strcspn(line, "\r\n")] = '\0';
    buf_puts(answer, line);
    mem_wipe(line, sizeof line);
    return ERR_OK;
}

/* The console has the terminal. */
static enum err_code cannot_ask(void *context, const char *question, struct buf *answer,
                                struct err *err)
{
    (void)context;
    (void)answer;
    err_set(err, ERR_AUTH, "%s: the console cannot ask for it", question);
    err_hint(err, "leave the console, sign in with the AWS command line, and give extpool the "
                  "credentials of that session");
    return ERR_AUTH;
}

static void collect_ports(struct program *program, bool console)
{
    struct aws_options options = {
        .environment = &environment_system,
        .clock = &clock_system,
        .prompt = console ? cannot_ask : ask_at_terminal,
    };
    program->aws = aws_new(&options);
    memcpy(program->ports, session_embedded_ports,
           session_n_embedded_ports * sizeof program->ports[0]);
    aws_ports(program->aws, program->ports + session_n_embedded_ports);
    program->n_ports = session_n_embedded_ports + AWS_PORTS;
}

/* ---- the console ------------------------------------------------------------------------- */

#ifndef EXTPOOL_NO_CONSOLE
static enum err_code reopen(void *context, enum console_request request, const char *text,
                            const struct settings **settings, struct err *err)
{
    struct program *program = context;
    struct command_line line = program->line;
    struct settings *fresh = NULL;
    const char *chosen = NULL;
    switch (request) {
    case CONSOLE_CONTEXT:
        chosen = text;
        break;
    case CONSOLE_DEMO:
        line.action = ACTION_DEMO;
        break;
    }
    enum err_code code = resolve(program, &line, chosen, &fresh, err);
    *settings = fresh;
    return code;
}

static int run_console(struct program *program, const struct settings *settings)
{
    struct err err = ERR_INIT;
    const struct cloud cloud = aws_cloud(program->aws);
    struct console_options options = {
        .settings = settings,
        .ports = program->ports,
        .n_ports = program->n_ports,
        .clock = &clock_system,
        .environment = &environment_system,
        .line = &program->line,
        .cloud = &cloud,
        .reopen = reopen,
        .context = program,
    };
    struct console_end end;
    if (console_run(&options, &end, &err) != ERR_OK) {
        return fail(program, &err);
    }
    int status = end.signal ? 128 + end.signal : end.unfinished ? err_exit_status(ERR_PARTIAL) : 0;
    fputs(end.says, program->report.err);
    if (end.stuck) {
        fflush(program->report.err);
        _exit(status);
    }
    return status;
}

#else /* the Lambda's package has no terminal and no ncurses */

static int run_console(struct program *program, const struct settings *settings)
{
    struct err err = ERR_INIT;
    (void)settings;
    err_set(&err, ERR_USAGE, "this build of extpool has no console");
    err_hint(&err, "name an action: extpool --help lists them");
    return fail(program, &err);
}

#endif

/* ---- the configuration -------------------------------------------------------------------- */

/* As `resolve`, for settings that may have mistakes. */
static struct settings *settings_room(void *context)
{
    struct program *program = context;
    struct given *given = mem_alloc(sizeof *given);
    *given = (struct given){program->given, {.arena = ARENA_INIT}};
    program->given = given;
    return &given->settings;
}

static int run_check_config(struct program *program)
{
    program->report.quiet = program->line.values[OPT_QUIET] != NULL;
    program->report.verbose = program->line.values[OPT_VERBOSE] != NULL;
    collect_ports(program, true);
    const struct check_config check = {
        .line = &program->line,
        .environment = &environment_system,
        .ports = program->ports,
        .n_ports = program->n_ports,
        .clock = &clock_system,
        .report = &program->report,
#ifndef EXTPOOL_NO_CONSOLE
        .judge_screen = console_check,
#endif
        .room = settings_room,
        .context = program,
    };
    return check_config_run(&check);
}

/* ---- texts about the program itself ------------------------------------------------------- */

static int print_text(const struct program *program, void (*append)(const void *, struct buf *),
                      const void *what)
{
    struct buf text;
    buf_init(&text, 1 << 20);
    append(what, &text);
    fputs(text.data, program->report.out);
    buf_release(&text);
    return 0;
}

static void append_topic(const void *topic, struct buf *out)
{
    help_topic(*(const enum topic *)topic, out);
}

static int print_completion(const struct program *program, const char *shell)
{
    struct err err = ERR_INIT;
    struct buf text;
    buf_init(&text, 1 << 20);
    bool known = help_completion(shell, &text);
    if (known) {
        fputs(text.data, program->report.out);
    } else {
        err_set(&err, ERR_USAGE, "--completion %s: there is one for bash, zsh and fish", shell);
    }
    buf_release(&text);
    return known ? 0 : fail(program, &err);
}

/* Nothing that goes wrong is said: somebody is typing. */
static int run_complete(struct program *program)
{
#ifdef EXTPOOL_NO_CONSOLE
    const char *const themes[] = {NULL};
#else
    const char *themes[CONSOLE_THEMES_MAX];
    console_theme_names(themes);
#endif
    collect_ports(program, true);
    const struct cloud cloud = aws_cloud(program->aws);
    const struct complete_options options = {
        .line = &program->line,
        .environment = &environment_system,
        .ports = program->ports,
        .n_ports = program->n_ports,
        .clock = &clock_system,
        .cloud = &cloud,
        .themes = themes,
        .settings = settings_room(program),
        .out = program->report.out,
    };
    complete_run(&options);
    return 0;
}

/* Only --verbose asks the libraries: --version alone starts none of them. */
static void print_version(struct program *program)
{
    struct library libraries[4];
    char curl[HTTP_LIBRARY_ROOM];
    size_t n = 0;
    program->report.verbose = program->line.values[OPT_VERBOSE] != NULL;
    if (program->report.verbose) {
#ifndef EXTPOOL_NO_CONSOLE
        libraries[n++] = (struct library){"ncurses", term_library_version()};
#endif
        libraries[n++] = (struct library){"curl", http_library_version(curl)};
        libraries[n++] = (struct library){"OpenSSL", crypto_library_version()};
        libraries[n++] = (struct library){"SQLite", store_sqlite_library_version()};
    }
    report_version(&program->report, libraries, n);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void show_warnings(const struct program *program, const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_warnings; i++) {
        fprintf(program->report.err, "%sextpool: warning: %s\n",
                report_priority(&program->report, LOG_WARN), settings->warnings[i]);
        log_line(LOG_WARN, "config", "%s", settings->warnings[i]);
    }
}

static int run(struct program *program)
{
    struct settings *settings = NULL;
    struct err err = ERR_INIT;
    if (resolve(program, &program->line, NULL, &settings, &err) != ERR_OK) {
        return fail(program, &err);
    }
    program->report.quiet = settings->quiet;
    program->report.verbose = settings->verbose;
    program->report.format = settings->format;
    bool console = settings->action == ACTION_CONSOLE || settings->action == ACTION_DEMO;
    if (console && settings->log_path && strcmp(settings->log_path, "-") == 0 &&
        terminal_columns(STDERR_FILENO) > 0) {
        err_set(&err, ERR_USAGE, "--log -: the console draws on this terminal; name a file");
        return fail(program, &err);
    }
    log_shape(settings->log_format, environment_get(&environment_system, "JOURNAL_STREAM"));
    if (settings->log_path && log_open(settings->log_path, settings->log_level, &err) != ERR_OK) {
        return fail(program, &err);
    }
    show_warnings(program, settings);
    collect_ports(program, console);
    if (console) {
        return run_console(program, settings);
    }
    struct headless_options options = {
        .settings = settings,
        .ports = program->ports,
        .n_ports = program->n_ports,
        .clock = &clock_system,
        .report = &program->report,
    };
    struct pager pager = {.terminal = NULL};
    size_t rows = has_sequences() ? terminal_rows() : 0;
    if (rows > 0 && !settings->no_pager && action_shows(settings->action)) {
        pager_begin(&pager, &program->report, rows, &environment_system);
    }
    int status = headless_run(&options, NULL);
    pager_end(&pager, &program->report);
    return status;
}

/* Lambda started this process: it serves events until it is ended. */
static int run_lambda(struct program *program)
{
    collect_ports(program, true);
    struct lambda_options options = {
        .environment = &environment_system,
        .clock = &clock_system,
        .ports = program->ports,
        .n_ports = program->n_ports,
    };
    return lambda_run(&options);
}

static int start(struct program *program, int argc, char *argv[])
{
    struct err err = ERR_INIT;
    if (command_line_parse(argc, argv, &program->line, &err) != ERR_OK) {
        for (int i = 1; i < argc; i++) {
            program->report.json = program->report.json || strcmp(argv[i], "--json") == 0;
        }
        return fail(program, &err);
    }
    const char *format = program->line.values[OPT_FORMAT];
    program->report.json =
        program->line.values[OPT_JSON] || (format && strcmp(format, "json") == 0);
    switch ((int)program->line.action) {
    case ACTION_HELP:
        return print_text(program, append_topic, &program->line.topic);
    case ACTION_COMPLETE:
        return run_complete(program);
    case ACTION_COMPLETION:
        return print_completion(program, program->line.operands[0]);
    case ACTION_CHECK_CONFIG:
        return run_check_config(program);
    case ACTION_VERSION:
        print_version(program);
        return 0;
    case ACTION_CONSOLE:
        return lambda_is_wanted(&environment_system) ? run_lambda(program) : run(program);
    default:
        return run(program);
    }
}

int main(int argc, char *argv[])
{
    keep_secrets_in();
    platform_static_names();
    open_standard_streams();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* ulimit -f: a write fails, and that is reported */
    setlocale(LC_ALL, "");
    locale_start(&environment_system);

    struct program program = {.report = standard_report()};
    int status = start(&program, argc, argv);
    release(&program);
    return flushed(status);
}
