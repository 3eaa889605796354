#ifndef CORE_EMBEDDED_DIRECTORY_PARSE_H
#define CORE_EMBEDDED_DIRECTORY_PARSE_H

/*
 * From the bytes of a directory file to a roster. CSV and JSON have a reader each.
 */

#include "core/embedded/directory_collect.h"
#include "core/embedded/directory_columns.h"

struct directory_text {
    const char *file; /* for messages */
    const char *text;
    size_t length;
    const struct directory_settings *settings; /* NULL: nothing is configured */
    const struct progress *progress;           /* may be NULL */
    struct roster *roster;                     /* where the people go */
    const char *only; /* of them only the one with this login, byte by byte; NULL: all */
};

/* Both take a text that text_file_check() let pass; *format is what it was, in words. */
enum err_code directory_csv_parse(const struct directory_text *source, const char **format,
                                  struct err *err) ERR_CHECK;
enum err_code directory_json_parse(const struct directory_text *source, const char **format,
                                   struct err *err) ERR_CHECK;

/* CSV or JSON, by the first character; then sealed, and an error if nobody is in it. The whole
   of what directory_file_new's read does with the bytes. */
enum err_code directory_parse(const struct directory_text *source, const char **format,
                              struct err *err) ERR_CHECK;

#endif
