#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "aws/client/xml.h"

static void assert_found(const char *xml, const char *name, const char *expected)
{
    char *text = xml_find_text(xml_whole(xml, strlen(xml)), name);
    if (!expected) {
        assert_null(text);
    } else {
        assert_non_null(text);
        assert_string_equal(text, expected);
    }
    free(text);
}

static void test_find(void **state)
{
    (void)state;
    static const char error[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<Error><Code>NoSuchBucket</Code><Message>The &lt;bucket&gt; is not there</Message>"
        "<BucketName>b</BucketName><RequestId>4442587FB7D0A2F9</RequestId></Error>";
    assert_found(error, "Code", "NoSuchBucket");
    assert_found(error, "Message", "The <bucket> is not there");
    assert_found(error, "RequestId", "4442587FB7D0A2F9");
    assert_found(error, "Region", NULL);
    assert_found(error, "Bucket", NULL); // not a part of a name
    assert_found("<s:a xmlns:s='x>y'><s:b>1</s:b></s:a>", "b", "1");
    assert_found("<a b=\"</a>\">2</a>", "a", "2");
    assert_found("<a/>", "a", "");
    assert_found("<a />", "a", "");
    assert_found("<a><a>in</a> out</a>", "a", "in out");
    assert_found("<!-- <a>no</a> --><a>yes</a>", "a", "yes");
    assert_found("<a><![CDATA[<b>&amp;]]></a>", "a", "<b>&amp;");
}

static void test_entities(void **state)
{
    (void)state;
    assert_found("<a>&#65;&#x42;&#xfc;</a>", "a", "AB\xc3\xbc");
    assert_found("<a>&quot;&apos;&amp;amp;</a>", "a", "\"'&amp;");
    assert_found("<a>&unknown; & &#0; &#xd800; &#x110000; &#; &;</a>", "a",
                 "&unknown; & &#0; &#xd800; &#x110000; &#; &;");
}

static void test_broken(void **state)
{
    (void)state;
    assert_found("", "a", NULL);
    assert_found("<", "a", NULL);
    assert_found("<a", "a", NULL);
    assert_found("<a>", "a", NULL);
    assert_found("<a>cut", "a", NULL);
    assert_found("<a>cut</b>", "a", NULL);
    assert_found("<![CDATA[", "a", NULL);
    assert_found("<![CDATA[]]>", "a", NULL);
    assert_found("<!--><a>1</a>", "a", NULL);
    assert_found("</a>", "a", NULL);
    assert_found("<>x</>", "", "x");
}

static void test_list(void **state)
{
    (void)state;
    static const char list[] = "<L><B><N>one</N></B><B><N>two</N></B><C/><B/></L>";
    struct xml_part rest = xml_whole(list, strlen(list));
    struct xml_part inner;
    static const char *const names[] = {"one", "two", NULL};
    for (size_t i = 0; i < 3; i++) {
        assert_true(xml_next(&rest, "B", &inner));
        char *text = xml_find_text(inner, "N");
        if (names[i]) {
            assert_string_equal(text, names[i]);
        } else {
            assert_null(text);
        }
        free(text);
    }
    assert_false(xml_next(&rest, "B", &inner));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_entities),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
