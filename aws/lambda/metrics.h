#ifndef AWS_LAMBDA_METRICS_H
#define AWS_LAMBDA_METRICS_H

/*
 * What a run leaves behind: one JSON line on standard error as a log, and the numbers for alarms in
 * CloudWatch's embedded metric format on standard output. One write a line, so that lines of two
 * writers never mix. Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
 */

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct metric {
    const char *name; /* "Free" */
    const char *unit; /* "Count", "Milliseconds" */
    int64_t value;
};

/* The line, to be freed. `at_ms` is wall clock. */
char *metrics_line(const char *table, int64_t at_ms, const struct metric *metrics, size_t n);

/* Writes `line` and a line break in one write; what cannot be written is lost. */
void metrics_write(int fd, const char *line);

/* A line of the log: level, time, request id and the members of `about` (moves in). */
void metrics_log(const char *level, int64_t at_ms, const char *request_id, json_t *about_new);

#endif
