#include "core/pool/renumbering.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"

#include "core/base/banned.h"

static const char *read_number(const char *at, int width, char out[EXT_ROOM])
{
    size_t digits = strspn(at, "0123456789");
    if (digits != (size_t)width) {
        return NULL;
    }
    memcpy(out, at, digits);
    out[digits] = '\0';
    return at + digits;
}

/* "2000-2499"; a number alone is a range of one. NULL: it is none. */
static const char *read_range(const char *at, int width, char first[EXT_ROOM], char last[EXT_ROOM])
{
    at = read_number(at, width, first);
    if (at && *at == '-') {
        return read_number(at + 1, width, last);
    }
    if (at) {
        memcpy(last, first, EXT_ROOM);
    }
    return at;
}

static uint64_t number(const char *ext)
{
    return strtoull(ext, NULL, 10);
}

enum err_code renumbering_parse(const char *text, int width, struct renumbering *out,
                                struct err *err)
{
    *out = (struct renumbering){.first = ""};
    const char *at = read_range(text, width, out->first, out->last);
    at = at && *at == '=' ? read_range(at + 1, width, out->to_first, out->to_last) : NULL;
    if (at && *at == ' ') {
        at += strspn(at, " ");
        at = clock_parse_duration(at, &out->keep_old_s) ? at + strlen(at) : NULL;
    }
    if (!at || *at != '\0') {
        return err_set(err, ERR_USAGE,
                       "\"%s\" is not two ranges of %d digits, such as 2000-2499=6000-6499", text,
                       width);
    }
    if (strcmp(out->first, out->last) > 0 || strcmp(out->to_first, out->to_last) > 0) {
        return err_set(err, ERR_USAGE, "%s: a range runs backwards", text);
    }
    if (number(out->last) - number(out->first) != number(out->to_last) - number(out->to_first)) {
        return err_set(err, ERR_USAGE, "%s: the two ranges are not of one size", text);
    }
    if (strcmp(out->to_first, out->last) <= 0 && strcmp(out->first, out->to_last) <= 0) {
        return err_set(err, ERR_USAGE, "%s: the two ranges overlap", text);
    }
    return ERR_OK;
}
