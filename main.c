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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/cmdline.h"
#include "core/environ.h"
#include "core/headless.h"
#include "core/log.h"
#include "core/settings.h"

#include "core/banned.h"

/* Keys and tokens are in our memory: no core dump, and no look into it by other processes. */
static void keep_secrets_in(void)
{
    struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* the sanitizers look at themselves by ptrace */
#endif
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

static bool wants_color(void)
{
    const char *term = environment_get(&environment_system, "TERM");
    return isatty(STDOUT_FILENO) && !environment_get(&environment_system, "NO_COLOR") && term &&
           strcmp(term, "dumb") != 0;
}

static int fail(struct report *report, const struct err *err)
{
    int status = err_exit_status(err->code);
    if (report->json) {
        report_json_error(report, err, status);
    } else {
        report_text_error(report, err);
    }
    return status;
}

static void show_warnings(const struct settings *settings, const struct report *report)
{
    for (size_t i = 0; i < settings->n_warnings; i++) {
        fprintf(report->err, "extpool: warning: %s\n", settings->warnings[i]);
        log_line(LOG_WARN, "config", "%s", settings->warnings[i]);
    }
}

static int run(const struct settings *settings, struct report *report)
{
    return headless_run(settings, session_embedded_ports, session_n_embedded_ports, &clock_system,
                        report);
}

static int start(const struct command_line *line, struct report *report)
{
    struct settings settings;
    struct err err = ERR_INIT;
    if (settings_resolve(line, &environment_system, NULL, &settings, &err) != ERR_OK) {
        return fail(report, &err);
    }
    report->quiet = settings.quiet;
    report->verbose = settings.verbose;
    int status;
    if (settings.log_path && log_open(settings.log_path, settings.log_level, &err) != ERR_OK) {
        status = fail(report, &err);
    } else {
        show_warnings(&settings, report);
        status = run(&settings, report);
    }
    settings_release(&settings);
    log_close();
    return status;
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

int main(int argc, char *argv[])
{
    keep_secrets_in();
    open_standard_streams();
    signal(SIGPIPE, SIG_IGN);
    setlocale(LC_ALL, "");

    struct report report = {.out = stdout, .err = stderr, .color = wants_color()};
    struct command_line line;
    struct err err = ERR_INIT;
    int status;
    if (command_line_parse(argc, argv, &line, &err) != ERR_OK) {
        for (int i = 1; i < argc; i++) {
            report.json = report.json || strcmp(argv[i], "--json") == 0;
        }
        return flushed(fail(&report, &err));
    }
    report.json = line.values[OPT_JSON] != NULL;
    status = start(&line, &report);
    command_line_release(&line);
    return flushed(status);
}
