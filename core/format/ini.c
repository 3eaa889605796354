#include "core/format/ini.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "core/base/banned.h"

/* A part of the text, not terminated. */
struct span {
    const char *start;
    size_t length;
};

enum line_kind { LINE_NONE, LINE_SKIPPED, LINE_CONTINUATION, LINE_SECTION, LINE_PROPERTY };

/* ---- spans ------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trim(struct span s)
{
    while (s.length > 0 && is_blank(s.start[0])) {
        s.start++;
        s.length--;
    }
    while (s.length > 0 && is_blank(s.start[s.length - 1])) {
        s.length--;
    }
    return s;
}

/* Cuts the comment off. Behind a bracket it may follow at once, in a value only behind a blank. */
static struct span uncomment(struct span s, bool behind_blank)
{
    for (size_t i = 0; i < s.length; i++) {
        if ((s.start[i] == '#' || s.start[i] == ';') &&
            (!behind_blank || (i > 0 && is_blank(s.start[i - 1])))) {
            s.length = i;
            break;
        }
    }
    return trim(s);
}

static void keep(struct buf *buf, struct span s)
{
    buf_clear(buf);
    buf_append(buf, s.start, s.length);
}

/* ---- lines ------------------------------------------------------------------------------- */

static size_t indent_of(struct span line)
{
    size_t indent = 0;
    while (indent < line.length && is_blank(line.start[indent])) {
        indent++;
    }
    return indent;
}

static enum line_kind classify(const struct ini *ini, struct span line)
{
    size_t indent = indent_of(line);
    if (indent == line.length || line.start[0] == '#' || line.start[0] == ';') {
        return LINE_SKIPPED;
    }
    if (ini->in_property && indent > ini->indent) {
        return LINE_CONTINUATION;
    }
    char first = line.start[indent];
    return first == '#' || first == ';' ? LINE_SKIPPED
           : first == '['               ? LINE_SECTION
                                        : LINE_PROPERTY;
}

/* The line at `ini->at`, without its end; *after is where the next one starts. */
static struct span peek_line(const struct ini *ini, const char **after)
{
    struct span line = {.start = ini->at};
    const char *lf = memchr(ini->at, '\n', (size_t)(ini->end - ini->at));
    line.length = (size_t)((lf ? lf : ini->end) - ini->at);
    *after = lf ? lf + 1 : ini->end;
    if (line.length > 0 && line.start[line.length - 1] == '\r') {
        line.length--;
    }
    return line;
}

/* Takes the next line that says something; LINE_NONE at the end of the text. Blank lines and
   comments inside a property do not end it, so they are skipped in front of continuations too. */
static enum line_kind next_line(struct ini *ini, struct span *line)
{
    while (ini->at < ini->end) {
        const char *after;
        *line = peek_line(ini, &after);
        ini->at = after;
        ini->line++;
        enum line_kind kind = classify(ini, *line);
        if (kind != LINE_SKIPPED) {
            return kind;
        }
    }
    return LINE_NONE;
}

/* The same, but only when it is a continuation; otherwise nothing is taken. */
static bool next_continuation(struct ini *ini, struct span *line)
{
    const char *at = ini->at;
    unsigned number = ini->line;
    if (next_line(ini, line) == LINE_CONTINUATION) {
        return true;
    }
    ini->at = at;
    ini->line = number;
    return false;
}

/* ---- errors ------------------------------------------------------------------------------ */

static enum err_code stop(const struct ini *ini, struct err *err, const char *what)
{
    return err_set(err, ERR_CONFIG, "%s:%u: %s", ini->file, ini->line, what);
}

enum err_code ini_error(const struct ini *ini, const struct ini_event *event, struct err *err,
                        const char *format, ...)
{
    char what[ERR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return err_set(err, ERR_CONFIG, "%s:%u: %s", ini->file, event->line, what);
}

static enum err_code check_bytes(const struct ini *ini, struct span line, struct err *err)
{
    if (memchr(line.start, '\0', line.length)) {
        return stop(ini, err, "a NUL byte");
    }
    if (text_utf8_check(line.start, line.length) != line.length) {
        return stop(ini, err, "not UTF-8");
    }
    return ERR_OK;
}

/* ---- what the lines say ------------------------------------------------------------------- */

static enum err_code read_section(struct ini *ini, struct span line, struct err *err)
{
    struct span header = uncomment(line, false);
    ini->in_section =
        true; /* also one that cannot be read: what follows is not of the one before */
    ini->in_property = false;
    if (header.length < 2 || header.start[header.length - 1] != ']') {
        return stop(ini, err, "a section has to end with ']'");
    }
    keep(&ini->section, trim((struct span){header.start + 1, header.length - 2}));
    buf_clear(&ini->parent);
    buf_clear(&ini->name);
    buf_clear(&ini->value);
    return buf_failed(&ini->section) ? stop(ini, err, "the name of a section is too long") : ERR_OK;
}

/* NAME = VALUE into ini->name and ini->value. */
static enum err_code read_pair(struct ini *ini, struct span line, struct err *err)
{
    struct span pair = uncomment(line, true);
    const char *equals = pair.length > 0 ? memchr(pair.start, '=', pair.length) : NULL;
    if (!equals) {
        return stop(ini, err, "'=' is missing: a property is NAME = VALUE");
    }
    struct span name = trim((struct span){pair.start, (size_t)(equals - pair.start)});
    struct span value =
        trim((struct span){equals + 1, (size_t)(pair.start + pair.length - equals - 1)});
    if (name.length == 0) {
        return stop(ini, err, "the name in front of '=' is missing");
    }
    keep(&ini->name, name);
    keep(&ini->value, value);
    if (buf_failed(&ini->name) || buf_failed(&ini->value)) {
        return stop(ini, err, "a property is too long");
    }
    for (size_t i = 0; i < ini->name.length; i++) {
        ini->name.data[i] = text_lower(ini->name.data[i]);
    }
    return ERR_OK;
}

/* The continuation lines of a property that has a value become part of it. */
static enum err_code join_continuations(struct ini *ini, struct err *err)
{
    struct span line;
    enum err_code code = ERR_OK;
    while (next_continuation(ini, &line)) {
        if (code == ERR_OK) {
            code = check_bytes(ini, line, err);
        }
        struct span more = trim(line);
        buf_putc(&ini->value, '\n');
        buf_append(&ini->value, more.start, more.length);
        buf_append(&ini->more_lines, &ini->line, sizeof ini->line);
        if (code == ERR_OK && (buf_failed(&ini->value) || buf_failed(&ini->more_lines))) {
            code = stop(ini, err, "a value is too long");
        }
    }
    return code;
}

static enum err_code read_property(struct ini *ini, struct span line, struct err *err)
{
    if (!ini->in_section) {
        return stop(ini, err, "a property before the first section");
    }
    enum err_code code = read_pair(ini, line, err);
    buf_clear(&ini->parent);
    buf_clear(&ini->more_lines);
    ini->in_property = true;
    ini->indent = indent_of(line);
    if (code != ERR_OK) {
        while (next_continuation(ini, &line)) { /* they belong to what cannot be read */
        }
        return code;
    }
    return ini->value.length == 0 ? ERR_OK : join_continuations(ini, err);
}

/* A line deeper than its property: join_continuations took those of a value, so it belongs to a
   property with an empty value. */
static enum err_code read_subproperty(struct ini *ini, struct span line, struct err *err)
{
    if (ini->parent.length == 0) {
        keep(&ini->parent, (struct span){ini->name.data, ini->name.length});
    }
    return read_pair(ini, line, err);
}

/* ---- the reader --------------------------------------------------------------------------- */

void ini_init(struct ini *ini, const char *file, const char *text, size_t length)
{
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        length -= 3;
    }
    *ini = (struct ini){.file = file, .at = text, .end = text + length};
    buf_init(&ini->section, INI_VALUE_MAX);
    buf_init(&ini->parent, INI_VALUE_MAX);
    buf_init(&ini->name, INI_VALUE_MAX);
    buf_init_secret(&ini->value, INI_VALUE_MAX);
    buf_init(&ini->more_lines, INI_VALUE_MAX * sizeof ini->line);
}

void ini_release(struct ini *ini)
{
    buf_release(&ini->section);
    buf_release(&ini->parent);
    buf_release(&ini->name);
    buf_release(&ini->value);
    buf_release(&ini->more_lines);
}

static enum err_code read_line(struct ini *ini, enum line_kind kind, struct span line,
                               struct err *err)
{
    switch (kind) {
    case LINE_SECTION:
        return read_section(ini, line, err);
    case LINE_CONTINUATION:
        return read_subproperty(ini, line, err);
    case LINE_PROPERTY:
        return read_property(ini, line, err);
    case LINE_NONE:
    case LINE_SKIPPED:
        break;
    }
    return ERR_INTERNAL;
}

enum err_code ini_next(struct ini *ini, struct ini_event *event, struct err *err)
{
    static const enum ini_kind kinds[] = {[LINE_SECTION] = INI_SECTION,
                                          [LINE_CONTINUATION] = INI_SUBPROPERTY,
                                          [LINE_PROPERTY] = INI_PROPERTY};
    *event = (struct ini_event){INI_END, "", "", "", "", ini->line, NULL};
    struct span line = {0};
    enum line_kind kind = ini->ended ? LINE_NONE : next_line(ini, &line);
    if (kind == LINE_NONE) {
        ini->ended = true;
        return ERR_OK;
    }
    unsigned number = ini->line;
    enum err_code code = check_bytes(ini, line, err);
    if (code == ERR_OK) {
        code = read_line(ini, kind, line, err);
    }
    if (code == ERR_OK) {
        *event =
            (struct ini_event){.kind = kinds[kind],
                               .section = ini->section.data,
                               .parent = ini->parent.data,
                               .name = ini->name.data,
                               .value = ini->value.data,
                               .line = number,
                               .more_lines = (const unsigned *)(const void *)ini->more_lines.data};
    }
    if (code != ERR_OK) {
        *event = (struct ini_event){kinds[kind], "", "", "", "", number, NULL};
    }
    return code;
}
