#include "core/pool/request.h"

#include <string.h>

#include "core/base/banned.h"

static const struct {
    const char *name;
    char mark;
} s_kinds[] = {
#define X(kind, name, mark) [kind] = {name, mark},
    CHANGE_KINDS(X)
#undef X
};

const char *change_kind_name(enum change_kind kind)
{
    return s_kinds[kind].name;
}

char change_kind_mark(enum change_kind kind)
{
    return s_kinds[kind].mark;
}

bool change_kind_parse(const char *name, enum change_kind *kind)
{
    for (size_t i = 0; i < CHANGE_KIND_COUNT; i++) {
        if (strcmp(s_kinds[i].name, name) == 0) {
            *kind = (enum change_kind)i;
            return true;
        }
    }
    return false;
}
