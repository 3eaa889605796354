#include "aws/credentials/dpop.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sign/crypto.h"

#include "core/base/banned.h"

/* Appends base64url(JSON); steals `part`. */
static void append_part(struct buf *out, json_t *part)
{
    char *text = json_dumps(part, JSON_COMPACT);
    if (text) {
        crypto_base64url(out, text, strlen(text));
    }
    free(text);
    json_decref(part);
}

enum err_code dpop_proof(const char *pem, const struct dpop_claims *claims, struct buf *out,
                         struct err *err)
{
    uint8_t x[32], y[32], signature[CRYPTO_ES256_BYTES];
    char id[CRYPTO_UUID_TEXT];
    struct buf x_text, y_text;
    if (crypto_es256_public(pem, x, y, NULL) != ERR_OK) {
        return err_set(err, ERR_AUTH, "the key of the log-in is not an EC P-256 private key");
    }
    buf_init(&x_text, 64);
    buf_init(&y_text, 64);
    crypto_base64url(&x_text, x, sizeof x);
    crypto_base64url(&y_text, y, sizeof y);
    crypto_uuid4(id);

    size_t start = out->length;
    append_part(out,
                json_pack("{s:s, s:s, s:{s:s, s:s, s:s, s:s}}", "typ", "dpop+jwt", "alg", "ES256",
                          "jwk", "kty", "EC", "crv", "P-256", "x", x_text.data, "y", y_text.data));
    buf_putc(out, '.');
    append_part(out, json_pack("{s:s, s:s, s:I, s:s}", "htm", claims->method, "htu", claims->url,
                               "iat", (json_int_t)claims->now_s, "jti", id));
    enum err_code code = ERR_OK;
    if (!buf_failed(out)) {
        code = crypto_es256_sign(pem, out->data + start, out->length - start, signature, err);
    }
    if (code == ERR_OK) {
        buf_putc(out, '.');
        crypto_base64url(out, signature, sizeof signature);
    }
    buf_release(&x_text);
    buf_release(&y_text);
    return code == ERR_OK && buf_failed(out) ? err_set(err, ERR_NOMEM, "no room for the proof")
                                             : code;
}
