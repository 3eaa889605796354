#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <openssl/bn.h>
#include <openssl/bio.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "aws/sign/crypto.h"

// Made for this file: openssl ecparam -name prime256v1 -genkey
static const char s_sec1[] = "-----BEGIN EC PRIVATE KEY-----\n"
                             "MHcCAQEEIJUeT9SsJebxhP+1oV8J4vzlF7BJR1fzGwqE3Ee+2RzCoAoGCCqGSM49\n"
                             "AwEHoUQDQgAE/TEf8WDaRsb1qCDP2QhFJlF5zH9JHhBXgLeWQgxzyTuIcYfFvb8L\n"
                             "dXvAM2Bdp+mA7B6fPlsd57hFecFubk4p+A==\n"
                             "-----END EC PRIVATE KEY-----\n";
static const char s_pkcs8[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglR5P1Kwl5vGE/7Wh\n"
                              "Xwni/OUXsElHV/MbCoTcR77ZHMKhRANCAAT9MR/xYNpGxvWoIM/ZCEUmUXnMf0ke\n"
                              "EFeAt5ZCDHPJO4hxh8W9vwt1e8AzYF2n6YDsHp8+Wx3nuEV5wW5uTin4\n"
                              "-----END PRIVATE KEY-----\n";

static void test_digests(void **state)
{
    (void)state;
    char hex[CRYPTO_SHA256_HEX];
    crypto_sha256_hex("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    static const char session[] = "arn:aws:sts::012345678910:assumed-role/Admin/admin";
    crypto_sha256_hex(session, strlen(session), hex);
    assert_string_equal(hex, "4b0ba8f99f075c0633e122fd73346ce203a3faf18ea0310eb2d29df1bab2e255");
    static const char start[] = "https://ssotest.awsapps.com/start";
    char sha1[CRYPTO_SHA1_HEX];
    crypto_sha1_hex(start, strlen(start), sha1);
    assert_string_equal(sha1, "dace00cba5f8355ec9d274ceb2bcebdfbeed0e12");
    char md5[CRYPTO_MD5_HEX];
    if (crypto_md5_hex("abc", 3, md5)) { // RFC 1321
        assert_string_equal(md5, "900150983cd24fb0d6963f7d28e17f72");
    }
}

static void test_hmac(void **state)
{
    (void)state;
    // RFC 4231, test case 2
    uint8_t mac[CRYPTO_SHA256_BYTES];
    crypto_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac);
    char hex[CRYPTO_SHA256_HEX];
    crypto_hex(mac, sizeof mac, hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void test_crc32(void **state)
{
    (void)state;
    assert_int_equal(crypto_crc32("123456789", 9), 0xcbf43926);
    assert_int_equal(crypto_crc32("", 0), 0);
    assert_int_equal(crypto_crc32("{}", 2), 2745614147);
}

static void test_base64(void **state)
{
    (void)state;
    static const struct {
        const char *plain, *padded, *url;
    } cases[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"\xfb\xff\xfe", "+//+", "-__-"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf out;
        buf_init(&out, 100);
        crypto_base64(&out, cases[i].plain, strlen(cases[i].plain));
        assert_string_equal(out.data, cases[i].padded);
        buf_clear(&out);
        crypto_base64url(&out, cases[i].plain, strlen(cases[i].plain));
        assert_string_equal(out.data, cases[i].url);
        buf_release(&out);
    }
}

static void test_uuid(void **state)
{
    (void)state;
    char one[CRYPTO_UUID_TEXT];
    char two[CRYPTO_UUID_TEXT];
    crypto_uuid4(one);
    crypto_uuid4(two);
    assert_string_not_equal(one, two);
    assert_int_equal(strlen(one), 36);
    assert_int_equal(strspn(one, "0123456789abcdef-"), 36);
    assert_true(one[8] == '-' && one[13] == '-' && one[18] == '-' && one[23] == '-');
    assert_int_equal(one[14], '4');
    assert_non_null(strchr("89ab", one[19]));
}

static void test_unit_interval(void **state)
{
    (void)state;
    double lowest = 1, highest = 0;
    for (int i = 0; i < 1000; i++) {
        double value = crypto_random_unit();
        assert_true(value >= 0 && value < 1);
        lowest = value < lowest ? value : lowest;
        highest = value > highest ? value : highest;
    }
    assert_true(lowest < 0.1 && highest > 0.9);
}

// Whether the pair verifies under the key, as the receiver of a JWT would find out.
static int verifies(const char *text, const uint8_t pair[CRYPTO_ES256_BYTES])
{
    BIO *source = BIO_new_mem_buf(s_sec1, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(source, NULL, NULL, NULL);
    BIO_free(source);
    ECDSA_SIG *signature = ECDSA_SIG_new();
    ECDSA_SIG_set0(signature, BN_bin2bn(pair, 32, NULL), BN_bin2bn(pair + 32, 32, NULL));
    unsigned char *der = NULL;
    int der_length = i2d_ECDSA_SIG(signature, &der);
    ECDSA_SIG_free(signature);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key);
    int result = EVP_DigestVerify(context, der, (size_t)der_length, (const unsigned char *)text,
                                  strlen(text));
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    return result;
}

static void test_es256(void **state)
{
    (void)state;
    static const char *const pems[] = {s_sec1, s_pkcs8};
    for (int round = 0; round < 64; round++) { // short r or s come up: they keep their width
        struct err err = ERR_INIT;
        uint8_t signature[CRYPTO_ES256_BYTES];
        assert_int_equal(crypto_es256_sign(pems[round % 2], "a.b", 3, signature, &err), ERR_OK);
        assert_int_equal(verifies("a.b", signature), 1);
        assert_int_equal(verifies("a.c", signature), 0);
    }
    uint8_t x[32], y[32];
    char hex[65];
    struct err err = ERR_INIT;
    assert_int_equal(crypto_es256_public(s_pkcs8, x, y, &err), ERR_OK);
    crypto_hex(x, 32, hex);
    assert_string_equal(hex, "fd311ff160da46c6f5a820cfd90845265179cc7f491e105780b796420c73c93b");
    crypto_hex(y, 32, hex);
    assert_string_equal(hex, "887187c5bdbf0b757bc033605da7e980ec1e9f3e5b1de7b84579c16e6e4e29f8");
}

static void test_es256_bad_key(void **state)
{
    (void)state;
    uint8_t signature[CRYPTO_ES256_BYTES];
    struct err err = ERR_INIT;
    assert_int_equal(crypto_es256_sign("", "x", 1, signature, &err), ERR_INPUT);
    struct err cut = ERR_INIT;
    static const char broken[] = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n"
                                 "-----END EC PRIVATE KEY-----\n";
    assert_int_equal(crypto_es256_sign(broken, "x", 1, signature, &cut), ERR_INPUT);
    assert_null(strstr(cut.text, "MHcC"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digests), cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_crc32),   cmocka_unit_test(test_base64),
        cmocka_unit_test(test_uuid),    cmocka_unit_test(test_unit_interval),
        cmocka_unit_test(test_es256),   cmocka_unit_test(test_es256_bad_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
