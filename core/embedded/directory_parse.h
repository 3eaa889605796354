#ifndef CORE_EMBEDDED_DIRECTORY_PARSE_H
#define CORE_EMBEDDED_DIRECTORY_PARSE_H

/*
 * From the bytes of a directory file to a roster. CSV and JSON have a reader each.
 */

#include "core/embedded/directory_collect.h"

/* Both take a text that text_file_check() let pass; *format is what it was, in words. */
enum err_code directory_csv_parse(const char *file, const char *text, size_t length,
                                  const struct progress *progress, struct roster *roster,
                                  const char **format, struct err *err) ERR_CHECK;
enum err_code directory_json_parse(const char *file, const char *text, size_t length,
                                   const struct progress *progress, struct roster *roster,
                                   const char **format, struct err *err) ERR_CHECK;

/* CSV or JSON, by the first character; then sealed, and an error where nobody is in it. The whole
   of what directory_file_new's read does with the bytes; `file` is the name for messages. */
enum err_code directory_parse(const char *file, const char *text, size_t length,
                              const struct progress *progress, struct roster *roster,
                              const char **format, struct err *err) ERR_CHECK;

#endif
