#ifndef CORE_BASE_LOG_H
#define CORE_BASE_LOG_H

/*
 * The log (`--log FILE --log-level L`). One line an event: time, level, subsystem, text; or with
 * `log_format = json` one JSON object with the members at, level, subsystem, message. Off until
 * log_open; safe from every thread; every text is sanitised and at most 2,000 bytes.
 *
 * If it goes to standard error and that is the journal (JOURNAL_STREAM), each line of text begins
 * with its priority, "<4>", which journald takes away (sd-daemon(3)), and has no time of its own.
 * Never pass a secret: no token, key, signature, header or body of a request.
 */

#include <stdbool.h>

#include "core/base/err.h"

#define LOG_LEVELS(X)                                                                              \
    X(LOG_ERROR, "error")                                                                          \
    X(LOG_WARN, "warn")                                                                            \
    X(LOG_INFO, "info")                                                                            \
    X(LOG_DEBUG, "debug")

enum log_level {
#define X(level, name) level,
    LOG_LEVELS(X)
#undef X
};

#define LOG_FORMATS(X)                                                                             \
    X(LOG_TEXT, "text")                                                                            \
    X(LOG_JSON, "json")

enum log_format {
#define X(format, name) format,
    LOG_FORMATS(X)
#undef X
};

/* Appends to `path` (made with mode 0600 if it is new); "-" is standard error. */
enum err_code log_open(const char *path, enum log_level level, struct err *err) ERR_CHECK;
/* `journal`: the value of JOURNAL_STREAM, or NULL. Call it before log_open. */
void log_shape(enum log_format format, const char *journal);
/* Whether standard error is the journal that this value of JOURNAL_STREAM names. */
bool log_is_journal(const char *journal);
/* The priority of syslog: 3 for LOG_ERROR. */
int log_priority(enum log_level level);
void log_close(void);
bool log_level_parse(const char *name, enum log_level *level);
bool log_wants(enum log_level level);
void log_line(enum log_level level, const char *subsystem, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
