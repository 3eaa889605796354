#ifndef CORE_FORMAT_INI_H
#define CORE_FORMAT_INI_H

/*
 * One INI tokenizer for our own configuration and for the files in ~/.aws.
 *
 *     struct ini ini;
 *     struct ini_event event;
 *     ini_init(&ini, "/home/kim/.config/extpool/config", text, length);
 *     do {
 *         code = ini_next(&ini, &event, err);
 *         ... switch (event.kind) ...
 *     } while (code == ERR_OK && event.kind != INI_END);
 *     ini_release(&ini);
 *
 * The grammar is the one that the AWS SDKs agree on for shared configuration files
 * (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html). A line is, in this order:
 *
 *   blank          only blanks and tabs: skipped
 *   comment        '#' or ';' in the first column: skipped
 *   continuation   starts with more blanks or tabs than the property above it (even if a '#'
 *                  follows)
 *   comment        '#' or ';' after blanks: skipped
 *   section        [NAME], a comment may follow the bracket
 *   property       NAME = VALUE, split at the first '='
 *
 * Sections and properties may be indented, the first property of a section too: the AWS command
 * line reads files that way. Then the properties below it at the same depth are properties.
 *
 * Names of properties are lower-cased; values keep their case. Blanks around both go. In a value a
 * comment starts only behind a blank (" #", " ;"), so `a;b` and `a#b` stay whole. A continuation is
 * added to the value as a line of its own, its comments kept. Below a property with an empty value
 * the indented lines are its sub-properties, NAME = VALUE each. Line ends are LF or CRLF; a UTF-8
 * byte order mark at the start is skipped.
 *
 * An error, a line that is not UTF-8 or that holds a NUL byte included, is ERR_CONFIG and names
 * "FILE:LINE". It never quotes the line, which may hold a secret. The event then says what the line
 * was to be, without its content, and the next call reads on behind it.
 *
 * What names mean, which are allowed and what repeated ones do is the caller's affair: the reader
 * reports everything in order, duplicates too.
 */

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"

#define INI_VALUE_MAX 65536 /* bytes of one value, continuations included */

enum ini_kind {
    INI_END,
    INI_SECTION,     /* section */
    INI_PROPERTY,    /* section, name, value */
    INI_SUBPROPERTY, /* section, parent, name, value */
};

/* What was read. The strings belong to the reader and hold until the next call of ini_next. */
struct ini_event {
    enum ini_kind kind;
    const char *section;        /* between the brackets, blanks trimmed: "context london" */
    const char *parent;         /* the property that a sub-property belongs to, otherwise "" */
    const char *name;           /* lower-cased, "" for a section */
    const char *value;          /* may be ""; continuations are behind a '\n' each */
    unsigned line;              /* counted from 1; where the property started */
    const unsigned *more_lines; /* where its continuations stand */
};

struct ini {
    const char *file;
    const char *at; /* the next byte to read */
    const char *end;
    unsigned line; /* the last line that was read */
    bool in_section;
    bool in_property; /* since the last section there was a property ... */
    size_t indent;    /* ... and the last one started after so many blanks */
    bool ended;
    struct buf section, parent, name, value;
    struct buf more_lines; /* numbers, not text */
};

/* `file` is a name for messages; it and `text` must outlive the reader. */
void ini_init(struct ini *ini, const char *file, const char *text, size_t length);
void ini_release(struct ini *ini); /* wipes: values may be keys */

enum err_code ini_next(struct ini *ini, struct ini_event *event, struct err *err) ERR_CHECK;

/* For what the caller finds wrong about an event: "FILE:LINE: " and the text, ERR_CONFIG. */
enum err_code ini_error(const struct ini *ini, const struct ini_event *event, struct err *err,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
