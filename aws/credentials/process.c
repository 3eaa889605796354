/*
 * A program that prints credentials (`credential_process`). It is started without a shell: the
 * command is split into words (core/format/shell_split.h) and the first one is looked for in PATH. Its output is
 * bounded and read within a time limit; neither the output nor the arguments get into a message,
 * for both may hold secrets. What it prints to standard error goes nowhere: the screen may be the
 * console's.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aws/credentials/cred.h"
#include "aws/credentials/json.h"
#include "core/format/shell_split.h"
#include "core/base/mem.h"
#include "core/base/progress.h"

#include "core/base/banned.h"

#define OUTPUT_MAX 65536
#define LIMIT_MS INT64_C(60000)
#define CANCEL_LOOK_MS 250

extern char **environ;

struct process_provider {
    struct credentials_provider base;
    const struct cred_context *context;
    const char *profile;
    const char *command;
    const char *account_id;
    int64_t limit_ms;
};

/* ---- running it -------------------------------------------------------------------------------
 */

/* The child's signals are as a program expects them, whatever this thread blocks; its input is
   empty, its output the pipe. */
static int spawn(char *const *words, int output, pid_t *child)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int number = posix_spawnp(child, words[0], &files, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return number;
}

static bool is_cancelled(const struct cred_context *context)
{
    return context->http && progress_cancel(context->http->progress) >= CANCEL_HARD;
}

/* Reads until the program closes its output, says too much or takes too long. */
static enum err_code read_output(const struct process_provider *self, int fd, int64_t until_ms,
                                 struct buf *output, struct err *err)
{
    char chunk[4096];
    enum err_code code = ERR_OK;
    bool open = true;
    while (open && code == ERR_OK) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int64_t left_ms = until_ms - clock_ticks_ms();
        if (is_cancelled(self->context)) {
            code = err_set(err, ERR_CANCELLED, "cancelled");
        } else if (left_ms <= 0) {
            code = err_set(err, ERR_AUTH,
                           "the credential_process of profile \"%s\" took longer than %lld s",
                           self->profile, (long long)(self->limit_ms + 999) / 1000);
        } else if (poll(&ready, 1, left_ms < CANCEL_LOOK_MS ? (int)left_ms : CANCEL_LOOK_MS) > 0) {
            ssize_t got = read(fd, chunk, sizeof chunk);
            open = got > 0 || (got < 0 && errno == EINTR);
            if (got > 0) {
                buf_append(output, chunk, (size_t)got);
            }
            if (buf_failed(output)) {
                code =
                    err_set(err, ERR_AUTH,
                            "the credential_process of profile \"%s\" printed more than %d bytes",
                            self->profile, OUTPUT_MAX);
            }
        }
    }
    mem_wipe(chunk, sizeof chunk);
    return code;
}

/* Waits for the end of a program that has closed its output; one that lives on is ended at the time
   limit. Looking again after a moment does without a handler for SIGCHLD, which is not ours. */
static int wait_for_end(const struct process_provider *self, pid_t child, int64_t until_ms)
{
    int status = 0;
    for (;;) {
        pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended != 0 && !(ended < 0 && errno == EINTR)) {
            return status;
        }
        if (clock_ticks_ms() >= until_ms || is_cancelled(self->context)) {
            kill(child, SIGKILL);
        }
        (void)poll(NULL, 0, 10);
    }
}

static enum err_code judge_end(const struct process_provider *self, int status, struct err *err)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return ERR_OK;
    }
    if (WIFEXITED(status)) {
        err_set(err, ERR_AUTH, "the credential_process of profile \"%s\" ended with status %d",
                self->profile, WEXITSTATUS(status));
    } else {
        err_set(err, ERR_AUTH, "the credential_process of profile \"%s\" was ended by signal %d",
                self->profile, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    }
    err_hint(err, "Run the command of credential_process by hand to see what it says");
    return ERR_AUTH;
}

static enum err_code run(const struct process_provider *self, char *const *words,
                         struct buf *output, struct err *err)
{
    int ends[2];
    pid_t child;
    if (pipe(ends) != 0) {
        return err_set_errno(err, ERR_IO, errno, "a pipe for credential_process");
    }
    /* No other program of ours may inherit them. */
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    int number = spawn(words, ends[1], &child);
    close(ends[1]);
    if (number != 0) {
        close(ends[0]);
        return err_set_errno(err, ERR_AUTH, number,
                             "the credential_process of profile \"%s\" did not start",
                             self->profile);
    }
    int64_t until_ms = clock_ticks_ms() + self->limit_ms;
    enum err_code code = read_output(self, ends[0], until_ms, output, err);
    close(ends[0]);
    if (code != ERR_OK) {
        kill(child, SIGKILL);
    }
    int status = wait_for_end(self, child, until_ms);
    return code == ERR_OK ? judge_end(self, status, err) : code;
}

/* ---- what it said -----------------------------------------------------------------------------
 */

static enum err_code read_answer(const struct process_provider *self, const struct buf *output,
                                 struct credentials *out, struct err *err)
{
    struct err wrong = ERR_INIT;
    json_t *root = NULL;
    char *what =
        mem_printf("the output of the credential_process of profile \"%s\"", self->profile);
    enum err_code code = cred_json_load(what, output->data, output->length, &root, &wrong);
    if (code == ERR_OK && json_integer_value(json_object_get(root, "Version")) != 1) {
        code = err_set(&wrong, ERR_INPUT, "%s is not of Version 1", what);
    }
    if (code == ERR_OK) {
        code = cred_json_read(what, root, &cred_json_process, out, &wrong);
    }
    cred_json_free(root);
    free(what);
    return code == ERR_OK ? ERR_OK : err_set(err, ERR_AUTH, "%s", wrong.text);
}

static enum err_code process_get(struct credentials_provider *base, bool force,
                                 struct credentials *out, struct err *err)
{
    const struct process_provider *self = (const struct process_provider *)base;
    struct arena arena = ARENA_INIT;
    struct err wrong = ERR_INIT;
    struct buf output;
    char **words;
    size_t count;
    (void)force; /* the program is asked each time */
    buf_init_secret(&output, OUTPUT_MAX);
    enum err_code code = shell_split(&arena, self->command, &words, &count, &wrong);
    if (code != ERR_OK) {
        code = err_set(err, code, "credential_process of profile \"%s\": %s", self->profile,
                       wrong.text);
    } else {
        code = run(self, words, &output, err);
    }
    if (code == ERR_OK) {
        code = read_answer(self, &output, out, err);
    }
    if (code == ERR_OK) {
        const char *name = strrchr(words[0], '/');
        out->source = mem_printf("process %s", name ? name + 1 : words[0]);
        if (!out->account_id) {
            out->account_id = mem_strdup(self->account_id);
        }
    }
    buf_release(&output);
    arena_release(&arena);
    return code;
}

static void process_free(struct credentials_provider *base)
{
    free(base);
}

struct credentials_provider *cred_process_new(const struct cred_context *context,
                                              const char *profile, const char *command,
                                              const char *account_id, int64_t limit_ms)
{
    static const struct credentials_provider_ops ops = {
        .name = "process", .get = process_get, .free = process_free};
    struct process_provider *self = mem_alloc(sizeof *self);
    self->base.ops = &ops;
    self->context = context;
    self->profile = profile;
    self->command = command;
    self->account_id = account_id;
    self->limit_ms = limit_ms > 0 ? limit_ms : LIMIT_MS;
    return &self->base;
}
