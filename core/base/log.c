#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/text.h"

static const char *const s_names[] = {
#define X(level, name) [level] = name,
    LOG_LEVELS(X)
#undef X
};

static pthread_mutex_t s_lock = PTHREAD_MUTEX_INITIALIZER;
static int s_fd = -1;
static enum log_level s_level;

enum err_code log_open(const char *path, enum log_level level, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0) {
        return err_set_errno(err, ERR_IO, errno, "log file %s", path);
    }
    log_close();
    pthread_mutex_lock(&s_lock);
    s_fd = fd;
    s_level = level;
    pthread_mutex_unlock(&s_lock);
    return ERR_OK;
}

void log_close(void)
{
    pthread_mutex_lock(&s_lock);
    if (s_fd >= 0) {
        close(s_fd);
    }
    s_fd = -1;
    pthread_mutex_unlock(&s_lock);
}

bool log_level_parse(const char *name, enum log_level *level)
{
    for (size_t i = 0; i < sizeof s_names / sizeof s_names[0]; i++) {
        if (text_equal_nocase(name, s_names[i])) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

bool log_wants(enum log_level level)
{
    pthread_mutex_lock(&s_lock);
    bool wants = s_fd >= 0 && level <= s_level;
    pthread_mutex_unlock(&s_lock);
    return wants;
}

void log_line(enum log_level level, const char *subsystem, const char *format, ...)
{
    if (!log_wants(level)) {
        return;
    }
    char raw[1600];
    char line[2000];
    char now[CLOCK_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    clock_format_ms(clock_now_ms(&clock_system), now);
    int start = snprintf(line, sizeof line, "%s %-5s %s: ", now, s_names[level], subsystem);
    size_t used = (size_t)start;
    used += text_sanitise_to(line + used, sizeof line - used - 1, raw, strlen(raw), 0);
    line[used++] = '\n';
    pthread_mutex_lock(&s_lock);
    if (s_fd >= 0) {
        /* One write a line: several processes may append to one file. */
        ssize_t written = write(s_fd, line, used);
        (void)written;
    }
    pthread_mutex_unlock(&s_lock);
}
