#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/settings/complete.h"

/* What the last word of the line can become: "before|typed: bits words". */
static void check(const char *line, const char *expected)
{
    static const char *const names[] = {"actions", "options",    "contexts", "profiles", "themes",
                                        "agents",  "extensions", "free",     "files"};
    struct arena arena = ARENA_INIT;
    struct completing completing;
    struct buf out;
    size_t n;
    buf_init(&out, 4096);
    const char *const *words = complete_split(line, &arena, &n);
    complete_read(words, n, &completing);
    buf_printf(&out, "%s|%s:", completing.before, completing.typed);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        buf_printf(&out, "%s%s", completing.offers & (1u << i) ? " " : "",
                   completing.offers & (1u << i) ? names[i] : "");
    }
    for (size_t i = 0; completing.words && completing.words[i]; i++) {
        buf_printf(&out, " %s", completing.words[i]);
    }
    for (size_t i = 0; completing.schemes && completing.schemes[i]; i++) {
        buf_printf(&out, " %s:", completing.schemes[i]);
    }
    if (strcmp(out.data, expected) != 0) {
        fail_msg("%s: got %s instead of %s", line, out.data, expected);
    }
    buf_release(&out);
    command_line_release(&completing.line);
    arena_release(&arena);
}

static void test_words(void **state)
{
    (void)state;
    check("extpool", "|: actions");
    check("extpool ", "|: actions");
    check("extpool sy", "|sy: actions");
    check("extpool --quiet sy", "|sy: actions");
    check("extpool -", "|-: options");
    check("extpool sync --dr", "|--dr: options");
    check("extpool sync ", "|:");
    check("extpool alice ", "|:");
    check("extpool list ", "|: agents extensions free");
    check("extpool list agents ", "|:");
    check("extpool --completion ", "|: bash zsh fish");
    check("extpool --completion=z", "--completion=|z: bash zsh fish");
}

static void test_operands(void **state)
{
    (void)state;
    check("extpool lookup a", "|a: agents extensions");
    check("extpool lookup alice ", "|:");
    check("extpool assign alice b", "|b: agents");
    check("extpool assign alice=4", "alice=|4: free");
    check("extpool --assign=al", "--assign=|al: agents");
    check("extpool swap alice=b", "alice=|b: agents");
    check("extpool reserve 4", "|4: extensions");
    check("extpool reserve 4=note", "4=|note:");
    check("extpool fallback alice=", "alice=|: queue: phone: agent: ext: none");
    check("extpool import ", "|: files");
    check("extpool export ", "|: files");
    check("extpool release -- -a", "|-a: agents extensions");
}

static void test_values(void **state)
{
    (void)state;
    check("extpool --context p", "|p: contexts");
    check("extpool -c p", "|p: contexts");
    check("extpool -qc p", "|p: contexts");
    check("extpool sync --profile ", "|: profiles");
    check("extpool --theme=d", "--theme=|d: themes files");
    check("extpool --log-level ", "|: error warn info debug");
    check("extpool --log x", "|x: files");
    check("extpool --store s", "|s: files sqlite: dynamodb:");
    check("extpool --store sqlite:/t", "sqlite:|/t: files");
    check("extpool --store=sqlite:/t", "--store=sqlite:|/t: files");
    check("extpool --store dynamodb:t", "|dynamodb:t:");
    check("extpool reserve 4 --target q", "|q: queue: phone: agent: ext: none");
    check("extpool history --extension 4", "|4: extensions");
    check("extpool history --limit 4", "|4:");
    check("extpool --json=", "--json=|:");
    check("extpool --nothing=a", "--nothing=|a:");
}

static void test_quotes(void **state)
{
    (void)state;
    check("extpool assign 'al b", "|al b: agents");
    check("extpool assign \"al b\"", "|al b: agents");
    check("extpool assign al\\ b", "|al b: agents");
    check("extpool assign 'a b' ", "|: agents");
    check("extpool 'assi", "|assi: actions");
    check("extpool\t\tassign\t", "|: agents");
    check("", "|: actions");
    check("\\", "|: actions");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
