#ifndef CORE_BASE_LOG_H
#define CORE_BASE_LOG_H

/*
 * The log file (`--log FILE --log-level L`). One line an event: time, level, subsystem, text.
 * Off until log_open; safe from every thread; every line is sanitised and at most 2,000 bytes.
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

/* Appends to `path` (made with mode 0600 if it is new). */
enum err_code log_open(const char *path, enum log_level level, struct err *err) ERR_CHECK;
void log_close(void);
bool log_level_parse(const char *name, enum log_level *level);
bool log_wants(enum log_level level);
void log_line(enum log_level level, const char *subsystem, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
