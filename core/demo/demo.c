#include "core/demo/demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/format/csv.h"
#include "core/demo/chance.h"
#include "core/demo/live.h"
#include "core/demo/names.h"
#include "core/demo/sites.h"
#include "core/pool/login.h"
#include "core/base/mem.h"
#include "core/base/strmap.h"

/* ---- people --------------------------------------------------------------------------------- */

struct person {
    const char *first; /* a name as the table has it, its spelling behind '|' */
    const char *last;
    const char *profile;
    const char *site; /* as the agent hierarchy writes it */
    char login[64];
};

/* Every profile as often as it stands here. */
static const char *const s_profiles[] = {
    "Support Tier 1", "Support Tier 1", "Support Tier 1", "Support Tier 2", "Support Tier 2",
    "Sales EMEA",     "Sales EMEA",     "Sales APAC",     "Billing",        "Billing",
    "Retention",      "Escalations",    "Back Office",    "Night Desk",
};

static size_t shown_length(const char *name)
{
    return strcspn(name, "|");
}

/* Appends how the name is spelt in a login, at most `max` letters; returns the new length. */
static size_t put_spelling(char *out, size_t length, const char *name, size_t max)
{
    const char *bar = strchr(name, '|');
    for (const char *c = bar ? bar + 1 : name; *c && max > 0; c++) {
        char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        if (lower >= 'a' && lower <= 'z') {
            out[length++] = lower;
            max--;
        }
    }
    out[length] = '\0';
    return length;
}

/* j.smith; if that is taken jane.smith, then j.smith2, j.smith3, ... */
static void choose_login(struct person *person, const struct strmap *taken)
{
    size_t length = put_spelling(person->login, 0, person->first, 1);
    person->login[length++] = '.';
    length = put_spelling(person->login, length, person->last, 24);
    if (strmap_get(taken, person->login) == STRMAP_NONE) {
        return;
    }
    char whole[64];
    size_t n = put_spelling(whole, 0, person->first, 24);
    whole[n++] = '.';
    put_spelling(whole, n, person->last, 24);
    if (strmap_get(taken, whole) == STRMAP_NONE) {
        memcpy(person->login, whole, sizeof whole);
        return;
    }
    for (unsigned number = 2; strmap_get(taken, person->login) != STRMAP_NONE; number++) {
        snprintf(person->login + length, sizeof person->login - length, "%u", number);
    }
}

static struct person *make_people(uint64_t seed, size_t n)
{
    struct person *people = mem_array(n + 1, sizeof *people);
    struct strmap taken;
    uint64_t state = seed;
    strmap_init(&taken, n);
    for (size_t i = 0; i < n; i++) {
        struct person *person = &people[i];
        const struct demo_country *country = &demo_countries[demo_below(&state, demo_n_countries)];
        person->first = country->first[demo_below(&state, DEMO_NAMES)];
        person->last = country->last[demo_below(&state, DEMO_NAMES)];
        person->profile = s_profiles[demo_below(&state, sizeof s_profiles / sizeof s_profiles[0])];
        person->site = demo_site_of(i);
        choose_login(person, &taken);
        strmap_add(&taken, person->login, i);
    }
    strmap_release(&taken);
    return people;
}

static void add_person(struct roster *roster, const struct person *person)
{
    struct buf name;
    buf_init(&name, NAME_MAX_BYTES);
    login_display_name(&name, person->first, shown_length(person->first), person->last,
                       shown_length(person->last));
    const struct agent_attribute site = {.field = FIELD_HIERARCHY, .value = person->site};
    const struct agent agent = {.login = person->login,
                                .name = name.data,
                                .routing_profile = person->profile,
                                .attributes = &site,
                                .n_attributes = 1};
    roster_add(roster, &agent);
    buf_release(&name);
}

static size_t at_most(size_t n)
{
    return n < DEMO_AGENTS_MAX ? n : DEMO_AGENTS_MAX;
}

void demo_roster(uint64_t seed, size_t n, struct roster *roster)
{
    struct person *people = make_people(seed, at_most(n));
    for (size_t i = 0; i < at_most(n); i++) {
        add_person(roster, &people[i]);
    }
    roster->pages = 1;
    free(people);
}

/* ---- as a file ------------------------------------------------------------------------------ */

static void put_part(struct buf *out, const char *text, size_t length)
{
    char *part = mem_strndup(text, length);
    csv_put(out, part, false);
    buf_putc(out, ',');
    free(part);
}

void demo_csv(uint64_t seed, size_t n, struct buf *out)
{
    struct person *people = make_people(seed, at_most(n));
    uint64_t state = ~seed;
    buf_puts(out, "first name,last name,email address,password,user login,routing profile name,"
                  "security_profile_name_1|security_profile_name_2,"
                  "user_hierarchy_1|user_hierarchy_2,phone type (soft/desk),phone number,"
                  "soft phone auto accept(yes/no),ACW timeout (seconds)\r\n");
    for (size_t i = 0; i < at_most(n); i++) {
        const struct person *person = &people[i];
        put_part(out, person->first, shown_length(person->first));
        put_part(out, person->last, shown_length(person->last));
        bool lead = demo_below(&state, 12) == 0;
        const char *site = strchr(person->site, '/');
        int rest_s = 30 * (int)demo_below(&state, 5);
        bool accepts = demo_below(&state, 4) == 0;
        buf_printf(out, "%s@example.com,,%s,%s,%s,%.*s|%s,soft,,%s,%d\r\n", person->login,
                   person->login, person->profile, lead ? "Agent|CallCenterManager" : "Agent",
                   (int)(site - person->site), person->site, site + 1, accepts ? "yes" : "no",
                   rest_s);
    }
    free(people);
}

/* ---- a directory that lives ------------------------------------------------------------------ */

#define SPARE 750     /* people who may join later */
#define EVENT_S 20    /* one event for so many seconds */
#define EVENTS_MAX 12 /* between two reads */
#define LEAST (DEMO_AGENTS * 4 / 5)
#define MOST (DEMO_AGENTS * 6 / 5)

struct directory_demo {
    struct directory base;
    const struct clock *clock;
    uint64_t state;
    struct person *people;
    bool here[DEMO_AGENTS + SPARE];
    size_t n_here;
    size_t n_known;    /* of `people`, who has ever been here */
    int64_t read_at_s; /* 0: not yet */
    char last[128];    /* what happened last, for the status */
};

/* The k-th of those who are (not) here. */
static size_t find_person(const struct directory_demo *self, bool here, size_t k)
{
    size_t i = 0;
    for (;; i++) {
        if (self->here[i] == here && k-- == 0) {
            return i;
        }
    }
}

static void move_person(struct directory_demo *self, size_t i, bool here, const char *how)
{
    self->here[i] = here;
    if (here) {
        self->n_here++;
    } else {
        self->n_here--;
    }
    snprintf(self->last, sizeof self->last, "%s %s", self->people[i].login, how);
}

/* The more people there are, the more likely one leaves: the centre keeps about its size. */
void directory_demo_step(struct directory *directory)
{
    struct directory_demo *self = (struct directory_demo *)directory;
    size_t n_left = self->n_known - self->n_here;
    bool may_join = self->n_known < DEMO_AGENTS + SPARE;
    bool leaves =
        self->n_here > LEAST &&
        (self->n_here >= MOST || demo_below(&self->state, MOST - LEAST) < self->n_here - LEAST);
    if (leaves) {
        size_t k = demo_below(&self->state, self->n_here);
        move_person(self, find_person(self, true, k), false, "left");
    } else if (n_left > 0 && (!may_join || demo_below(&self->state, 3) == 0)) {
        move_person(self, find_person(self, false, demo_below(&self->state, n_left)), true,
                    "came back");
    } else {
        move_person(self, self->n_known++, true, "joined");
    }
}

static void catch_up(struct directory_demo *self, int64_t now_s)
{
    if (self->read_at_s != 0) {
        int64_t events = 1 + (now_s - self->read_at_s) / EVENT_S;
        for (int64_t i = 0; i < events && i < EVENTS_MAX; i++) {
            directory_demo_step(&self->base);
        }
    }
    self->read_at_s = now_s;
}

static enum err_code demo_read(struct directory *directory, const struct progress *progress,
                               struct roster **out, struct err *err)
{
    struct directory_demo *self = (struct directory_demo *)directory;
    *out = NULL;
    if (progress_cancel(progress) != CANCEL_NO) {
        return err_set(err, ERR_CANCELLED, "stopped while reading the made-up directory");
    }
    catch_up(self, clock_now_s(self->clock));
    struct roster *roster = roster_new();
    for (size_t i = 0; i < self->n_known; i++) {
        if (self->here[i]) {
            add_person(roster, &self->people[i]);
        }
    }
    struct progress_report report = {.phase = "reading the directory", .done = roster->n_agents};
    progress_agents(progress, roster->agents, roster->n_agents);
    progress_update(progress, &report);
    roster->pages = 1;
    roster->read_at_s = self->read_at_s;
    roster_seal(roster);
    *out = roster;
    return ERR_OK;
}

static enum err_code tell_live(struct directory *directory, const struct live_wanted *wanted,
                               const struct progress *progress, struct live **out, struct err *err)
{
    const struct directory_demo *self = (const struct directory_demo *)directory;
    (void)progress, (void)err;
    *out = demo_live(wanted, clock_now_s(self->clock));
    return ERR_OK;
}

static void demo_facts(struct directory *directory, struct port_info *facts)
{
    const struct directory_demo *self = (const struct directory_demo *)directory;
    port_info_set(facts, "directory_format", "made up");
    if (self->last[0] != '\0') {
        port_info_set(facts, "directory_event", "%s", self->last);
    }
}

static void demo_free(struct directory *directory)
{
    struct directory_demo *self = (struct directory_demo *)directory;
    free(self->people);
    free(self);
}

static const struct directory_ops s_ops = {
    .read = demo_read, .live = tell_live, .facts = demo_facts, .free = demo_free};

struct directory *directory_demo_new(uint64_t seed, const struct clock *clock)
{
    struct directory_demo *self = mem_alloc(sizeof *self);
    self->base.ops = &s_ops;
    self->base.uri = mem_strdup("demo:");
    self->clock = clock;
    self->state = seed ^ 0x6A09E667F3BCC909u;
    self->people = make_people(seed, DEMO_AGENTS + SPARE);
    self->n_known = self->n_here = DEMO_AGENTS;
    for (size_t i = 0; i < DEMO_AGENTS; i++) {
        self->here[i] = true;
    }
    return &self->base;
}
