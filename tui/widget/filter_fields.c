#include "tui/widget/filter.h"

#include "core/base/banned.h"

static const struct {
    const char *name;
    enum filter_kind kind;
} s_fields[] = {
#define X(field, name, kind) {name, kind},
    FILTER_FIELDS(X)
#undef X
};

const char *filter_field_name(enum filter_field field)
{
    return field < FILTER_FIELD_COUNT ? s_fields[field].name : "";
}

enum filter_kind filter_field_kind(enum filter_field field)
{
    return field < FILTER_FIELD_COUNT ? s_fields[field].kind : FILTER_TEXT;
}

bool filter_is_plain(enum filter_field field)
{
    enum filter_kind kind = filter_field_kind(field);
    return kind != FILTER_TIME && kind != FILTER_NOW && field != FILTER_BY && field != FILTER_GROUP;
}
