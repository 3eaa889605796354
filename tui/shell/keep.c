#include "tui/shell/keep.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/plan/plan_file.h"
#include "tui/shell/gather.h"

#include "core/base/banned.h"

#define ASIDE_MAX 99  /* baskets that stay out, of one place */
#define BASKETS_MAX 9 /* consoles of one place that keep their baskets */
#define AGAIN_MS 60000

/* One console a process. */
static struct {
    char *path; /* of this console's basket; NULL: it is not kept */
    int lock;
    unsigned long edits; /* of the basket in the file */
    bool saving;         /* the worker is at it */
    bool complained;
    int64_t again_ms;    /* after an error: not before this (clock_ticks_ms) */
    unsigned generation; /* of the place, for a save that ends late */
} s_keep = {.lock = -1};

/* ---- whose basket is whose ---------------------------------------------------------------------- */

static char *basket_path(const struct shell *shell, int number)
{
    const char *name = state_path(shell->state, "basket");
    return !name         ? NULL
           : number == 1 ? mem_printf("%s.json", name)
                         : mem_printf("%s-%d.json", name, number);
}

/* -1: another console has it, or there can be no lock. */
static int lock_basket(const char *path)
{
    struct err ignored = ERR_INIT;
    char *name = mem_printf("%s.lock", path);
    int fd = fileio_make_parents(name, &ignored) == ERR_OK
                 ? open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)
                 : -1;
    free(name);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A basket that stays out is not lost: its file gets another name, which is the caller's to free. NULL:
   it stays where it is. */
static char *set_aside(const char *path)
{
    for (int i = 1; i <= ASIDE_MAX; i++) {
        char *name = mem_printf("%s.aside-%d", path, i);
        if (access(name, F_OK) != 0 && rename(path, name) == 0) {
            return name;
        }
        free(name);
    }
    return NULL;
}

static bool restore(struct shell *shell, const char *path)
{
    bool fits = gather_restore(shell, path);
    if (!fits) {
        char *name = set_aside(path);
        gather_set_aside(shell, name);
        free(name);
    }
    return fits;
}

/* The first one that is free is this console's; what stands in other free ones is taken over. */
static void open_baskets(struct shell *shell)
{
    for (int number = 1; number <= BASKETS_MAX; number++) {
        char *path = basket_path(shell, number);
        bool there = path && access(path, F_OK) == 0;
        int lock = path && (there || !s_keep.path) ? lock_basket(path) : -1;
        if (lock >= 0 && !s_keep.path) {
            (void)restore(shell, path);
            s_keep.path = path;
            s_keep.lock = lock;
            s_keep.edits = gather_edits(shell);
            continue;
        }
        if (lock >= 0 && there && restore(shell, path)) {
            keep_now(shell); /* it is in ours before it goes */
            (void)!unlink(path);
        }
        if (lock >= 0) {
            close(lock);
        }
        free(path);
    }
}

/* ---- saved filters -------------------------------------------------------------------------------- */

#define FREED "\"\"" /* one that is there from the start was taken away */

static void filter_key(char name, char key[STATE_KEY_MAX])
{
    snprintf(key, STATE_KEY_MAX, "filter.%c", name);
}

static void open_filters(struct shell *shell)
{
    saved_filters_init(&shell->saved_filters);
    for (const char *name = SAVED_NAMES; *name; name++) {
        char key[STATE_KEY_MAX];
        filter_key(*name, key);
        const char *text = state_get(shell->state, STATE_PERSON, key);
        if (text) {
            (void)saved_filters_set(&shell->saved_filters, *name,
                                    strcmp(text, FREED) == 0 ? "" : text);
        }
    }
}

void keep_filter(struct shell *shell, char name, const char *text)
{
    char key[STATE_KEY_MAX];
    filter_key(name, key);
    if (saved_filters_set(&shell->saved_filters, name, text) && shell->state) {
        (void)state_set(shell->state, STATE_PERSON, key, *text ? text : FREED);
    }
}

/* ---- a place ----------------------------------------------------------------------------------------- */

void keep_open(struct shell *shell)
{
    char place[STATE_PLACE_ROOM];
    struct err err = ERR_INIT;
    keep_close(shell);
    state_place(shell->place.settings, place);
    if (shell_is_first_start(shell)) {
        place[0] = '\0'; /* there is no place yet, and nothing is to be left behind */
    }
    shell->state = state_open(shell->place.settings->state_folder, place, &err);
    if (err.code != ERR_OK) {
        shell_say(shell, STYLE_WARN, "what was remembered: %s", err.text);
        s_keep.complained = true;
    }
    open_filters(shell);
    gather_open(shell);
    open_baskets(shell);
}

void keep_close(struct shell *shell)
{
    gather_close(shell);
    state_close(shell->state);
    shell->state = NULL;
    free(s_keep.path);
    s_keep.path = NULL;
    if (s_keep.lock >= 0) {
        close(s_keep.lock);
    }
    s_keep.lock = -1;
    s_keep.edits = 0;
    s_keep.saving = false;
    s_keep.generation++;
}

/* ---- writing ------------------------------------------------------------------------------------ */

/* What is to be written, apart from the shell. */
struct saving {
    struct job job;
    struct shell *shell;
    unsigned generation;
    struct state *fork;
    char *path;      /* of the basket; NULL: it has not changed */
    bool foreign;    /* what is in the file stays out: it gets another name */
    char *aside;     /* that name */
    struct buf text; /* "": the file goes */
    unsigned long edits;
};

static bool has_changed(const struct shell *shell)
{
    bool basket = s_keep.path && s_keep.edits != gather_edits(shell);
    return basket || (s_keep.path && state_is_changed(shell->state));
}

static void prepare(struct saving *saving, struct shell *shell)
{
    saving->shell = shell;
    saving->generation = s_keep.generation;
    saving->fork = state_fork(shell->state);
    saving->edits = gather_edits(shell);
    buf_init(&saving->text, PLAN_FILE_MAX);
    saving->foreign = gather_is_foreign(shell);
    if (s_keep.path && s_keep.edits != saving->edits) {
        saving->path = mem_strdup(s_keep.path);
        if (gather_count(shell) > 0) {
            (void)!gather_encode(shell, &saving->text, &saving->job.err);
        }
    }
}

static void write_all(struct job *job)
{
    struct saving *saving = (struct saving *)job;
    saving->aside = saving->path && saving->foreign ? set_aside(saving->path) : NULL;
    if (saving->path && job->err.code == ERR_OK && saving->text.length == 0) {
        (void)!unlink(saving->path);
    } else if (saving->path && job->err.code == ERR_OK &&
               fileio_make_parents(saving->path, &job->err) == ERR_OK) {
        (void)!fileio_replace(saving->path, saving->text.data, saving->text.length, 0600,
                              &job->err);
    }
    if (job->err.code == ERR_OK) {
        (void)!state_save(saving->fork, &job->err);
    }
}

static void written(struct job *job)
{
    struct saving *saving = (struct saving *)job;
    struct shell *shell = saving->shell;
    if (saving->generation != s_keep.generation) {
        return;
    }
    s_keep.saving = false;
    if (saving->foreign) {
        gather_set_aside(shell, saving->aside);
    }
    if (job->err.code == ERR_OK) {
        s_keep.edits = saving->edits;
    } else {
        s_keep.again_ms = clock_ticks_ms() + AGAIN_MS;
    }
    state_join(shell->state, saving->fork);
    saving->fork = NULL;
    if (job->err.code != ERR_OK && job->err.code != ERR_CANCELLED && !s_keep.complained) {
        s_keep.complained = true;
        shell_say(shell, STYLE_WARN,
                  "nothing is kept for the next start, neither the basket nor what was chosen: %s",
                  job->err.text);
    }
}

static void free_saving(struct job *job)
{
    struct saving *saving = (struct saving *)job;
    state_close(saving->fork);
    buf_release(&saving->text);
    free(saving->path);
    free(saving->aside);
    free(saving);
}

static struct saving *new_saving(struct shell *shell)
{
    struct saving *saving = mem_alloc(sizeof *saving);
    saving->job = (struct job){
        .name = "keeping", .run = write_all, .done = written, .free = free_saving, .err = ERR_INIT};
    prepare(saving, shell);
    return saving;
}

void keep_soon(struct shell *shell)
{
    if (s_keep.saving || !has_changed(shell) || clock_ticks_ms() < s_keep.again_ms) {
        return;
    }
    s_keep.saving = true;
    worker_submit(shell->jobs.worker, &new_saving(shell)->job);
}

void keep_now(struct shell *shell)
{
    if (!shell->state || !has_changed(shell)) {
        return;
    }
    struct saving *saving = new_saving(shell);
    write_all(&saving->job);
    written(&saving->job);
    free_saving(&saving->job);
}
