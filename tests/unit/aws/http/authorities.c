#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "aws/http/authorities.h"
#include "core/base/fileio.h"
#include "tests/unit/support/scratch.h"

#define BEGIN "-----BEGIN CERTIFICATE-----\n"
#define END "\n-----END CERTIFICATE-----\n"

/* Not certificates, but bytes in base64 around a name, at each of the three alignments. */
#define AMAZON_0 BEGIN "QW1hem9uIFJvb3QgQ0EgMQ==" END   /* "Amazon Root CA 1" */
#define AMAZON_1 BEGIN "MEFtYXpvbiB\nSb290IENBIDM=" END /* "0Amazon Root CA 3", two lines */
#define STARFIELD_2                                                                                \
    BEGIN "MDFTdGFyZmllbGQgU2VydmljZXMgUm9vdCBDZXJ0aWZpY2F0ZSBBdXRob3JpdHkgLSBHMg==" END
#define OTHER BEGIN "QW1hem9uIFJvb3QgQ0E=" END /* "Amazon Root CA", and no number */

static char *select_from(struct scratch *scratch, const char *pem)
{
    struct err err = ERR_INIT;
    struct buf out;
    const char *path = scratch_path(scratch, "bundle.pem");
    assert_int_equal(fileio_replace(path, pem, strlen(pem), 0600, &err), ERR_OK);
    buf_init(&out, 4096);
    authorities_of_amazon(path, &out);
    return buf_take(&out);
}

static void check(const char *pem, const char *expected)
{
    struct scratch scratch;
    scratch_init(&scratch);
    char *selected = select_from(&scratch, pem);
    assert_string_equal(selected, expected);
    free(selected);
    scratch_release(&scratch);
}

static void test_those_of_amazon(void **state)
{
    (void)state;
    check("# Amazon Root CA 1\n" OTHER AMAZON_0 OTHER "comment\n" STARFIELD_2 AMAZON_1 OTHER,
          AMAZON_0 STARFIELD_2 AMAZON_1);
}

static void test_a_bundle_without_them(void **state)
{
    (void)state;
    check("", "");
    check("no certificate at all\n", "");
    check(OTHER OTHER, "");
    check(BEGIN "QW1hem9uIFJvb3QgQ0EgMQ==\n", ""); // cut short
}

static void test_no_bundle(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 64);
    authorities_of_amazon("/no/such/bundle", &out);
    assert_int_equal(out.length, 0);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_those_of_amazon),
        cmocka_unit_test(test_a_bundle_without_them),
        cmocka_unit_test(test_no_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
