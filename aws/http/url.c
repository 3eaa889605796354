#include "aws/http/url.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "core/base/banned.h"

/* Copies a part; false if it is missing or does not fit. */
static bool get(CURLU *parts, CURLUPart part, unsigned flags, char *out, size_t size)
{
    char *text = NULL;
    if (curl_url_get(parts, part, &text, flags) != CURLUE_OK) {
        return false;
    }
    bool fits = strlen(text) < size;
    if (fits) {
        snprintf(out, size, "%s", text);
    }
    curl_free(text);
    return fits;
}

static bool has(CURLU *parts, CURLUPart part)
{
    char *text = NULL;
    bool there = curl_url_get(parts, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return there;
}

static bool is_sound_host(const char *host)
{
    return host[0] != '\0' &&
           host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-._:[]")] == '\0';
}

/* libcurl forgives too few and too many slashes. */
static bool begins_well(const char *text)
{
    const char *behind = strncmp(text, "http://", 7) == 0    ? text + 7
                         : strncmp(text, "https://", 8) == 0 ? text + 8
                                                             : NULL;
    return behind && *behind != '/' && *behind != '\0';
}

static bool read_parts(CURLU *parts, struct url *out)
{
    char scheme[8];
    char port[8];
    int64_t number = 0;
    if (!get(parts, CURLUPART_SCHEME, 0, scheme, sizeof scheme) ||
        !get(parts, CURLUPART_HOST, 0, out->host, sizeof out->host) ||
        !get(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT, port, sizeof port) ||
        !get(parts, CURLUPART_PATH, 0, out->path, sizeof out->path)) {
        return false;
    }
    for (char *at = out->host; *at; at++) {
        *at = text_lower(*at);
    }
    out->tls = strcmp(scheme, "https") == 0;
    out->has_rest = has(parts, CURLUPART_QUERY) || has(parts, CURLUPART_FRAGMENT);
    bool counts = text_to_int64(port, 1, 65535, &number);
    out->port = (int)number;
    return counts && is_sound_host(out->host) && !has(parts, CURLUPART_ZONEID);
}

bool url_parse(const char *text, struct url *out)
{
    *out = (struct url){.host = ""};
    CURLU *parts = begins_well(text) ? curl_url() : NULL;
    bool good = parts &&
                curl_url_set(parts, CURLUPART_URL, text, CURLU_DISALLOW_USER | CURLU_PATH_AS_IS) ==
                    CURLUE_OK &&
                read_parts(parts, out);
    curl_url_cleanup(parts);
    return good;
}

void url_origin(const char *text, char *out, size_t size)
{
    struct url url;
    if (!url_parse(text, &url)) {
        snprintf(out, size, "a URL");
        return;
    }
    const char *scheme = url.tls ? "https" : "http";
    if (url.port == (url.tls ? 443 : 80)) {
        snprintf(out, size, "%s://%s", scheme, url.host);
    } else {
        snprintf(out, size, "%s://%s:%d", scheme, url.host, url.port);
    }
}

bool url_is_address(const struct url *url)
{
    return url->host[0] == '[' || url->host[strspn(url->host, "0123456789.")] == '\0';
}

bool url_is_loopback(const struct url *url)
{
    return strcmp(url->host, "localhost") == 0 || strcmp(url->host, "[::1]") == 0 ||
           (strncmp(url->host, "127.", 4) == 0 && url_is_address(url));
}
