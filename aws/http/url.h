#ifndef AWS_HTTP_URL_H
#define AWS_HTTP_URL_H

/*
 * The one reader of URLs. It is libcurl's, so that what is checked is what is connected to: readers
 * of URLs disagree about "http://127.1", "http://a@b", blanks and backslashes.
 *
 *     struct url url;
 *     if (url_parse("http://127.0.0.1:8000/base", &url)) { ... url.host, url.port, url.path ... }
 */

#include <stdbool.h>
#include <stddef.h>

#define URL_HOST_ROOM 256
#define URL_PATH_ROOM 512

struct url {
    bool tls;
    char host[URL_HOST_ROOM]; /* lower-case; an IPv6 address in brackets; numbers as a.b.c.d */
    int port;                 /* the scheme's own if the URL names none */
    char path[URL_PATH_ROOM]; /* as it stands there, percent-encoded; at least "/" */
    bool has_rest;            /* a query or a fragment follows */
};

/* False for anything but http and https with a host of letters, digits, '-', '.' and '_' or an IP
   address, and for user names, blanks and what is too long. */
bool url_parse(const char *text, struct url *out);

/* "https://host:port", without the port that is the scheme's own: what may stand in a message or a
   log. "a URL" if it is not one. Written to `out`. */
void url_origin(const char *text, char *out, size_t size);

/* Whether the host is an IP address, and whether it is this machine: "localhost", 127.x, ::1. */
bool url_is_address(const struct url *url);
bool url_is_loopback(const struct url *url);

#endif
