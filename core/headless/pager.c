#include "core/headless/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/format/shell_split.h"

#include "core/base/banned.h"

#define USUAL "less"
#define USUAL_FLAGS "FRX" /* leave if it fits, show colours, keep what was on the screen */
#define NOT_FOUND 127

/* NULL: none is wanted. */
static const char *command_of(const struct environment *environment)
{
    /* An empty one says something, too. */
    const char *command = environment->get(environment->context, "EXTPOOL_PAGER");
    command = command ? command : environment->get(environment->context, "PAGER");
    command = command ? command : USUAL;
    return command[strspn(command, " ")] == '\0' || strcmp(command, "cat") == 0 ? NULL : command;
}

void pager_begin(struct pager *pager, struct report *report, size_t rows,
                 const struct environment *environment)
{
    *pager = (struct pager){.rows = rows, .environment = environment};
    FILE *gathered = command_of(environment) ? open_memstream(&pager->text, &pager->length) : NULL;
    if (gathered) {
        pager->terminal = report->out;
        report->out = gathered;
    }
}

/* ---- how tall it is ----------------------------------------------------------------------------- */

/* Rows that the text takes, as far as `enough`. Escape sequences count as text: a line with some may seem
   longer than it is. */
static size_t rows_of(const char *text, size_t columns, size_t enough)
{
    struct arena arena = ARENA_INIT;
    size_t rows = 0;
    while (*text && rows <= enough) {
        size_t length = strcspn(text, "\n");
        size_t width = text_columns(arena_strndup(&arena, text, length));
        rows += width > columns && columns > 0 ? (width + columns - 1) / columns : 1;
        text += length + (text[length] == '\n');
    }
    arena_release(&arena);
    return rows;
}

/* ---- the pager ---------------------------------------------------------------------------------- */

static void become(char *const *words, int from)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    if (dup2(from, STDIN_FILENO) >= 0) {
        (void)!setenv("LESS", USUAL_FLAGS, 0);
        (void)!setenv("LV", "-c", 0);
        execvp(words[0], words);
    }
    _exit(NOT_FOUND);
}

static void write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, text, length);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return; /* the reader has seen enough */
        }
        text += n;
        length -= (size_t)n;
    }
}

/* False if it could not be started. */
static bool show(const struct pager *pager, char *const *words)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    (void)!fcntl(ends[1], F_SETFD, FD_CLOEXEC);    /* or the pager would wait for itself */
    void (*before)(int) = signal(SIGINT, SIG_IGN); /* it is the pager's */
    pid_t child = fork();
    if (child == 0) {
        become(words, ends[0]);
    }
    close(ends[0]);
    if (child > 0) {
        write_all(ends[1], pager->text, pager->length);
    }
    close(ends[1]);
    int status = NOT_FOUND << 8;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    signal(SIGINT, before);
    return !WIFEXITED(status) || WEXITSTATUS(status) != NOT_FOUND;
}

static bool show_by_command(const struct pager *pager)
{
    struct arena arena = ARENA_INIT;
    char **words = NULL;
    size_t n = 0;
    bool shown = shell_split(&arena, command_of(pager->environment), &words, &n, NULL) == ERR_OK &&
                 show(pager, words);
    arena_release(&arena);
    return shown;
}

void pager_end(struct pager *pager, struct report *report)
{
    if (!pager->terminal) {
        return;
    }
    bool whole = fclose(report->out) == 0;
    report->out = pager->terminal;
    if (whole && pager->text) {
        bool tall = rows_of(pager->text, report->columns, pager->rows) >= pager->rows;
        if (!tall || !show_by_command(pager)) {
            fwrite(pager->text, 1, pager->length, report->out);
        }
    }
    free(pager->text);
    *pager = (struct pager){.terminal = NULL};
}
