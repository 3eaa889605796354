#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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
static enum log_format s_format;
static bool s_standard; /* it goes to standard error */
static bool s_journal;  /* priorities are wanted */

enum err_code log_open(const char *path, enum log_level level, struct err *err)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                      : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0) {
        return err_set_errno(err, ERR_IO, errno, "log file %s", path);
    }
    log_close();
    pthread_mutex_lock(&s_lock);
    s_fd = fd;
    s_level = level;
    s_standard = standard;
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

/* ---- where and how --------------------------------------------------------------------------- */

bool log_is_journal(const char *journal)
{
    struct stat about;
    char name[64]; /* "DEVICE:INODE" */
    if (!journal || fstat(STDERR_FILENO, &about) != 0) {
        return false;
    }
    snprintf(name, sizeof name, "%ju:%ju", (uintmax_t)about.st_dev, (uintmax_t)about.st_ino);
    return strcmp(journal, name) == 0;
}

void log_shape(enum log_format format, const char *journal)
{
    pthread_mutex_lock(&s_lock);
    s_format = format;
    s_journal = log_is_journal(journal);
    pthread_mutex_unlock(&s_lock);
}

int log_priority(enum log_level level)
{
    static const int priorities[] = {
        [LOG_ERROR] = 3, [LOG_WARN] = 4, [LOG_INFO] = 6, [LOG_DEBUG] = 7};
    return priorities[level];
}

/* ---- lines ----------------------------------------------------------------------------------- */

#define TEXT_MAX 2000
#define LINE_ROOM (TEXT_MAX + 200)
#define QUOTED_MAX ((size_t)2 * TEXT_MAX) /* each byte may have an escape */

/* In JSON: what was sanitised is UTF-8 without control characters. */
static size_t quote(char *out, size_t room, const char *text)
{
    size_t used = 0;
    for (; *text && used + 2 < room; text++) {
        if (*text == '"' || *text == '\\') {
            out[used++] = '\\';
        }
        out[used++] = *text;
    }
    return used;
}

static size_t text_line(enum log_level level, const char *subsystem, const char *text, char *line)
{
    char now[CLOCK_TEXT_MAX];
    clock_format_ms(clock_now_ms(&clock_system), now);
    int used =
        s_standard && s_journal
            ? snprintf(line, LINE_ROOM, "<%d>%s: %s\n", log_priority(level), subsystem, text)
            : snprintf(line, LINE_ROOM, "%s %-5s %s: %s\n", now, s_names[level], subsystem, text);
    return (size_t)used;
}

static size_t json_line(enum log_level level, const char *subsystem, const char *text, char *line)
{
    char now[CLOCK_TEXT_MAX];
    clock_format_ms(clock_now_ms(&clock_system), now);
    size_t used = (size_t)snprintf(
        line, LINE_ROOM, "{\"at\":\"%s\",\"level\":\"%s\",\"subsystem\":\"%s\",\"message\":\"", now,
        s_names[level], subsystem);
    used += quote(line + used, QUOTED_MAX, text);
    line[used++] = '"';
    line[used++] = '}';
    line[used++] = '\n';
    return used;
}

void log_line(enum log_level level, const char *subsystem, const char *format, ...)
{
    if (!log_wants(level)) {
        return;
    }
    char raw[1600];
    char text[TEXT_MAX];
    char line[LINE_ROOM + TEXT_MAX]; /* of JSON each byte may have an escape */
    va_list args;
    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text[text_sanitise_to(text, sizeof text - 1, raw, strlen(raw), 0)] = '\0';
    pthread_mutex_lock(&s_lock);
    size_t used = s_format == LOG_JSON ? json_line(level, subsystem, text, line)
                                       : text_line(level, subsystem, text, line);
    if (s_fd >= 0) {
        /* One write a line: several processes may append to one file. */
        ssize_t written = write(s_fd, line, used);
        (void)written;
    }
    pthread_mutex_unlock(&s_lock);
}
