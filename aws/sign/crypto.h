#ifndef AWS_SIGN_CRYPTO_H
#define AWS_SIGN_CRYPTO_H

/*
 * Digests, random bytes and the few text forms around them. aws/sign/crypto.c is the only file that
 * includes OpenSSL. No state, safe from every thread. A failure inside OpenSSL other than a bad
 * key (no memory, no entropy) aborts: no caller could go on safely.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

#define CRYPTO_SHA256_BYTES 32
#define CRYPTO_SHA256_HEX (2 * CRYPTO_SHA256_BYTES + 1)
#define CRYPTO_SHA1_HEX 41
#define CRYPTO_UUID_TEXT 37

void crypto_sha256(const void *bytes, size_t length, uint8_t out[CRYPTO_SHA256_BYTES]);
void crypto_sha256_hex(const void *bytes, size_t length, char out[CRYPTO_SHA256_HEX]);
void crypto_hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
                        uint8_t out[CRYPTO_SHA256_BYTES]);

/* Names of cache files only (~/.aws/sso/cache), nothing that has to be safe. */
void crypto_sha1_hex(const void *bytes, size_t length, char out[CRYPTO_SHA1_HEX]);

/* What S3 gives as ETag. False where this OpenSSL does not do MD5 (FIPS). */
#define CRYPTO_MD5_HEX 33
bool crypto_md5_hex(const void *bytes, size_t length, char out[CRYPTO_MD5_HEX]);

/* CRC-32 as in zlib: what x-amz-crc32 holds. */
uint32_t crypto_crc32(const void *bytes, size_t length);

/* Lower-case hex; `out` has room for 2 * length + 1. */
void crypto_hex(const void *bytes, size_t length, char *out);

/* Appended: base64 with padding, and base64url without (JWT). */
void crypto_base64(struct buf *out, const void *bytes, size_t length);
void crypto_base64url(struct buf *out, const void *bytes, size_t length);

void crypto_random(void *bytes, size_t length);
double crypto_random_unit(void);               /* uniform in [0, 1) */
void crypto_uuid4(char out[CRYPTO_UUID_TEXT]); /* "8a6e0804-2bd0-4672-b79d-d97027f9071a" */

/* ES256 (ECDSA, P-256, SHA-256) with a private key in PEM form (SEC1 or PKCS#8), as a JWT wants
   it: r and s, 32 bytes each. ERR_INPUT if the PEM is not such a key. */
#define CRYPTO_ES256_BYTES 64
enum err_code crypto_es256_sign(const char *pem, const void *bytes, size_t length,
                                uint8_t signature[CRYPTO_ES256_BYTES], struct err *err) ERR_CHECK;

/* The public half of such a key, for a JWK. */
enum err_code crypto_es256_public(const char *pem, uint8_t x[32], uint8_t y[32],
                                  struct err *err) ERR_CHECK;

/* "3.0.17": of the OpenSSL that the program runs with. */
const char *crypto_library_version(void);

#endif
