#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/format/ini.h"
#include "core/base/mem.h"

/* What the reader says about a text, a line for each event:
   "[section]", "name=value" and ">parent/name=value", each behind "LINE:"; '|' stands for the line
   ends inside a value; "ERROR text" for a line that cannot be read. */
static char *events_of(const char *text, size_t length)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    struct ini ini;
    struct ini_event event;
    struct err err = ERR_INIT;
    ini_init(&ini, "f", text, length);
    do {
        if (ini_next(&ini, &event, &err) != ERR_OK) {
            assert_int_equal(err.code, ERR_CONFIG);
            buf_printf(&out, "ERROR %s\n", err.text);
            err_clear(&err);
        } else if (event.kind == INI_SECTION) {
            buf_printf(&out, "%u:[%s]\n", event.line, event.section);
        } else if (event.kind == INI_PROPERTY) {
            assert_string_equal(event.parent, "");
            buf_printf(&out, "%u:%s=%s\n", event.line, event.name, event.value);
        } else if (event.kind == INI_SUBPROPERTY) {
            buf_printf(&out, "%u:>%s/%s=%s\n", event.line, event.parent, event.name, event.value);
        }
    } while (event.kind != INI_END);
    ini_release(&ini);
    return buf_take(&out);
}

static void test_lines_of_continuations(void **state)
{
    (void)state;
    static const char text[] = "[s]\na = b\n\n  c\n# d\n  e\nf = g\n";
    struct ini ini;
    struct ini_event event;
    struct err err = ERR_INIT;
    ini_init(&ini, "f", text, sizeof text - 1);
    assert_int_equal(ini_next(&ini, &event, &err), ERR_OK);
    assert_int_equal(ini_next(&ini, &event, &err), ERR_OK);
    assert_string_equal(event.value, "b\nc\ne");
    assert_int_equal(event.line, 2);
    assert_int_equal(event.more_lines[0], 4);
    assert_int_equal(event.more_lines[1], 6);
    ini_release(&ini);
}

struct sample {
    const char *name;
    const char *text;
    const char *events;
};

#define NEEDS_EQUALS "'=' is missing: a property is NAME = VALUE"
#define NEEDS_NAME "the name in front of '=' is missing"
#define NEEDS_BRACKET "a section has to end with ']'"

static const struct sample s_samples[] = {
    {"nothing", "", ""},
    {"only line ends", "\n\r\n\n", ""},
    {"only blanks", "  \n\t\n \t ", ""},
    {"only comments", "# one\n; two", ""},
    {"a comment may look like anything", "#[a]\n;b = c\n", ""},
    /* sections */
    {"section", "[one]", "1:[one]\n"},
    {"blanks inside", "[ \tprofile one\t ]\n", "1:[profile one]\n"},
    {"the blank between words stays", "[profile\tone]\n", "1:[profile\tone]\n"},
    {"empty name", "[]\n[ ]", "1:[]\n2:[]\n"},
    {"trailing blanks", "[one] \t\n", "1:[one]\n"},
    {"comment behind", "[one] # c\n[two] ; c\n", "1:[one]\n2:[two]\n"},
    {"comment at once", "[one]#c\n[two];c\n", "1:[one]\n2:[two]\n"},
    {"no bracket", "[one\nk=v", "ERROR f:1: " NEEDS_BRACKET "\n2:k=v\n"},
    {"bracket in the comment", "[one # ]\n", "ERROR f:1: " NEEDS_BRACKET "\n"},
    {"text behind", "[one] two\n", "ERROR f:1: " NEEDS_BRACKET "\n"},
    {"lone bracket", "\n[", "ERROR f:2: " NEEDS_BRACKET "\n"},
    {"repeated section", "[a]\n[a]\n", "1:[a]\n2:[a]\n"},
    /* properties */
    {"property", "[s]\nname = value", "1:[s]\n2:name=value\n"},
    {"no blanks", "[s]\nname=value\n", "1:[s]\n2:name=value\n"},
    {"tabs", "[s]\nname\t=\tvalue\t\n", "1:[s]\n2:name=value\n"},
    {"first equals sign splits", "[s]\na=b=c==\n", "1:[s]\n2:a=b=c==\n"},
    {"case", "[S]\nNaMe = VaLue\n", "1:[S]\n2:name=VaLue\n"},
    {"blank in a name", "[s]\na b = c\n", "1:[s]\n2:a b=c\n"},
    {"UTF-8", "[s]\ncity = Z\xC3\xBCrich\n", "1:[s]\n2:city=Z\xC3\xBCrich\n"},
    {"blanks in a value", "[s]\na = b  c\n", "1:[s]\n2:a=b  c\n"},
    {"empty value", "[s]\na =\nb = \t\n", "1:[s]\n2:a=\n3:b=\n"},
    {"repeated property", "[s]\na=1\na=2\n", "1:[s]\n2:a=1\n3:a=2\n"},
    {"colon does not separate", "[s]\na: b\n", "1:[s]\nERROR f:2: " NEEDS_EQUALS "\n"},
    {"no equals sign", "[s]\nAKIDEXAMPLE\n", "1:[s]\nERROR f:2: " NEEDS_EQUALS "\n"},
    {"no name", "[s]\n = v\n", "1:[s]\nERROR f:2: " NEEDS_NAME "\n"},
    {"no name at column 1", "[s]\n= v\n", "1:[s]\nERROR f:2: " NEEDS_NAME "\n"},
    {"before any section", "a = b\n[s]\n",
     "ERROR f:1: a property before the first section\n2:[s]\n"},
    {"quotes are data", "[s]\na = \"b # c\"\n", "1:[s]\n2:a=\"b\n"},
    /* comments in values */
    {"blank and hash", "[s]\na = b # c\n", "1:[s]\n2:a=b\n"},
    {"blank and semicolon", "[s]\na = b ; c\n", "1:[s]\n2:a=b\n"},
    {"tab and hash", "[s]\na = b\t# c\n", "1:[s]\n2:a=b\n"},
    {"no blank", "[s]\na = b#c;d\n", "1:[s]\n2:a=b#c;d\n"},
    {"no blank, then one", "[s]\na = b;c ;d\n", "1:[s]\n2:a=b;c\n"},
    {"at once behind the sign", "[s]\na =#c\n", "1:[s]\n2:a=#c\n"},
    {"comment instead of a value", "[s]\na = # c\n", "1:[s]\n2:a=\n"},
    {"the equals sign is in the comment", "[s]\na # = b\n", "1:[s]\nERROR f:2: " NEEDS_EQUALS "\n"},
    /* continuations */
    {"continuation", "[s]\na = b\n  c\n", "1:[s]\n2:a=b|c\n"},
    {"two of them", "[s]\na = b\n c\n\td \nz = y\n", "1:[s]\n2:a=b|c|d\n5:z=y\n"},
    {"keep their comments", "[s]\na = b\n c # d\n ; e\n", "1:[s]\n2:a=b|c # d|; e\n"},
    {"may look like a property", "[s]\na = b\n c = d\n", "1:[s]\n2:a=b|c = d\n"},
    {"may look like a section", "[s]\na = b\n [t]\n", "1:[s]\n2:a=b|[t]\n"},
    {"blank lines do not end it", "[s]\na = b\n\n  \n c\n", "1:[s]\n2:a=b|c\n"},
    {"comments do not end it", "[s]\na = b\n# no\n c\n", "1:[s]\n2:a=b|c\n"},
    {"a section ends it", "[s]\na = b\n[t]\n c\n",
     "1:[s]\n2:a=b\n3:[t]\nERROR f:4: " NEEDS_EQUALS "\n"},
    {"before any section", " a\n", "ERROR f:1: a property before the first section\n"},
    /* indented lines that continue nothing */
    {"an indented comment", "  # no\n[s]\n\t; no\na = b\n", "2:[s]\n4:a=b\n"},
    {"an indented section", "  [s]\n[t]\n \t[u]\n", "1:[s]\n2:[t]\n3:[u]\n"},
    {"an indented section and its comment", " [s] # c\n", "1:[s]\n"},
    {"an indented first property", "[s]\n  a = b\nc = d\n", "1:[s]\n2:a=b\n3:c=d\n"},
    {"all of them indented", "[s]\n  a = b\n  # no\n  c = d\n\n  [t]\n  e = f\n",
     "1:[s]\n2:a=b\n4:c=d\n6:[t]\n7:e=f\n"},
    {"deeper than an indented one", "[s]\n  a = b\n    c\n  d = e\n", "1:[s]\n2:a=b|c\n4:d=e\n"},
    {"less deep ends a value", "[s]\n    a = b\n  c = d\n", "1:[s]\n2:a=b\n3:c=d\n"},
    {"a section deeper than a property continues it", "[s]\n a = b\n  [t]\n", "1:[s]\n2:a=b|[t]\n"},
    {"sub-properties of an indented one", "[s]\n\ts3 =\n\t\ta = b\n\tc = d\n",
     "1:[s]\n2:s3=\n3:>s3/a=b\n4:c=d\n"},
    /* sub-properties */
    {"sub-properties", "[s]\np =\n a = b\n C=D\n", "1:[s]\n2:p=\n3:>p/a=b\n4:>p/c=D\n"},
    {"blank lines between", "[s]\np =\n\n a = b\n   \n\n c = d\n",
     "1:[s]\n2:p=\n4:>p/a=b\n7:>p/c=d\n"},
    {"comment between", "[s]\np =\n# no\n a = b\n", "1:[s]\n2:p=\n4:>p/a=b\n"},
    {"empty value does not nest", "[s]\np =\n a =\n  b = c\n", "1:[s]\n2:p=\n3:>p/a=\n4:>p/b=c\n"},
    {"a comment behind the value", "[s]\np =\n a = b # c\n", "1:[s]\n2:p=\n3:>p/a=b\n"},
    {"the next property ends them", "[s]\np =\n a = b\nq = r\n c\n",
     "1:[s]\n2:p=\n3:>p/a=b\n4:q=r|c\n"},
    {"two parents", "[s]\np =\n a = b\nq =\n c = d\n", "1:[s]\n2:p=\n3:>p/a=b\n4:q=\n5:>q/c=d\n"},
    {"without an equals sign", "[s]\np =\n a\n", "1:[s]\n2:p=\nERROR f:3: " NEEDS_EQUALS "\n"},
    {"without a name", "[s]\np =\n = a\n", "1:[s]\n2:p=\nERROR f:3: " NEEDS_NAME "\n"},
    {"an indented comment is not one", "[s]\np =\n # a\n",
     "1:[s]\n2:p=\nERROR f:3: " NEEDS_EQUALS "\n"},
    /* what follows a mistake */
    {"reads on behind a line", "[s]\na\nb = c\n", "1:[s]\nERROR f:2: " NEEDS_EQUALS "\n3:b=c\n"},
    {"without what continues it", "[s]\na\n b = c\n d = e\nf = g\n",
     "1:[s]\nERROR f:2: " NEEDS_EQUALS "\n5:f=g\n"},
    {"two of them", "[s]\na\n= b\n",
     "1:[s]\nERROR f:2: " NEEDS_EQUALS "\nERROR f:3: " NEEDS_NAME "\n"},
    {"behind a continuation", "[s]\na = b\n \xFF\n c\nd = e\n",
     "1:[s]\nERROR f:3: not UTF-8\n5:d=e\n"},
    {"behind a section", "[s\na = b\n[t]\nc = d\n",
     "ERROR f:1: a section has to end with ']'\n2:a=b\n3:[t]\n4:c=d\n"},
    /* bytes */
    {"CRLF", "[s]\r\na = b\r\n c\r\n\r\n; no\r\nd =\r\n", "1:[s]\n2:a=b|c\n6:d=\n"},
    {"CRLF and a comment", "[s] # c\r\na = b # c\r\n", "1:[s]\n2:a=b\n"},
    {"byte order mark", "\xEF\xBB\xBF[s]\na = b\n", "1:[s]\n2:a=b\n"},
    {"not UTF-8", "[s]\na = \xFF\n", "1:[s]\nERROR f:2: not UTF-8\n"},
    {"not UTF-8 in a continuation", "[s]\na = b\n \xC3(\n", "1:[s]\nERROR f:3: not UTF-8\n"},
    {"not UTF-8 in a comment harms nobody", "# \xFF\n[s]\n", "2:[s]\n"},
};

static void test_grammar(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_samples / sizeof s_samples[0]; i++) {
        const struct sample *sample = &s_samples[i];
        char *seen = events_of(sample->text, strlen(sample->text));
        /* Line ends inside a value show as '|': every event starts with a digit and ends in \n. */
        for (char *lf = strchr(seen, '\n'); lf && lf[1]; lf = strchr(lf + 1, '\n')) {
            char *digits = lf + 1;
            while (*digits >= '0' && *digits <= '9') {
                digits++;
            }
            if (strncmp(lf + 1, "ERROR", 5) != 0 && (digits == lf + 1 || *digits != ':')) {
                *lf = '|';
            }
        }
        if (strcmp(seen, sample->events) != 0) {
            fail_msg("%s: got\n%sinstead of\n%s", sample->name, seen, sample->events);
        }
        free(seen);
    }
}

static void test_nul_is_refused(void **state)
{
    (void)state;
    char *seen = events_of("[s]\na = b\0c\n", 12);
    assert_string_equal(seen, "1:[s]\nERROR f:2: a NUL byte\n");
    free(seen);
}

/* A file without a final line end that is cut at every byte never reads past its end (the address
   sanitizer sees it) and ends. */
static void test_every_prefix_ends(void **state)
{
    (void)state;
    static const char text[] = "\xEF\xBB\xBF[p a] # c\r\nx = y ;z\r\n 1\r\n\n[s]\nq =\n a = b\n";
    for (size_t length = 0; length < sizeof text; length++) {
        char *copy = malloc(length > 0 ? length : 1);
        assert_non_null(copy);
        memcpy(copy, text, length);
        free(events_of(copy, length));
        free(copy);
    }
}

static void test_values_are_bounded(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_puts(&text, "[s]\na = b\n");
    for (size_t i = 0; i < INI_VALUE_MAX / 64; i++) {
        buf_printf(&text, " %064zu\n", i);
    }
    assert_false(buf_failed(&text));
    char *seen = events_of(text.data, text.length);
    assert_non_null(strstr(seen, ": a value is too long\n"));
    free(seen);

    buf_clear(&text);
    buf_puts(&text, "[s]\na = ");
    for (size_t i = 0; i <= INI_VALUE_MAX; i++) {
        buf_putc(&text, 'x');
    }
    seen = events_of(text.data, text.length);
    assert_string_equal(seen, "1:[s]\nERROR f:2: a property is too long\n");
    free(seen);
    buf_release(&text);
}

static void test_caller_errors_name_the_line(void **state)
{
    (void)state;
    struct ini ini;
    struct ini_event event;
    struct err err = ERR_INIT;
    ini_init(&ini, "conf", "\n[s]\n\ncolour = mauve\n shade\n", 28);
    assert_int_equal(ini_next(&ini, &event, &err), ERR_OK);
    assert_int_equal(ini_next(&ini, &event, &err), ERR_OK);
    assert_int_equal(ini_error(&ini, &event, &err, "no colour is called %.5s", event.value),
                     ERR_CONFIG);
    assert_string_equal(err.text, "conf:4: no colour is called mauve");
    ini_release(&ini);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_of_continuations),
        cmocka_unit_test(test_grammar),
        cmocka_unit_test(test_nul_is_refused),
        cmocka_unit_test(test_every_prefix_ends),
        cmocka_unit_test(test_values_are_bounded),
        cmocka_unit_test(test_caller_errors_name_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
