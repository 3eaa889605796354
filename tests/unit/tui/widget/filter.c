/* The filter language: what it means, what it finds, what is wrong with it and when it narrows. */

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "tui/widget/filter_block.h"
#include "tui/widget/filter_spans.h"

#define NOW_S INT64_C(1795348800) /* 2026-11-22 12:00 UTC */
#define DAY_S INT64_C(86400)
#define ALL_FIELDS ((1u << FILTER_FIELD_COUNT) - 1)
#define HERE                                                                                       \
    (ALL_FIELDS & ~(FILTER_BIT(FILTER_ACTION) | FILTER_BIT(FILTER_ACTOR) |                         \
                    FILTER_BIT(FILTER_KIND) | FILTER_BIT(FILTER_TARGET)))

static const char *const s_states[] = {"new", "stale", "ok", "pinned", "left", NULL};
enum { NEW = 1, STALE = 2, OK = 4, PINNED = 8, LEFT = 16 };

static const struct filter_scope s_scope = {
    .fields = HERE, .states = s_states, .n_said = 4, .ext_width = 4, .now_s = NOW_S};

static const struct filter_subject s_rows[] = {
    {.texts = {[FILTER_LOGIN] = "j.smith",
               [FILTER_NAME] = "Smith, Jané",
               [FILTER_EXT] = "2041",
               [FILTER_STATE] = "pinned",
               [FILTER_PROFILE] = "Night Desk",
               [FILTER_GROUP] = "Leeds",
               [FILTER_BY] = "kim@desk7",
               [FILTER_NOTE] = "leaflet"},
     .states = OK | PINNED,
     .since_s = NOW_S - 3 * DAY_S,
     .until_s = NOW_S + 2 * DAY_S},
    {.texts = {[FILTER_LOGIN] = "k.smidt", [FILTER_NAME] = "Müller, Kai", [FILTER_STATE] = "new"},
     .states = NEW},
    {.texts = {[FILTER_LOGIN] = "a.garcia",
               [FILTER_NAME] = "García, Ana",
               [FILTER_EXT] = "0021",
               [FILTER_PROFILE] = "Basic",
               [FILTER_BY] = "sync (cron)"},
     .states = OK,
     .since_s = NOW_S - 100 * DAY_S,
     .until_s = NOW_S + 30 * DAY_S},
    {.texts = {[FILTER_LOGIN] = "tanaka",
               [FILTER_NAME] = "田中 ﾀﾅｶ",
               [FILTER_EXT] = "2099",
               [FILTER_STATE] = "stale"},
     .states = STALE | LEFT,
     .since_s = NOW_S - 30},
};
#define ROWS (sizeof s_rows / sizeof s_rows[0])

static void subject(const void *context, size_t row, struct filter_subject *out)
{
    *out = ((const struct filter_subject *)context)[row];
}

static const char *now_text(const void *context, size_t row, enum filter_field field)
{
    (void)context;
    return row == 0 && field == FILTER_LIVE      ? "call"
           : row == 2 && field == FILTER_CHANGED ? "kim@desk7"
                                                 : NULL;
}

/* The rows that match, as "024"; "!" and the problem if the filter is wrong, "?" if it is open. */
static const char *found_at(const char *text, size_t cursor)
{
    static char out[FILTER_PROBLEM_MAX + 2];
    struct filter filter;
    struct filter_search search;
    enum filter_verdict verdict = filter_parse(&filter, &s_scope, text, cursor);
    if (verdict == FILTER_WRONG) {
        snprintf(out, sizeof out, "!%s", filter.problem);
        return out;
    }
    struct filter_block *block = filter_block_new(ROWS, subject, s_rows);
    filter_search_start(&search, &(struct filter_asked){
                                     .filter = &filter, .block = block, .now = {now_text, NULL}});
    while (!filter_search_go_on(&search, INT64_MAX)) {
    }
    size_t n = 0;
    out[n] = '?';
    n += verdict == FILTER_OPEN;
    for (size_t i = 0; i < ROWS; i++) {
        if (filter.n_terms == 0 || filter_found(search.found, i)) {
            out[n++] = (char)('0' + i);
        }
    }
    out[n] = '\0';
    filter_search_release(&search);
    filter_block_free(block);
    return out;
}

struct told {
    const char *text, *says;
};

static void are(const struct told *cases, size_t n, bool typed)
{
    for (size_t i = 0; i < n; i++) {
        print_message("%s\n", cases[i].text);
        assert_string_equal(
            found_at(cases[i].text, typed ? strlen(cases[i].text) : FILTER_NO_CURSOR),
            cases[i].says);
    }
}

static void terms_mean_what_the_help_says(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {"", "0123"},
        {"   ", "0123"},
        {"smi", "01"},
        {"SMITH", "0"},
        {"smith night", "0"},
        {"smith day", ""},
        {"041", "0"},
        {"leaf", "0"},
        {"night", "0"},
        {"kim", ""}, /* who did it is no part of the row */
        {"stale", "3"},
        {"!smith", "123"},
        {"!smi", "23"},
        {"\"smith, j\"", "0"},
        {"smith,", "0"},
        {"12:04", ""},
        {"muller or garcia", "12"},
        {"smi !new or garcia", "02"},
        {"smi OR garcia", "012"},
        {"\"or\"", ""},
        {"login:smi", "01"},
        {"name:smi", "0"},
        {"lo:smi", "01"},
        {"LOGIN:SMI", "01"},
        {"name:garcia,muller", "12"},
        {"name:\"garcia, a\",muller", "12"},
        {"!name:garcia,muller", "03"},
        {"by:kim", "0"},
        {"profile:desk", "0"},
        {"group:lee", "0"},
        {"leeds", ""}, /* only where it is asked for: it would be in each row of a site */
        {"note:*", "0"},
        {"note:-", "123"},
        {"!note:*", "123"},
        {"ext:*", "023"},
        {"ext:-", "1"},
        {"state:*", "0123"},
    };
    are(cases, sizeof cases / sizeof cases[0], false);
}

static void both_sides_are_folded(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {"jane", "0"},   {"JANÉ", "0"},     {"jané", "0"},   {"\"JANE\"", "0"},  {"muller", "1"},
        {"müller", "1"}, {"田", "3"},       {"中", "3"},     {"タナカ", "3"},    {"たなか", "3"},
        {"ﾀﾅ", "3"},     {"ｔａｎａ", "3"}, {"２０４", "0"}, {"ga\u0301r", "2"},
    };
    are(cases, sizeof cases / sizeof cases[0], false);
}

static void states_numbers_and_ranges_are_found(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {"state:new", "1"},
        {"state:st", "3"},
        {"state:new,stale", "13"},
        {"!state:ok state:new", "1"},
        {"state:PINNED", "0"},
        {"state:left", "3"},
        {"ext:20", "03"},
        {"ext:2", "03"},
        {"ext:0", "2"},
        {"ext:2041", "0"},
        {"ext:2000-2099", "03"},
        {"ext:2000-2098", "0"},
        {"ext:20-29", "03"},
        {"ext:0021,2099", "23"},
        {"!ext:20", "12"},
        {"ext:2000-2099 !state:pinned", "3"},
    };
    are(cases, sizeof cases / sizeof cases[0], false);
}

static void ages_and_days_are_found(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {"since:7d", "03"},
        {"since:<7d", "03"},
        {"since:1m", "3"},
        {"since:2h", "3"},
        {"since:15w", "023"},
        {"since:>90d", "2"},
        {"since:>3d", "2"},
        {"since:>2d", "02"},
        {"since:-", "1"},
        {"since:2026-11-19", "0"},
        {"since:2026-11-20..", "3"},
        {"since:2026-11-19..", "03"},
        {"since:2026-08-14..2026-11-19", "02"},
        {"since:2026-11-22", "3"},
        {"until:7d", "0"},
        {"until:>7d", "2"},
        {"until:2026-11-24", "0"},
        {"until:-", "13"},
    };
    are(cases, sizeof cases / sizeof cases[0], false);
}

/* A day is that of who asks. */
static void days_are_those_of_the_zone(void **state)
{
    (void)state;
    setenv("TZ", "Pacific/Auckland", 1); /* 13 hours ahead: 12:00 UTC is tomorrow there */
    tzset();
    const char *there[] = {"since:2026-11-22", "since:2026-11-23", "since:2026-11-20"};
    static const char *const says[] = {"", "3", "0"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(found_at(there[i], FILTER_NO_CURSOR), says[i]);
    }
    setenv("TZ", "UTC", 1);
    tzset();
}

static void what_changes_is_asked_for(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {"live:call", "0"},   {"live:*", "0"},  {"live:-", "123"},     {"changed:*", "2"},
        {"changed:kim", "2"}, {"basket:*", ""}, {"!changed:*", "013"}, {"smi live:*", "0"},
    };
    are(cases, sizeof cases / sizeof cases[0], false);
}

static void a_mistake_is_told_in_words(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {"foo:x",
         "!no field foo: ext login name state profile group since by note live until changed "
         "basket"},
        {"kind:x",
         "!no field kind: ext login name state profile group since by note live until changed "
         "basket"},
        {"s:x", "!s: which field: state since"},
        {"state:stal3", "!state: has no 'stal3': new stale ok pinned"},
        {"state:new,x", "!state: has no 'x': new stale ok pinned"},
        {"ext:20-", "!ext: 20- needs its end"},
        {"ext:2x", "!ext: 2x is not a number: 20, 2000-2099"},
        {"ext:20-x", "!ext: 20-x is not a number: 20, 2000-2099"},
        {"ext:20410", "!ext: 20410 has more than 4 digits"},
        {"ext:2099-2000", "!ext: 2099-2000 ends before it begins"},
        {"since:7y", "!since: 7y is not a time: 7d, 2h, 2026-11-01"},
        {"since:7", "!since: 7 is not a time: 7d, 2h, 2026-11-01"},
        {"since:2026-02-30", "!since: 2026-02-30 is not a time: 7d, 2h, 2026-11-01"},
        {"since:2026-11-20..2026-11-01",
         "!since: 2026-11-20..2026-11-01 is not a time: 7d, 2h, 2026-11-01"},
        {"since:>2026-11-20", "!since: >2026-11-20 is not a time: 7d, 2h, 2026-11-01"},
        {"\"smith, j", "!a \" is open"},
        {"name:\"smith", "!a \" is open"},
        {"name:\"a\"b", "!a blank or a comma belongs behind a closing \""},
        {"!", "!! needs a term"},
        {"a ! b", "!! needs a term"},
        {"~", "!~ needs a word"},
        {"\"\"", "!\"\" needs a letter or a digit"},
        {"note:", "!note: needs a value, * or -"},
        {"note: a", "!note: needs a value, * or -"},
        {"note:a,", "!note: needs a value, * or -"},
        {"a or", "!or needs a term behind it"},
        {"or a", "!or stands between two terms; \"or\" is a text"},
        {"a or or b", "!or stands between two terms; \"or\" is a text"},
        {"a b c d e f g h i j k l m n o p q", "!17 terms: 16 are the most"},
        {"login:a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a",
         "!33 values: 32 are the most"},
    };
    are(cases, sizeof cases / sizeof cases[0], false);
}

/* Nothing is wrong while it can still become right: what is said so far is looked for. */
static void nothing_is_wrong_at_the_key_that_can_become_right(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {"smi state:", "?01"},
        {"state:n", "1"},
        {"state:new,", "?1"},
        {"ext:20-", "?03"},
        {"ext:2000-2", "03"},
        {"ext:2000-20", "03"},
        {"ext:2050-209", "3"},
        {"since:", "?0123"},
        {"since:7", "?0123"},
        {"since:>", "?0123"},
        {"since:>90", "?0123"},
        {"since:2026", "?0123"},
        {"since:2026-1", "?0123"},
        {"since:2026-11-20.", "?"},
        {"since:2026-11-19.", "?0"},
        {"since:2026-11-19..2026-1", "?03"},
        {"\"smith, j", "?0"},
        {"name:\"smith, j", "?0"},
        {"!", "?0123"},
        {"smi !", "?01"},
        {"~", "?0123"},
        {"or", ""},
        {"garcia or", "?2"},
        {"garcia or ", "?2"},
        {"garcia or !", "?2"},
        /* These cannot. */
        {"foo:",
         "!no field foo: ext login name state profile group since by note live until changed "
         "basket"},
        {"state:stal3", "!state: has no 'stal3': new stale ok pinned"},
        {"since:7y", "!since: 7y is not a time: 7d, 2h, 2026-11-01"},
        {"since:2026-13", "?0123"},
        {"since:2026-13-01", "!since: 2026-13-01 is not a time: 7d, 2h, 2026-11-01"},
        {"ext:2099-200", "!ext: 2099-200 ends before it begins"},
        {"since: a", "!since: needs a value, * or -"},
    };
    are(cases, sizeof cases / sizeof cases[0], true);
    /* Only where somebody types. */
    assert_string_equal(found_at("since: smi", 6), "?01");
    assert_string_equal(found_at("since: smi", 10), "!since: needs a value, * or -");
    assert_string_equal(found_at("\"smith", 0), "!a \" is open");
}

static int fuzzy(const char *pattern, const char *login)
{
    struct filter filter;
    struct filter_search search;
    struct filter_subject row = {.texts = {[FILTER_LOGIN] = login}};
    assert_int_equal(filter_parse(&filter, &s_scope, pattern, FILTER_NO_CURSOR), FILTER_HOLDS);
    assert_true(filter.ranked);
    struct filter_block *block = filter_block_new(1, subject, &row);
    filter_search_start(&search, &(struct filter_asked){.filter = &filter, .block = block});
    assert_true(filter_search_go_on(&search, INT64_MAX));
    int score = filter_found(search.found, 0) ? search.scores[0] : 0;
    filter_search_release(&search);
    filter_block_free(block);
    return score;
}

static void fuzzy_puts_the_better_match_first(void **state)
{
    (void)state;
    static const struct told cases[] = {
        {"~jsm", "0"}, {"~ksdt", "1"},    {"!~ksdt", "023"},
        {"~zz", ""},   {"~\"n d\"", "0"}, {"~stanaka", ""}, /* within one field */
    };
    are(cases, sizeof cases / sizeof cases[0], false);
    assert_true(fuzzy("~smith", "smith") > fuzzy("~smith", "sxmxixtxh"));
    assert_true(fuzzy("~js", "j.smith") > fuzzy("~js", "ajxxs"));
    assert_true(fuzzy("~smith", "smith") > fuzzy("~smith", "smith.with.a.long.tail"));
    assert_int_equal(fuzzy("~smith", "smit"), 0);
}

/* An action of the history is about many numbers. */
static void a_row_of_several_numbers_is_found_by_each(void **state)
{
    (void)state;
    static const struct filter_subject row = {
        .texts = {[FILTER_EXT] = "0042 0100-0199 2041", [FILTER_LOGIN] = "a b"}};
    static const struct told cases[] = {
        {"ext:0042", "yes"},      {"ext:0043", ""},         {"ext:0150", "yes"},
        {"ext:01", "yes"},        {"ext:02", ""},           {"ext:2041", "yes"},
        {"ext:0", "yes"},         {"ext:0190-0300", "yes"}, {"ext:0200-2040", ""},
        {"ext:0000-0042", "yes"}, {"041", "yes"},           {"ext:*", "yes"},
    };
    struct filter_block *block = filter_block_new(1, subject, &row);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct filter filter;
        struct filter_search search;
        assert_int_equal(filter_parse(&filter, &s_scope, cases[i].text, FILTER_NO_CURSOR),
                         FILTER_HOLDS);
        filter_search_start(&search, &(struct filter_asked){.filter = &filter, .block = block});
        assert_true(filter_search_go_on(&search, INT64_MAX));
        assert_string_equal(filter_found(search.found, 0) ? "yes" : "", cases[i].says);
        filter_search_release(&search);
    }
    filter_block_free(block);
}

/* ---- what was found is shown ------------------------------------------------------------------ */

/* The text with brackets round what is highlighted. */
static const char *marked(const char *text, enum filter_field field, const char *cell)
{
    static char out[256];
    struct filter filter;
    struct filter_span spans[FILTER_SPANS_MAX];
    bool in[128] = {false};
    assert_int_not_equal(filter_parse(&filter, &s_scope, text, strlen(text)), FILTER_WRONG);
    size_t n = filter_spans(&filter, field, cell, spans);
    for (size_t i = 0; i < n; i++) {
        assert_true(spans[i].from < spans[i].to && spans[i].to <= strlen(cell));
        for (size_t k = spans[i].from; k < spans[i].to; k++) {
            in[k] = true;
        }
    }
    size_t used = 0;
    for (size_t k = 0; k <= strlen(cell); k++) {
        bool was = k > 0 && in[k - 1];
        if (was != in[k]) {
            out[used++] = was ? ']' : '[';
        }
        out[used++] = cell[k];
    }
    return out;
}

static void the_first_match_of_each_term_is_marked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum filter_field field;
        const char *cell, *shows;
    } cases[] = {
        {"fl", FILTER_LOGIN, "a.flafl", "a.[fl]afl"},
        {"fl", FILTER_ANY, "a.flafl", "a.flafl"},
        {"login:fl", FILTER_LOGIN, "a.fl", "a.[fl]"},
        {"login:fl", FILTER_NAME, "a.fl", "a.fl"},
        {"!fl", FILTER_LOGIN, "a.fl", "a.fl"},
        {"fl or la", FILTER_LOGIN, "a.fl.la", "a.[fl].[la]"},
        {"muller", FILTER_NAME, "Herr Müller", "Herr [Müller]"},
        {"straße", FILTER_NAME, "STRASSE 1", "[STRASSE] 1"},
        {"tras", FILTER_NAME, "Straße", "S[traß]e"},
        {"た", FILTER_NAME, "x ﾀﾅｶ", "x [ﾀ]ﾅｶ"},
        {"が", FILTER_NAME, "ｶﾞﾝ", "[ｶﾞ]ﾝ"},
        {"ext:20", FILTER_EXT, "2020", "[20]20"},
        {"ext:20", FILTER_EXT, "0020", "0020"},
        {"20", FILTER_EXT, "0020", "00[20]"},
        {"ext:2000-2099", FILTER_EXT, "2020", "2020"},
        {"state:st", FILTER_STATE, "STALE", "[ST]ALE"},
        {"since:7d", FILTER_SINCE, "4 Nov", "4 Nov"},
        {"~jsm", FILTER_LOGIN, "j.smith", "[j].[sm]ith"},
        {"by:kim", FILTER_BY, "kim@desk7", "[kim]@desk7"},
        {"kim", FILTER_BY, "kim@desk7", "kim@desk7"},
        {"a", FILTER_NAME, "\xC3\xC3", "\xC3\xC3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(marked(cases[i].text, cases[i].field, cases[i].cell), cases[i].shows);
    }
}

/* ---- narrowing --------------------------------------------------------------------------------- */

static void narrowing_is_never_claimed_wrongly(void **state)
{
    (void)state;
    static const struct {
        const char *wide, *narrow;
        bool narrows;
    } cases[] = {
        {"", "s", true},
        {"s", "", false},
        {"s", "sm", true},
        {"s", "as", true},
        {"sm", "s", false},
        {"sm", "xm", false},
        {"ext:2", "ext:20", true},
        {"ext:2", "ext:20-29", true},
        {"ext:2", "2", false},
        {"ext:20", "ext:2000-21", false},
        {"!s", "!sm", false},
        {"!sm", "!s", true},
        {"!s", "!s x", true},
        {"a b", "a", false},
        {"a", "a b", true},
        {"a", "b a", true},
        {"a", "login:a", true},
        {"login:a", "a", false},
        {"a", "by:a", false},
        {"~s", "~sm", true},
        {"~s", "s", false},
        {"state:o", "state:ok", true},
        {"state:ok,new", "state:ok", true},
        {"state:ok", "state:ok,new", false},
        {"!state:ok", "!state:ok,new", true},
        {"a or b", "a", true},
        {"a", "a or b", false},
        {"a or b", "a c or b d", true},
        {"a or b", "ac", true},
        {"since:7d", "since:2d", true},
        {"since:2d", "since:7d", false},
        {"note:*", "note:x", true},
        {"note:x", "note:*", false},
        {"live:c", "live:call", false}, /* it may have changed meanwhile */
        {"\xC3", "\xC3\xA9", false},
        {"か", "が", false},
        {"か", "かﾞ", false},
        {"\u1100\u1175", "\u1100\u1175\u11B7", false},
        {"田", "田中", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct filter wide;
        struct filter narrow;
        (void)filter_parse(&wide, &s_scope, cases[i].wide, strlen(cases[i].wide));
        (void)filter_parse(&narrow, &s_scope, cases[i].narrow, strlen(cases[i].narrow));
        print_message("%s > %s\n", cases[i].wide, cases[i].narrow);
        assert_int_equal(filter_narrows(&wide, &narrow), cases[i].narrows);
    }
}

/* ---- many rows ----------------------------------------------------------------------------------- */

#define MANY 20000

static void one_of_many(const void *context, size_t row, struct filter_subject *out)
{
    static char login[32];
    static char ext[16];
    (void)context;
    snprintf(login, sizeof login, "agent.%05zu", row);
    snprintf(ext, sizeof ext, "%04zu", row % 10000);
    out->texts[FILTER_LOGIN] = login;
    out->texts[FILTER_EXT] = ext;
    out->states = row % 3 == 0 ? NEW : OK;
    out->since_s = NOW_S - (int64_t)row * 60;
}

/* Each filter finds the same among all rows and among those that a wider one left, at once and in
   pieces. */
static void pieces_and_narrowing_find_what_a_whole_search_finds(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "agent.1", "agent.12",    "12 !state:new", "~a99", "ext:1 5 or since:1h",
        "!1 2",    "state:new 77"};
    struct filter_block *block = filter_block_new(MANY, one_of_many, NULL);
    struct filter wide;
    struct filter_search all;
    (void)filter_parse(&wide, &s_scope, "1 or 2 or 5 or 7 or 9", FILTER_NO_CURSOR);
    filter_search_start(&all, &(struct filter_asked){.filter = &wide, .block = block});
    (void)filter_search_go_on(&all, INT64_MAX);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct filter filter;
        struct filter_search whole;
        struct filter_search within;
        assert_int_equal(filter_parse(&filter, &s_scope, texts[i], FILTER_NO_CURSOR), FILTER_HOLDS);
        struct filter_asked asked = {.filter = &filter, .block = block};
        filter_search_start(&whole, &asked);
        size_t pieces = 1;
        while (!filter_search_go_on(&whole, INT64_MIN)) {
            pieces++;
        }
        assert_true(pieces > 1);
        asked.within = all.found;
        filter_search_start(&within, &asked);
        assert_true(filter_search_go_on(&within, INT64_MAX));
        for (size_t row = 0; row < MANY; row++) {
            assert_int_equal(filter_found(within.found, row),
                             filter_found(whole.found, row) && filter_found(all.found, row));
        }
        filter_search_release(&whole);
        filter_search_release(&within);
    }
    filter_search_release(&all);
    filter_block_free(block);
}

static void a_long_filter_is_bounded(void **state)
{
    (void)state;
    struct filter filter;
    char text[4096];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(filter_parse(&filter, &s_scope, text, FILTER_NO_CURSOR), FILTER_HOLDS);
    assert_int_equal(filter.n_terms, 1);
    assert_true(filter.length <= sizeof filter.text);
    for (size_t i = 1; i < sizeof text - 1; i += 2) {
        text[i] = ' ';
    }
    assert_int_equal(filter_parse(&filter, &s_scope, text, FILTER_NO_CURSOR), FILTER_WRONG);
    assert_string_equal(filter.problem, "2048 terms: 16 are the most");
}

int main(void)
{
    setenv("TZ", "UTC", 1);
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_mean_what_the_help_says),
        cmocka_unit_test(both_sides_are_folded),
        cmocka_unit_test(states_numbers_and_ranges_are_found),
        cmocka_unit_test(ages_and_days_are_found),
        cmocka_unit_test(days_are_those_of_the_zone),
        cmocka_unit_test(what_changes_is_asked_for),
        cmocka_unit_test(a_mistake_is_told_in_words),
        cmocka_unit_test(nothing_is_wrong_at_the_key_that_can_become_right),
        cmocka_unit_test(fuzzy_puts_the_better_match_first),
        cmocka_unit_test(a_row_of_several_numbers_is_found_by_each),
        cmocka_unit_test(the_first_match_of_each_term_is_marked),
        cmocka_unit_test(narrowing_is_never_claimed_wrongly),
        cmocka_unit_test(pieces_and_narrowing_find_what_a_whole_search_finds),
        cmocka_unit_test(a_long_filter_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
