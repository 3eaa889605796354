#include "core/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/platform.h"

#include "core/base/banned.h"

static void (*s_on_exhausted)(void);

void mem_on_exhausted(void (*hook)(void))
{
    s_on_exhausted = hook;
}

static _Noreturn void exhausted(void)
{
    static const char message[] = "extpool: out of memory\n";
    if (s_on_exhausted) {
        s_on_exhausted();
    }
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    abort();
}

void *mem_alloc(size_t size)
{
    return mem_array(1, size);
}

void *mem_array(size_t count, size_t size)
{
    void *fresh = calloc(count ? count : 1, size ? size : 1);
    if (!fresh) {
        exhausted();
    }
    return fresh;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        exhausted();
    }
    size_t bytes = count * size;
    void *fresh = realloc(old, bytes > 0 ? bytes : 1);
    if (!fresh) {
        exhausted();
    }
    return fresh;
}

char *mem_strdup(const char *text)
{
    return text ? mem_strndup(text, strlen(text)) : NULL;
}

char *mem_strndup(const char *text, size_t length)
{
    char *copy = mem_alloc(length + 1);
    memcpy(copy, text, length);
    return copy;
}

char *mem_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) {
        exhausted();
    }
    char *text = mem_alloc((size_t)length + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}

void mem_wipe(void *bytes, size_t size)
{
    if (bytes) {
        platform_wipe(bytes, size);
    }
}
