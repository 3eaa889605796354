#include "aws/http/authorities.h"

#include <stdbool.h>
#include <string.h>

#include "core/base/fileio.h"

#include "core/base/banned.h"

#define BUNDLE_MAX ((size_t)8 << 20)
#define CERTIFICATE_MAX ((size_t)16 << 10)

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

/* Line breaks and padding count for nothing. */
static void decode(const char *from, const char *to, struct buf *out)
{
    unsigned bits = 0;
    int n_bits = 0;
    for (; from < to; from++) {
        int value = base64_value(*from);
        if (value < 0) {
            continue;
        }
        bits = bits << 6 | (unsigned)value;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            buf_putc(out, (char)(bits >> n_bits & 0xff));
        }
    }
}

static bool contains(const struct buf *bytes, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i + length <= bytes->length; i++) {
        if (bytes->data[i] == name[0] && memcmp(bytes->data + i, name, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_of_amazon(const struct buf *certificate)
{
    for (size_t i = 0; i < sizeof s_names / sizeof s_names[0]; i++) {
        if (contains(certificate, s_names[i])) {
            return true;
        }
    }
    return false;
}

static void select_from(const char *pem, struct buf *out)
{
    struct buf certificate;
    buf_init(&certificate, CERTIFICATE_MAX);
    for (const char *begin = strstr(pem, BEGIN); begin; begin = strstr(begin, BEGIN)) {
        const char *body = begin + strlen(BEGIN);
        const char *end = strstr(body, END);
        if (!end) {
            break;
        }
        buf_clear(&certificate);
        decode(body, end, &certificate);
        end += strlen(END);
        if (is_of_amazon(&certificate)) {
            buf_append(out, begin, (size_t)(end - begin));
            buf_putc(out, '\n');
        }
        begin = end;
    }
    buf_release(&certificate);
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
