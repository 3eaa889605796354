#include "core/format/shell_split.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/buf.h"

#include "core/base/banned.h"

struct splitter {
    const char *at;
    char *out;  /* the next byte of the word; words are packed into one allocation */
    char quote; /* '\0' outside quotes */
    const char *problem;
};

static bool is_separator(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What a backslash means here: it may vanish, with the line end behind it, or stand for itself. */
static void take_backslash(struct splitter *s)
{
    char next = s->at[1];
    if (next == '\0') {
        s->problem = "ends with a backslash";
        return;
    }
    s->at += 2;
    if (next == '\n') {
        return;
    }
    if (s->quote == '"' && !strchr("\"\\$`", next)) {
        *s->out++ = '\\';
    }
    *s->out++ = next;
}

/* Reads one word, from its first byte to the separator behind it. */
static void take_word(struct splitter *s)
{
    s->quote = '\0';
    while (!s->problem && *s->at && (s->quote || !is_separator(*s->at))) {
        char c = *s->at;
        if (c == '\\' && s->quote != '\'') {
            take_backslash(s);
        } else if (s->quote ? c == s->quote : c == '\'' || c == '"') {
            s->quote = s->quote ? '\0' : c;
            s->at++;
        } else {
            *s->out++ = c;
            s->at++;
        }
    }
    *s->out++ = '\0';
    if (s->quote && !s->problem) {
        s->problem = "has a quote that is not closed";
    }
}

enum err_code shell_split(struct arena *arena, const char *command, char ***words, size_t *count,
                          struct err *err)
{
    size_t length = strlen(command);
    *words = NULL;
    *count = 0;
    if (length > SHELL_WORDS_BYTES_MAX) {
        return err_set(err, ERR_CONFIG, "the command is longer than %d bytes",
                       SHELL_WORDS_BYTES_MAX);
    }
    /* A word takes no more than its bytes and a NUL, and a separator or the end follows each. */
    struct splitter s = {.at = command, .out = arena_alloc(arena, length + 2)};
    char **list = arena_alloc(arena, (SHELL_WORDS_MAX + 1) * sizeof *list);
    for (;;) {
        while (is_separator(*s.at)) {
            s.at++;
        }
        if (*s.at == '\0') {
            break;
        }
        if (*count == SHELL_WORDS_MAX) {
            return err_set(err, ERR_CONFIG, "the command has more than %d words", SHELL_WORDS_MAX);
        }
        list[(*count)++] = s.out;
        take_word(&s);
        if (s.problem) {
            return err_set(err, ERR_CONFIG, "the command %s", s.problem);
        }
    }
    if (*count == 0) {
        return err_set(err, ERR_CONFIG, "the command is empty");
    }
    *words = list;
    return ERR_OK;
}

char *shell_quote(const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "_-/.%@:+=,";
    struct buf out;
    buf_init(&out, 4 * strlen(word) + 3); /* each byte may be a quote */
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        buf_puts(&out, word);
        return buf_take(&out);
    }
    buf_putc(&out, '\'');
    for (const char *at = word; *at; at++) {
        if (*at == '\'') {
            buf_puts(&out, "'\\''");
        } else {
            buf_putc(&out, *at);
        }
    }
    buf_putc(&out, '\'');
    return buf_take(&out);
}
