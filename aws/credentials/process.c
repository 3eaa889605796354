/*
 * A program that prints credentials (`credential_process`). It is started without a shell: the
 * command is split into words (core/format/shell_split.h) and the first one is looked for in PATH.
 * Its output is bounded and read within a time limit; neither the output nor the arguments get into
 * a message, for both may hold secrets. The end of what it prints to standard error is shown if it
 * fails.
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
#define COMPLAINT_MAX 4096 /* kept of standard error, from its beginning */
#define COMPLAINT_SHOWN 400
#define KEYLIKE_MIN 20 /* characters; the shortest key of Amazon has as many */
#define WORD_MIN 4     /* shorter words of the output are no secrets */
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
static int spawn(char *const *words, int output, int complaint, pid_t *child)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, complaint, STDERR_FILENO);
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

/* A run: the ends of its pipes, and what was read from them. */
struct run {
    int output, complaint;
    int64_t until_ms;
    struct buf *said;   /* a secret */
    struct buf grumble; /* standard error */
};

/* Takes what standard error has, so that the program does not block on it. */
static void take_complaint(struct run *run)
{
    char chunk[1024];
    ssize_t got;
    while ((got = read(run->complaint, chunk, sizeof chunk)) > 0) {
        size_t room = COMPLAINT_MAX - run->grumble.length;
        buf_append(&run->grumble, chunk, (size_t)got < room ? (size_t)got : room);
    }
}

/* The last lines of it, for a hint; "" if there are none. */
static const char *end_of_complaint(struct run *run)
{
    struct buf *grumble = &run->grumble;
    while (grumble->length > 0 && strchr(" \t\r\n", grumble->data[grumble->length - 1])) {
        grumble->data[--grumble->length] = '\0';
    }
    if (grumble->length <= COMPLAINT_SHOWN) {
        return grumble->data ? grumble->data : "";
    }
    const char *end = grumble->data + grumble->length - COMPLAINT_SHOWN;
    const char *line = strchr(end, '\n');
    return line ? line + 1 : end;
}

/* Overwrites `length` bytes with stars. */
static void hide(char *text, size_t length)
{
    memset(text, '*', length);
}

/* Keys and tokens are long words of mixed letters and digits. */
static bool is_keylike(const char *text, size_t length)
{
    bool upper = false, lower = false, digit = false;
    for (size_t i = 0; i < length; i++) {
        upper = upper || (text[i] >= 'A' && text[i] <= 'Z');
        lower = lower || (text[i] >= 'a' && text[i] <= 'z');
        digit = digit || (text[i] >= '0' && text[i] <= '9');
    }
    return length >= KEYLIKE_MIN && upper && lower && digit;
}

static void hide_keys(char *text)
{
    static const char in_keys[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "+/=_";
    while (*text) {
        size_t length = strspn(text, in_keys);
        if (is_keylike(text, length)) {
            hide(text, length);
        }
        text += length > 0 ? length : 1;
    }
}

/* Whatever is on standard output may be a secret, so its words are hidden in the complaint too. */
static void hide_output(char *text, const struct buf *said)
{
    static const char between[] = " \t\r\n\"':,{}[]=";
    for (const char *word = said->data ? said->data : ""; *word;) {
        size_t length = strcspn(word, between);
        for (char *at = text; length >= WORD_MIN && (at = strchr(at, word[0])) != NULL;) {
            bool same = strncmp(at, word, length) == 0;
            if (same) {
                hide(at, length);
            }
            at += same ? length : 1;
        }
        word += length > 0 ? length : 1;
    }
}

static void hint_complaint(struct run *run, struct err *err)
{
    if (run->grumble.length > 0) {
        hide_output(run->grumble.data, run->said);
        hide_keys(run->grumble.data);
    }
    const char *said = end_of_complaint(run);
    if (said[0] != '\0') {
        err_hint(err, "it says: %s", said);
    }
}

/* Reads until the program closes its output, says too much or takes too long. */
static enum err_code read_output(const struct process_provider *self, struct run *run,
                                 struct err *err)
{
    char chunk[4096];
    enum err_code code = ERR_OK;
    bool open = true;
    while (open && code == ERR_OK) {
        struct pollfd ready[2] = {{.fd = run->output, .events = POLLIN},
                                  {.fd = run->complaint, .events = POLLIN}};
        int64_t left_ms = run->until_ms - clock_ticks_ms();
        int wait_ms = left_ms < CANCEL_LOOK_MS ? (int)left_ms : CANCEL_LOOK_MS;
        if (is_cancelled(self->context)) {
            code = err_set(err, ERR_CANCELLED, "cancelled");
        } else if (left_ms <= 0) {
            code = err_set(err, ERR_AUTH,
                           "the credential_process of profile \"%s\" took longer than %lld s",
                           self->profile, (long long)(self->limit_ms + 999) / 1000);
        } else if (poll(ready, 2, wait_ms) > 0) {
            take_complaint(run);
            ssize_t got = ready[0].revents ? read(run->output, chunk, sizeof chunk) : -1;
            open = !ready[0].revents || got > 0 || (got < 0 && errno == EINTR);
            if (got > 0) {
                buf_append(run->said, chunk, (size_t)got);
            }
            if (buf_failed(run->said)) {
                code =
                    err_set(err, ERR_AUTH,
                            "the credential_process of profile \"%s\" printed more than %d bytes",
                            self->profile, OUTPUT_MAX);
            }
            if (ready[1].revents & (POLLHUP | POLLERR) && !ready[0].revents) {
                (void)poll(NULL, 0, 10); /* standard error is closed: it has nothing more to say */
            }
        }
    }
    mem_wipe(chunk, sizeof chunk);
    return code;
}

/* Waits for the end of a program that has closed its output; one that lives on is ended at the time
   limit. Looking again after a moment does without a handler for SIGCHLD, which is not ours. */
static int wait_for_end(const struct process_provider *self, pid_t child, struct run *run)
{
    int status = 0;
    for (;;) {
        take_complaint(run);
        pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended != 0 && !(ended < 0 && errno == EINTR)) {
            take_complaint(run);
            return status;
        }
        if (clock_ticks_ms() >= run->until_ms || is_cancelled(self->context)) {
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
    return ERR_AUTH;
}

/* No other program of ours may inherit them. */
static bool make_pipe(int ends[2])
{
    if (pipe(ends) != 0) {
        return false;
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

static enum err_code start(const struct process_provider *self, char *const *words, struct run *run,
                           pid_t *child, struct err *err)
{
    int output[2];
    int complaint[2];
    if (!make_pipe(output)) {
        return err_set_errno(err, ERR_IO, errno, "a pipe for credential_process");
    }
    if (!make_pipe(complaint)) {
        int number = errno;
        close(output[0]);
        close(output[1]);
        return err_set_errno(err, ERR_IO, number, "a pipe for credential_process");
    }
    (void)fcntl(complaint[0], F_SETFL, O_NONBLOCK);
    int number = spawn(words, output[1], complaint[1], child);
    close(output[1]);
    close(complaint[1]);
    run->output = output[0];
    run->complaint = complaint[0];
    if (number != 0) {
        close(run->output);
        close(run->complaint);
        return err_set_errno(err, ERR_AUTH, number,
                             "the credential_process of profile \"%s\" did not start",
                             self->profile);
    }
    return ERR_OK;
}

static enum err_code read_answer(const struct process_provider *self, const struct buf *output,
                                 struct credentials *out, struct err *err);

/* Runs it and reads what it said. Whatever is wrong, its own complaint is the hint. */
static enum err_code run_program(const struct process_provider *self, char *const *words,
                                 struct buf *output, struct credentials *out, struct err *err)
{
    struct run run = {.said = output, .until_ms = clock_ticks_ms() + self->limit_ms};
    pid_t child = 0;
    enum err_code code = start(self, words, &run, &child, err);
    if (code != ERR_OK) {
        return code;
    }
    buf_init(&run.grumble, COMPLAINT_MAX + 1);
    code = read_output(self, &run, err);
    close(run.output);
    if (code != ERR_OK && child > 0) {
        kill(child, SIGKILL);
    }
    int status = wait_for_end(self, child, &run);
    if (code == ERR_OK) {
        code = judge_end(self, status, err);
    }
    if (code == ERR_OK) {
        code = read_answer(self, output, out, err);
    }
    if (code == ERR_AUTH) {
        hint_complaint(&run, err);
        err_hint(err, "Run the command of credential_process by hand to see what it says");
    }
    close(run.complaint);
    buf_release(&run.grumble);
    return code;
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
        code = run_program(self, words, &output, out, err);
    }
    if (code == ERR_OK) {
        const char *name = strrchr(words[0], '/');
        out->source = mem_printf("process %s", name ? name + 1 : words[0]);
        out->renew = mem_printf("Run the program of credential_process of profile \"%s\" again "
                                "(%s); it may want a log-in",
                                self->profile, name ? name + 1 : words[0]);
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
