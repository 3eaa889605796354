#include "aws/lambda/metrics.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

#define NAMESPACE "extpool"

void metrics_write(int fd, const char *line)
{
    char *whole = mem_printf("%s\n", line);
    ssize_t written = write(fd, whole, strlen(whole));
    (void)written;
    free(whole);
}

char *metrics_line(const char *table, int64_t at_ms, const struct metric *metrics, size_t n)
{
    json_t *list = json_array();
    json_t *line = json_object();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "Name", metrics[i].name, "Unit", metrics[i].unit));
        json_object_set_new(line, metrics[i].name, json_integer(metrics[i].value));
    }
    json_object_set_new(line, "Table", json_string(table));
    json_object_set_new(line, "_aws",
                        json_pack("{s:I, s:[{s:s, s:[[s]], s:o}]}", "Timestamp", (json_int_t)at_ms,
                                  "CloudWatchMetrics", "Namespace", NAMESPACE, "Dimensions",
                                  "Table", "Metrics", list));
    char *text = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(line);
    return text;
}

void metrics_log(const char *level, int64_t at_ms, const char *request_id, json_t *about_new)
{
    char time[CLOCK_TEXT_MAX];
    clock_format_ms(at_ms, time);
    json_t *line = json_pack("{s:s, s:s, s:s}", "level", level, "time", time, "request_id",
                             request_id ? request_id : "");
    json_object_update(line, about_new);
    char *text = json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER);
    metrics_write(STDERR_FILENO, text ? text : "{}");
    free(text);
    json_decref(line);
    json_decref(about_new);
}
