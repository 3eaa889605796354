#include "aws/sign/crypto.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"

static void must(bool worked)
{
    if (!worked) {
        abort(); // no memory or no entropy inside OpenSSL: nothing that follows would be safe
    }
}

// ---- digests ------------------------------------------------------------------------------------

void crypto_sha256(const void *bytes, size_t length, uint8_t out[CRYPTO_SHA256_BYTES])
{
    must(EVP_Digest(bytes, length, out, NULL, EVP_sha256(), NULL) == 1);
}

void crypto_sha256_hex(const void *bytes, size_t length, char out[CRYPTO_SHA256_HEX])
{
    uint8_t digest[CRYPTO_SHA256_BYTES];
    crypto_sha256(bytes, length, digest);
    crypto_hex(digest, sizeof digest, out);
}

void crypto_hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
                        uint8_t out[CRYPTO_SHA256_BYTES])
{
    must(HMAC(EVP_sha256(), key, (int)key_length, bytes, length, out, NULL) != NULL);
}

void crypto_sha1_hex(const void *bytes, size_t length, char out[CRYPTO_SHA1_HEX])
{
    uint8_t digest[20];
    must(EVP_Digest(bytes, length, digest, NULL, EVP_sha1(), NULL) == 1);
    crypto_hex(digest, sizeof digest, out);
}

bool crypto_md5_hex(const void *bytes, size_t length, char out[CRYPTO_MD5_HEX])
{
    uint8_t digest[16];
    bool done = EVP_Digest(bytes, length, digest, NULL, EVP_md5(), NULL) == 1;
    ERR_clear_error();
    if (done) {
        crypto_hex(digest, sizeof digest, out);
    }
    return done;
}

uint32_t crypto_crc32(const void *bytes, size_t length)
{
    // Half a byte a step: 16 entries are enough for answers of at most a few megabytes.
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    const uint8_t *at = bytes;
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < length; i++) {
        crc ^= at[i];
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return crc ^ 0xffffffff;
}

// ---- text forms ---------------------------------------------------------------------------------

void crypto_hex(const void *bytes, size_t length, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++) {
        out[2 * i] = digits[at[i] >> 4];
        out[2 * i + 1] = digits[at[i] & 15];
    }
    out[2 * length] = '\0';
}

static void base64(struct buf *out, const uint8_t *at, size_t length, const char *digits, bool pad)
{
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t group = (uint32_t)at[i] << 16;
        group |= left > 1 ? (uint32_t)at[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)at[i + 2] : 0;
        buf_putc(out, digits[group >> 18]);
        buf_putc(out, digits[group >> 12 & 63]);
        if (left > 1 || pad) {
            buf_putc(out, left > 1 ? digits[group >> 6 & 63] : '=');
        }
        if (left > 2 || pad) {
            buf_putc(out, left > 2 ? digits[group & 63] : '=');
        }
    }
}

void crypto_base64(struct buf *out, const void *bytes, size_t length)
{
    base64(out, bytes, length, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
           true);
}

void crypto_base64url(struct buf *out, const void *bytes, size_t length)
{
    base64(out, bytes, length, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
           false);
}

// ---- chance -------------------------------------------------------------------------------------

void crypto_random(void *bytes, size_t length)
{
    must(RAND_bytes(bytes, (int)length) == 1);
}

double crypto_random_unit(void)
{
    uint64_t bits = 0;
    crypto_random(&bits, sizeof bits);
    return (double)(bits >> 11) / (double)(UINT64_C(1) << 53);
}

void crypto_uuid4(char out[CRYPTO_UUID_TEXT])
{
    uint8_t bytes[16];
    crypto_random(bytes, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    char hex[33];
    crypto_hex(bytes, sizeof bytes, hex);
    snprintf(out, CRYPTO_UUID_TEXT, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
}

// ---- ES256 --------------------------------------------------------------------------------------

static int no_passphrase(char *text, int size, int writing, void *context)
{
    (void)text;
    (void)size;
    (void)writing;
    (void)context;
    return 0; // without this OpenSSL would ask on the terminal
}

static EVP_PKEY *read_p256(const char *pem, struct err *err)
{
    BIO *source = BIO_new_mem_buf(pem, -1);
    must(source != NULL);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(source, NULL, no_passphrase, NULL);
    BIO_free(source);
    ERR_clear_error();
    char group[32] = "";
    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_EC ||
        EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1 ||
        strcmp(group, "prime256v1") != 0) {
        EVP_PKEY_free(key);
        err_set(err, ERR_INPUT, "the key is no P-256 private key in PEM form");
        return NULL;
    }
    return key;
}

enum err_code crypto_es256_sign(const char *pem, const void *bytes, size_t length,
                                uint8_t signature[CRYPTO_ES256_BYTES], struct err *err)
{
    EVP_PKEY *key = read_p256(pem, err);
    if (!key) {
        return ERR_INPUT;
    }
    // OpenSSL gives the pair as DER, a JWT wants the two numbers at their full width.
    uint8_t der[128];
    size_t der_length = sizeof der;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    must(context != NULL);
    must(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1);
    must(EVP_DigestSign(context, der, &der_length, bytes, length) == 1);
    const unsigned char *at = der;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)der_length);
    must(pair != NULL);
    must(BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, 32) == 32);
    must(BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + 32, 32) == 32);
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return ERR_OK;
}

enum err_code crypto_es256_public(const char *pem, uint8_t x[32], uint8_t y[32], struct err *err)
{
    EVP_PKEY *key = read_p256(pem, err);
    if (!key) {
        return ERR_INPUT;
    }
    BIGNUM *number = NULL;
    must(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &number) == 1);
    must(BN_bn2binpad(number, x, 32) == 32);
    must(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &number) == 1);
    must(BN_bn2binpad(number, y, 32) == 32);
    BN_free(number);
    EVP_PKEY_free(key);
    return ERR_OK;
}

const char *crypto_library_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}
