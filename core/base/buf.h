#ifndef CORE_BASE_BUF_H
#define CORE_BASE_BUF_H

/*
 * A growable byte buffer with a stated maximum and a sticky error: append in series, check once.
 *
 *     struct buf body;
 *     buf_init(&body, 1 << 20);
 *     buf_puts(&body, "user,extension\r\n");
 *     buf_printf(&body, "%s,%s\r\n", user, ext);
 *     if (buf_failed(&body)) { ... larger than 1 MiB, or no memory; the buffer is empty }
 *     buf_release(&body);
 *
 * `data` is always NUL-terminated behind `length` (never NULL after buf_init).
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data;
    size_t length;
    size_t capacity;
    size_t max;
    bool failed;
    bool secret;
};

void buf_init(struct buf *buf, size_t max);
void buf_init_secret(struct buf *buf, size_t max); /* wiped whenever its memory is let go */
void buf_release(struct buf *buf);
void buf_wipe_release(struct buf *buf); /* for what was secret */
void buf_clear(struct buf *buf);        /* empty, error forgotten, memory kept */

void buf_append(struct buf *buf, const void *bytes, size_t length);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

bool buf_failed(const struct buf *buf);

/* The bytes move to the caller (free with free(); wiping is the caller's too); the buffer is empty
   afterwards. */
char *buf_take(struct buf *buf);

#endif
