#include "aws/http/authorities.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/fileio.h"

#include "core/base/banned.h"

#define BUNDLE_MAX ((size_t)8 << 20)
#define HEAD_MAX 1024 /* of a certificate: the subject stands near its beginning */

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

/* As they stand in the subject, which is ASCII within the certificate's bytes. */
static const char *const s_names[] = {
    "Amazon Root CA ",
    "Starfield Services Root Certificate Authority",
};

static int base64_value(char c)
{
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* How many bytes there are, up to HEAD_MAX. Line breaks and padding count for nothing. */
static size_t decode_head(const char *from, const char *to, char head[HEAD_MAX])
{
    unsigned bits = 0;
    int n_bits = 0;
    size_t length = 0;
    for (; from < to && length < HEAD_MAX; from++) {
        int value = base64_value(*from);
        if (value < 0) {
            continue;
        }
        bits = bits << 6 | (unsigned)value;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            head[length++] = (char)(bits >> n_bits & 0xff);
        }
    }
    return length;
}

static bool contains(const char *bytes, size_t length, const char *name)
{
    size_t n = strlen(name);
    const char *end = bytes + length;
    while ((size_t)(end - bytes) >= n) {
        const char *at = memchr(bytes, name[0], (size_t)(end - bytes) - n + 1);
        if (!at) {
            return false;
        }
        if (memcmp(at, name, n) == 0) {
            return true;
        }
        bytes = at + 1;
    }
    return false;
}

static bool is_of_amazon(const char *from, const char *to)
{
    char head[HEAD_MAX];
    size_t length = decode_head(from, to, head);
    for (size_t i = 0; i < sizeof s_names / sizeof s_names[0]; i++) {
        if (contains(head, length, s_names[i])) {
            return true;
        }
    }
    return false;
}

static void select_from(const char *pem, struct buf *out)
{
    for (const char *begin = strstr(pem, BEGIN); begin; begin = strstr(begin, BEGIN)) {
        const char *body = begin + strlen(BEGIN);
        const char *end = strstr(body, END);
        if (!end) {
            break;
        }
        bool of_amazon = is_of_amazon(body, end);
        end += strlen(END);
        if (of_amazon) {
            buf_append(out, begin, (size_t)(end - begin));
            buf_putc(out, '\n');
        }
        begin = end;
    }
}

void authorities_of_amazon(const char *bundle, struct buf *out)
{
    struct err err = ERR_INIT;
    struct buf pem;
    buf_init(&pem, BUNDLE_MAX);
    if (fileio_read(bundle, &pem, &err) == ERR_OK) {
        select_from(pem.data, out);
    }
    buf_release(&pem);
}
