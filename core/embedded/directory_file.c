#include "core/embedded/directory_file.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/banned.h"
#include "core/embedded/directory_parse.h"
#include "core/format/text_file.h"
#include "core/pool/login.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/* ---- any format ---------------------------------------------------------------------------- */

/* Nobody would be left to hold anything: that is a guard's refusal, and no failure of the file. */
static enum err_code refuse_empty(const char *file, const char *what, const char *note,
                                  struct err *err)
{
    err_set(err, ERR_GUARD, "%s: %s%s%s", file, what, note ? ": " : "", note ? note : "");
    err_hint(err, "An empty directory would take everybody's extension away");
    return ERR_GUARD;
}

enum err_code directory_parse(const struct directory_text *source, const char **format,
                              struct err *err)
{
    const char *text = source->text;
    size_t length = source->length;
    if (text_file_check(source->file, text, length, err) != ERR_OK) {
        return ERR_INPUT;
    }
    size_t at = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < length && strchr(" \t\r\n", text[at])) {
        at++;
    }
    if (at == length) {
        return refuse_empty(source->file, "there is nothing in it", NULL, err);
    }
    bool json = text[at] == '{' || text[at] == '[';
    struct text_file_guess guess = {NULL, NULL};
    if (!json) {
        guess = text_file_guess(text, length);
    }
    if (guess.what) {
        err_set(err, ERR_INPUT, "%s: this looks like %s; CSV with a header or JSON is expected",
                source->file, guess.what);
        err_hint(err, "%s", guess.hint);
        return ERR_INPUT;
    }
    enum err_code code =
        json ? directory_json_parse(source, format, err) : directory_csv_parse(source, format, err);
    if (code != ERR_OK) {
        return code;
    }
    if (source->roster->n_agents == 0 && !source->only) {
        return refuse_empty(source->file, "no agents in it", source->roster->note, err);
    }
    roster_seal(source->roster);
    return ERR_OK;
}

/* ---- the port ------------------------------------------------------------------------------ */

struct directory_file {
    struct directory base;
    char *path;
    struct directory_settings settings;
    const struct clock *clock;
    const char *format; /* of the last read, NULL before it */
    struct stat read;   /* the file, right before the last read that went well */
    int64_t read_at_s;  /* when that was */
    bool well_read;
};

/* All agents, or only one. */
static enum err_code read_agents(struct directory_file *self, const char *only,
                                 const struct progress *progress, struct roster **out,
                                 struct err *err)
{
    struct roster *roster = roster_new();
    struct buf text;
    buf_init(&text, TEXT_FILE_MAX);
    roster->read_at_s = clock_now_s(self->clock);
    enum err_code code = text_file_read(self->path, progress, "reading the directory", &text, err);
    if (code == ERR_OK) {
        struct directory_text source = {.file = text_file_name(self->path),
                                        .text = text.data,
                                        .length = text.length,
                                        .settings = &self->settings,
                                        .progress = progress,
                                        .roster = roster,
                                        .only = only};
        code = directory_parse(&source, &self->format, err);
    }
    buf_wipe_release(&text); /* a bulk-upload file holds passwords */
    *out = code == ERR_OK ? roster : NULL;
    if (code != ERR_OK) {
        roster_unref(roster);
    }
    return code;
}

static enum err_code read_file(struct directory *directory, const struct progress *progress,
                               struct roster **out, struct err *err)
{
    struct directory_file *self = (struct directory_file *)directory;
    bool found = stat(self->path, &self->read) == 0;
    self->read_at_s = clock_now_s(self->clock);
    enum err_code code = read_agents(self, NULL, progress, out, err);
    self->well_read = found && code == ERR_OK;
    return code;
}

/*
 * The same reader with the same rules, but nobody else is kept: that is most of the time and of the
 * memory of a read. Only a login that others have twice goes unnoticed here; the next sync tells it.
 */
static enum err_code find_agent(struct directory *directory, const char *login,
                                const struct progress *progress, struct roster **out,
                                struct err *err)
{
    struct directory_file *self = (struct directory_file *)directory;
    struct stat now;
    *out = NULL;
    if (strcmp(self->path, "-") == 0 || (stat(self->path, &now) == 0 && !S_ISREG(now.st_mode))) {
        return err_set(err, ERR_DENIED, "%s can be read once, so it is read whole",
                       text_file_name(self->path));
    }
    return read_agents(self, login, progress, out, err);
}

/* A file that was changed a moment before it was read can change again under the same time. */
#define SETTLED_S 2

static bool file_unchanged(struct directory *directory)
{
    const struct directory_file *self = (const struct directory_file *)directory;
    const struct stat *then = &self->read;
    struct stat now;
    return self->well_read && S_ISREG(then->st_mode) && stat(self->path, &now) == 0 &&
           now.st_dev == then->st_dev && now.st_ino == then->st_ino &&
           now.st_size == then->st_size && now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == then->st_mtim.tv_nsec &&
           now.st_ctim.tv_sec == then->st_ctim.tv_sec &&
           now.st_ctim.tv_nsec == then->st_ctim.tv_nsec &&
           self->read_at_s > then->st_ctim.tv_sec + SETTLED_S;
}

static void file_facts(struct directory *directory, struct port_info *facts)
{
    const struct directory_file *self = (const struct directory_file *)directory;
    port_info_set(facts, "directory_path", "%s", text_file_name(self->path));
    if (self->format) {
        port_info_set(facts, "directory_format", "%s", self->format);
    }
}

static void file_free(struct directory *directory)
{
    struct directory_file *self = (struct directory_file *)directory;
    free(self->path);
    free(self);
}

static const struct directory_ops s_ops = {.read = read_file,
                                           .find = find_agent,
                                           .unchanged = file_unchanged,
                                           .facts = file_facts,
                                           .free = file_free};

struct directory *directory_file_new(const char *path, const struct directory_settings *settings,
                                     const struct clock *clock)
{
    struct directory_file *self = mem_alloc(sizeof *self);
    self->base.ops = &s_ops;
    self->base.uri = mem_printf("file:%s", path);
    self->path = mem_strdup(path);
    if (settings) {
        self->settings = *settings;
    }
    self->clock = clock;
    return &self->base;
}
