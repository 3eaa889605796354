#include "aws/client/arn.h"

#include <string.h>

#include "aws/config/endpoint.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/* The field that begins at *at, without its ':'; *at moves behind it. */
static bool field(const char **at, char *out, size_t room)
{
    size_t length = strcspn(*at, ":");
    if ((*at)[length] != ':' || length >= room) {
        return false;
    }
    memcpy(out, *at, length);
    out[length] = '\0';
    *at += length + 1;
    return true;
}

bool arn_parse(const char *text, struct arn *out)
{
    char prefix[4];
    const char *at = text;
    if (!field(&at, prefix, sizeof prefix) || strcmp(prefix, "arn") != 0 ||
        !field(&at, out->partition, sizeof out->partition) ||
        !field(&at, out->service, sizeof out->service) ||
        !field(&at, out->region, sizeof out->region) ||
        !field(&at, out->account, sizeof out->account)) {
        return false;
    }
    out->resource = at;
    return out->partition[0] != '\0' && out->service[0] != '\0' && *at != '\0' &&
           (out->region[0] == '\0' || endpoint_region_valid(out->region)) &&
           (out->account[0] == '\0' ||
            (strlen(out->account) == 12 && text_is_digits(out->account)));
}
