/* Filters: any text is one. The first line is what was typed, the second what is typed next, the
   rest is a row; where narrowing is claimed, it has to hold. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tui/widget/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *line(const uint8_t **data, size_t *size, char out[512])
{
    size_t n = 0;
    while (n < *size && (*data)[n] != '\n') {
        n++;
    }
    size_t kept = n < 511 ? n : 511;
    memcpy(out, *data, kept);
    out[kept] = '\0';
    n += n < *size;
    *data += n;
    *size -= n;
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char texts[2][512];
    char fields[FILTER_FIELD_COUNT][512];
    struct filter wide;
    struct filter narrow;
    struct filter_subject subject;
    filter_parse(&wide, line(&data, &size, texts[0]));
    filter_parse(&narrow, line(&data, &size, texts[1]));
    for (size_t i = 0; i < FILTER_FIELD_COUNT; i++) {
        subject.fields[i] = size > 0 ? line(&data, &size, fields[i]) : NULL;
    }
    int wide_score = filter_match(&wide, &subject);
    int narrow_score = filter_match(&narrow, &subject);
    if (wide.n_terms > FILTER_TERMS_MAX || wide_score < 0 || narrow_score < 0 ||
        (filter_narrows(&wide, &narrow) && narrow_score > 0 && wide_score == 0)) {
        abort();
    }
    return 0;
}
