#include "core/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"

/* What an empty buffer points to, so that `data` is a string from the start. */
static char s_empty[1];

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.data = s_empty, .max = max};
}

void buf_init_secret(struct buf *buf, size_t max)
{
    buf_init(buf, max);
    buf->secret = true;
}

void buf_release(struct buf *buf)
{
    bool secret = buf->secret;
    if (secret && buf->capacity > 0) {
        mem_wipe(buf->data, buf->capacity);
    }
    if (buf->data != s_empty) {
        free(buf->data);
    }
    buf_init(buf, buf->max);
    buf->secret = secret;
}

void buf_wipe_release(struct buf *buf)
{
    buf->secret = true;
    buf_release(buf);
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->failed = false;
    if (buf->capacity > 0) {
        buf->data[0] = '\0';
    }
}

static void fail(struct buf *buf)
{
    buf_release(buf);
    buf->failed = true;
}

/* Like realloc, but a secret leaves no copy behind. */
static char *grow(struct buf *buf, size_t capacity)
{
    if (!buf->secret || buf->capacity == 0) {
        return realloc(buf->capacity > 0 ? buf->data : NULL, capacity);
    }
    char *fresh = malloc(capacity);
    if (fresh) {
        memcpy(fresh, buf->data, buf->length + 1);
        mem_wipe(buf->data, buf->capacity);
        free(buf->data);
    }
    return fresh;
}

/* Room for `more` bytes and the NUL; false when that is over the maximum. */
static bool reserve(struct buf *buf, size_t more)
{
    if (buf->failed) {
        return false;
    }
    if (more > buf->max || buf->length > buf->max - more) {
        fail(buf);
        return false;
    }
    size_t need = buf->length + more + 1;
    if (need <= buf->capacity) {
        return true;
    }
    size_t capacity = buf->capacity < 64 ? 64 : buf->capacity;
    while (capacity < need) {
        capacity *= 2;
    }
    char *fresh = grow(buf, capacity);
    if (!fresh) {
        fail(buf);
        return false;
    }
    buf->data = fresh;
    buf->capacity = capacity;
    return true;
}

void buf_append(struct buf *buf, const void *bytes, size_t length)
{
    if (length > 0 && reserve(buf, length)) {
        memcpy(buf->data + buf->length, bytes, length);
        buf->length += length;
        buf->data[buf->length] = '\0';
    }
}

void buf_puts(struct buf *buf, const char *text)
{
    buf_append(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
    buf_append(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length < 0) {
        fail(buf);
    } else if (reserve(buf, (size_t)length)) {
        vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
}

bool buf_failed(const struct buf *buf)
{
    return buf->failed;
}

char *buf_take(struct buf *buf)
{
    char *bytes = buf->capacity > 0 ? buf->data : mem_strdup("");
    bool secret = buf->secret;
    buf_init(buf, buf->max);
    buf->secret = secret;
    return bytes;
}
