#include "core/pool/policy.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"
#include "core/pool/group.h"

#define DAY_S ((int64_t)24 * 60 * 60)
#define RELEASE_FLOOR 5

static const char *const s_state_names[] = {
#define X(state, name) [state] = name,
    EXT_STATES(X)
#undef X
};

const enum ext_state ext_states_told[EXT_STATES_TOLD] = {EXT_ASSIGNED, EXT_FREE, EXT_COOLING,
                                                         EXT_RESERVED, EXT_BLOCKED};

const char *ext_state_name(enum ext_state state)
{
    return s_state_names[state];
}

void policy_default(struct policy *policy)
{
    static const char *const blocked[] = {"911", "112", "999", "000"};
    *policy = (struct policy){
        .width = 4,
        .ranges = {{.first = "0000", .last = "9999", .group = GROUP_NONE}},
        .n_ranges = 1,
        .n_blocked = sizeof blocked / sizeof blocked[0],
        .cooldown_s = 7 * DAY_S,
        .limit = {.percent = true, .value = 10, .floor = RELEASE_FLOOR},
        .audit_keep_s = 400 * DAY_S,
        .low_water = {.percent = true, .value = 5},
    };
    for (size_t i = 0; i < policy->n_blocked; i++) {
        memcpy(policy->blocked[i], blocked[i], strlen(blocked[i]) + 1);
    }
}

/* ---- lists of numbers ---------------------------------------------------------------------- */

#define QUOTE_MAX 32 /* how much of a wrong word an error repeats */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_blanks(const char *at)
{
    while (is_blank(*at)) {
        at++;
    }
    return at;
}

static const char *skip_separators(const char *at)
{
    while (is_blank(*at) || *at == ',') {
        at++;
    }
    return at;
}

/* How many bytes of the word at `at` an error repeats. */
static int quoted(const char *at)
{
    size_t length = strcspn(at, ", \t\r\n");
    return (int)(length < QUOTE_MAX ? length : QUOTE_MAX);
}

/* Reads the digits at *at. 0 if there are none or more than fit; then *at has not moved. */
static size_t read_number(const char **at, char out[EXT_ROOM])
{
    size_t n = 0;
    while (is_digit((*at)[n])) {
        n++;
    }
    if (n == 0 || n > EXT_WIDTH_MAX) {
        return 0;
    }
    memcpy(out, *at, n);
    out[n] = '\0';
    *at += n;
    return n;
}

static enum err_code read_extension(const struct policy *policy, const char **at,
                                    char out[EXT_ROOM], struct err *err)
{
    const char *start = *at;
    size_t n = read_number(at, out);
    if (n != (size_t)policy->width) {
        return err_set(err, ERR_CONFIG,
                       "ranges: \"%.*s\" is not an extension of this pool: %d digits are needed",
                       quoted(start), start, policy->width);
    }
    return ERR_OK;
}

static enum err_code read_range(const struct policy *policy, const char **at,
                                struct ext_range *range, struct err *err)
{
    const char *start = *at;
    if (read_extension(policy, at, range->first, err) != ERR_OK) {
        return ERR_CONFIG;
    }
    memcpy(range->last, range->first, sizeof range->last);
    range->group = GROUP_NONE;
    const char *behind = skip_blanks(*at);
    if (*behind == '-') {
        *at = skip_blanks(behind + 1);
        if (read_extension(policy, at, range->last, err) != ERR_OK) {
            return ERR_CONFIG;
        }
    }
    if (**at != '\0' && **at != ',' && !is_blank(**at)) {
        return err_set(err, ERR_CONFIG, "ranges: \"%.*s\" is not a range like 2000-2999",
                       quoted(start), start);
    }
    if (strcmp(range->first, range->last) > 0) {
        return err_set(err, ERR_CONFIG, "ranges: %s-%s runs backwards", range->first, range->last);
    }
    return ERR_OK;
}

static int compare_ranges(const void *a, const void *b)
{
    return strcmp(((const struct ext_range *)a)->first, ((const struct ext_range *)b)->first);
}

enum err_code policy_add_ranges(struct policy *policy, uint16_t group, const char *list,
                                struct err *err)
{
    struct ext_range added[POLICY_RANGES_MAX];
    size_t n = 0;
    const char *at = skip_separators(list);
    for (; *at != '\0'; at = skip_separators(at)) {
        if (policy->n_ranges + n == POLICY_RANGES_MAX) {
            return err_set(err, ERR_CONFIG, "ranges: more than %d of them%s", POLICY_RANGES_MAX,
                           policy->n_groups > 0 ? " in all groups" : "");
        }
        if (read_range(policy, &at, &added[n], err) != ERR_OK) {
            return ERR_CONFIG;
        }
        added[n++].group = group;
    }
    if (n == 0) {
        return err_set(err, ERR_CONFIG, "ranges: the list is empty, the %s would have no number",
                       group == GROUP_NONE ? "pool" : "group");
    }
    memcpy(policy->ranges + policy->n_ranges, added, n * sizeof added[0]);
    policy->n_ranges += n;
    qsort(policy->ranges, policy->n_ranges, sizeof policy->ranges[0], compare_ranges);
    return ERR_OK;
}

const struct ext_range *policy_overlap(const struct policy *policy)
{
    for (size_t i = 1; i < policy->n_ranges; i++) {
        if (strcmp(policy->ranges[i - 1].last, policy->ranges[i].first) >= 0) {
            return &policy->ranges[i - 1];
        }
    }
    return NULL;
}

enum err_code policy_set_ranges(struct policy *policy, const char *list, struct err *err)
{
    struct policy changed = *policy;
    changed.n_ranges = 0;
    if (policy_add_ranges(&changed, GROUP_NONE, list, err) != ERR_OK) {
        return ERR_CONFIG;
    }
    const struct ext_range *overlap = policy_overlap(&changed);
    if (overlap) {
        return err_set(err, ERR_CONFIG, "ranges: %s-%s and %s-%s overlap", overlap[0].first,
                       overlap[0].last, overlap[1].first, overlap[1].last);
    }
    *policy = changed;
    return ERR_OK;
}

enum err_code policy_set_blocked(struct policy *policy, const char *list, struct err *err)
{
    char blocked[POLICY_BLOCKED_MAX][EXT_ROOM];
    size_t n = 0;
    const char *at = skip_separators(list);
    for (; *at != '\0'; at = skip_separators(at)) {
        if (n == POLICY_BLOCKED_MAX) {
            return err_set(err, ERR_CONFIG, "blocked: more than %d of them", POLICY_BLOCKED_MAX);
        }
        const char *start = at;
        size_t digits = read_number(&at, blocked[n]);
        if (digits == 0 || digits > (size_t)policy->width ||
            (*at != '\0' && *at != ',' && !is_blank(*at))) {
            return err_set(err, ERR_CONFIG,
                           "blocked: \"%.*s\" is not the beginning of an extension: 1 to %d digits",
                           quoted(start), start, policy->width);
        }
        n++;
    }
    if (n > 0) {
        memcpy(policy->blocked, blocked, n * sizeof blocked[0]);
    }
    policy->n_blocked = n;
    return ERR_OK;
}

/* ---- numbers ------------------------------------------------------------------------------- */

bool policy_valid_ext(const struct policy *policy, const char *ext)
{
    int n = 0;
    while (is_digit(ext[n])) {
        n++;
        if (n > policy->width) {
            return false;
        }
    }
    return ext[n] == '\0' && n == policy->width;
}

/* Numbers of one width are in the order of these: their digits, the first one on top. The room of a
   range always has eight bytes; what stands behind the width does not count. */
static uint64_t order_of(const char room[EXT_ROOM], int width)
{
    uint64_t order;
    _Static_assert(EXT_ROOM > sizeof order, "it is read as one number");
    memcpy(&order, room, sizeof order);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    order = __builtin_bswap64(order);
#endif
    return order >> (64 - 8 * width);
}

/* The same of a text; false: it is not an extension of this width. */
static bool order_of_text(const char *ext, int width, uint64_t *order)
{
    *order = 0;
    for (int i = 0; i < width; i++) {
        if (!is_digit(ext[i])) {
            return false;
        }
        *order = *order << 8 | (unsigned char)ext[i];
    }
    return ext[width] == '\0';
}

static bool holds_order(const struct policy *policy, size_t range, uint64_t order)
{
    return order_of(policy->ranges[range].first, policy->width) <= order &&
           order <= order_of(policy->ranges[range].last, policy->width);
}

/* The first range that ends at that number or behind it; n_ranges if there is none. Planners ask it for each
   number: it has no branch that a processor could guess wrong. */
static size_t range_at(const struct policy *policy, uint64_t order)
{
    size_t low = 0;
    for (size_t n = policy->n_ranges; n > 0;) {
        size_t half = n / 2;
        bool behind = order_of(policy->ranges[low + half].last, policy->width) < order;
        low += behind ? half + 1 : 0;
        n = behind ? n - half - 1 : half;
    }
    return low;
}

/* Whoever walks numbers in their order asks for one range many times: the one that was found last is
   looked at first. It is a hint of each thread, and holds for any policy, because it is compared. */
const struct ext_range *policy_range_of(const struct policy *policy, const char *ext)
{
    static _Thread_local size_t s_hint;
    uint64_t order;
    if (!order_of_text(ext, policy->width, &order)) {
        return NULL;
    }
    size_t range = s_hint;
    if (range >= policy->n_ranges || !holds_order(policy, range, order)) {
        range = range_at(policy, order);
        s_hint = range;
    }
    return range < policy->n_ranges && holds_order(policy, range, order) ? &policy->ranges[range]
                                                                         : NULL;
}

bool policy_in_ranges(const struct policy *policy, const char *ext)
{
    return policy_range_of(policy, ext) != NULL;
}

static const char *blocking_prefix(const struct policy *policy, const char *ext)
{
    for (size_t i = 0; i < policy->n_blocked; i++) {
        const char *prefix = policy->blocked[i];
        if (strncmp(ext, prefix, strlen(prefix)) == 0) {
            return prefix;
        }
    }
    return NULL;
}

bool policy_is_blocked(const struct policy *policy, const char *ext)
{
    return blocking_prefix(policy, ext) != NULL;
}

static void increment(char *ext, size_t width)
{
    for (size_t i = width; i > 0; i--) {
        if (ext[i - 1] != '9') {
            ext[i - 1]++;
            return;
        }
        ext[i - 1] = '0';
    }
}

/* From prefix to prefix, so that it takes no step for each number. */
bool policy_blocks_all(const struct policy *policy, const struct ext_range *range)
{
    char ext[EXT_ROOM];
    memcpy(ext, range->first, sizeof ext);
    for (;;) {
        const char *prefix = blocking_prefix(policy, ext);
        if (!prefix) {
            return false;
        }
        size_t length = strlen(prefix);
        memset(ext + length, '9', (size_t)policy->width - length);
        if (strcmp(ext, range->last) >= 0) {
            return true;
        }
        increment(ext, (size_t)policy->width);
    }
}

static uint64_t number_of(const char *ext)
{
    uint64_t number = 0;
    for (; is_digit(*ext); ext++) {
        number = number * 10 + (uint64_t)(*ext - '0');
    }
    return number;
}

uint64_t range_size(const struct ext_range *range)
{
    return number_of(range->last) - number_of(range->first) + 1;
}

uint64_t policy_size(const struct policy *policy)
{
    uint64_t size = 0;
    for (size_t i = 0; i < policy->n_ranges; i++) {
        size += range_size(&policy->ranges[i]);
    }
    return size;
}

/* ---- groups -------------------------------------------------------------------------------- */

static const struct group *group_at(const struct policy *policy, uint16_t group)
{
    return group < policy->n_groups ? &policy->groups[group] : NULL;
}

uint64_t policy_size_of(const struct policy *policy, uint16_t group)
{
    uint64_t size = 0;
    for (size_t i = 0; i < policy->n_ranges; i++) {
        size += policy->ranges[i].group == group ? range_size(&policy->ranges[i]) : 0;
    }
    return size;
}

int64_t policy_cooldown_of(const struct policy *policy, uint16_t group)
{
    const struct group *own = group_at(policy, group);
    return own && own->has_cooldown ? own->cooldown_s : policy->cooldown_s;
}

const struct release_limit *policy_limit_of(const struct policy *policy, uint16_t group)
{
    const struct group *own = group_at(policy, group);
    return own && own->has_limit && !policy->limit.given ? &own->limit : &policy->limit;
}

bool policy_serves_others(const struct policy *policy)
{
    return policy_size_of(policy, GROUP_NONE) > 0;
}

/* ---- numbers of a snapshot ------------------------------------------------------------------- */

uint64_t policy_missing(const struct policy *policy, const struct snapshot *snapshot)
{
    uint64_t there = 0;
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        there += policy_in_ranges(policy, snapshot->slots[i].ext);
    }
    return policy_size(policy) - there;
}

bool policy_next_ext(const struct policy *policy, char ext[EXT_ROOM])
{
    size_t range = ext[0] == '\0' ? 0 : range_at(policy, order_of(ext, policy->width));
    if (range < policy->n_ranges && strcmp(policy->ranges[range].last, ext) == 0) {
        range++;
    }
    if (range == policy->n_ranges) {
        return false;
    }
    if (strcmp(ext, policy->ranges[range].first) < 0) {
        memcpy(ext, policy->ranges[range].first, EXT_ROOM);
    } else {
        increment(ext, (size_t)policy->width);
    }
    return true;
}

/* ---- time ---------------------------------------------------------------------------------- */

static int64_t cool_until_s(int64_t cooldown_s, const struct slot *slot, int64_t now_s)
{
    int64_t from_s = slot->time == TIME_DAMAGED ? now_s : slot->at_s;
    return from_s > INT64_MAX - cooldown_s ? INT64_MAX : from_s + cooldown_s;
}

/* Without groups no range has to be looked for. */
static int64_t cooldown_of_ext(const struct policy *policy, const char *ext)
{
    const struct ext_range *range = policy->n_groups > 0 ? policy_range_of(policy, ext) : NULL;
    return policy_cooldown_of(policy, range ? range->group : GROUP_NONE);
}

int64_t policy_cool_until_s(const struct policy *policy, const struct slot *slot, int64_t now_s)
{
    return cool_until_s(cooldown_of_ext(policy, slot->ext), slot, now_s);
}

static enum ext_state state_of_free(const struct policy *policy, const struct slot *slot,
                                    int64_t now_s)
{
    const struct ext_range *range = policy_range_of(policy, slot->ext);
    if (!range || policy_is_blocked(policy, slot->ext)) {
        return EXT_BLOCKED;
    }
    int64_t cooldown_s = policy_cooldown_of(policy, range->group);
    if (slot->at_s == 0 || cooldown_s == 0) {
        return EXT_FREE;
    }
    bool cools = slot->time != TIME_SOUND || now_s < cool_until_s(cooldown_s, slot, now_s);
    return cools ? EXT_COOLING : EXT_FREE;
}

enum ext_state policy_state(const struct policy *policy, const struct slot *slot, int64_t now_s)
{
    if (!slot) {
        return EXT_ABSENT;
    }
    switch ((enum slot_state)slot->state) {
    case SLOT_ABSENT:
        return EXT_ABSENT;
    case SLOT_ASSIGNED:
        return EXT_ASSIGNED;
    case SLOT_RESERVED:
        return EXT_RESERVED;
    case SLOT_FREE:
        break;
    }
    return state_of_free(policy, slot, now_s);
}

/* ---- the limit of releases ------------------------------------------------------------------ */

/* "25", or with `percent` "10%" and "10 %". */
static bool count_or_share(const char *text, bool *percent, int64_t *value)
{
    char digits[24];
    size_t length = strlen(text);
    *percent = length > 0 && text[length - 1] == '%';
    size_t n = length - (*percent ? 1 : 0);
    while (*percent && n > 0 && text[n - 1] == ' ') {
        n--;
    }
    if (n >= sizeof digits) {
        return false;
    }
    memcpy(digits, text, n);
    digits[n] = '\0';
    return text_to_int64(digits, 0, *percent ? 100 : 1000000000, value);
}

enum err_code release_limit_parse(struct release_limit *limit, const char *text, struct err *err)
{
    bool percent;
    int64_t value = 0;
    if (!count_or_share(text, &percent, &value)) {
        return err_set(err, ERR_CONFIG,
                       "\"%.*s\" is not a limit of releases: a number like 25, or 0%% to 100%%",
                       QUOTE_MAX, text);
    }
    /* A count means itself; a share of a small pool needs a floor to be of use. 0 % means none. */
    *limit = (struct release_limit){
        .percent = percent,
        .value = value,
        .floor = percent && value > 0 ? RELEASE_FLOOR : 0,
    };
    return ERR_OK;
}

enum err_code low_water_parse(struct low_water *low, const char *text, struct err *err)
{
    struct low_water parsed = {0};
    if (!count_or_share(text, &parsed.percent, &parsed.value)) {
        return err_set(err, ERR_CONFIG,
                       "\"%.*s\" is not a low water mark: a number like 25, or 0%% to 100%%",
                       QUOTE_MAX, text);
    }
    *low = parsed;
    return ERR_OK;
}

static struct pool_level level_by(const struct low_water *low,
                                  const uint64_t counts[EXT_STATE_COUNT])
{
    struct pool_level level = {.left = counts[EXT_FREE] + counts[EXT_ABSENT]};
    uint64_t share = (uint64_t)low->value;
    level.size = level.left + counts[EXT_COOLING] + counts[EXT_ASSIGNED] + counts[EXT_RESERVED];
    /* Rounded up: below 5 % of 10 numbers is none left. */
    level.limit = low->percent ? (level.size * share + 99) / 100 : share;
    level.low = level.size > 0 && level.left < level.limit;
    level.exhausted = level.size > 0 && level.left + counts[EXT_COOLING] == 0;
    return level;
}

struct pool_level policy_level(const struct policy *policy, const uint64_t counts[EXT_STATE_COUNT])
{
    return level_by(&policy->low_water, counts);
}

struct pool_level policy_level_of(const struct policy *policy, uint16_t group,
                                  const uint64_t counts[EXT_STATE_COUNT])
{
    const struct group *own = group_at(policy, group);
    return level_by(own && own->has_low_water ? &own->low_water : &policy->low_water, counts);
}

int64_t release_limit_bare(const struct release_limit *limit, int64_t holders)
{
    return limit->percent ? holders * limit->value / 100 : limit->value;
}

int64_t release_limit_allows(const struct release_limit *limit, int64_t holders)
{
    int64_t allowed = release_limit_bare(limit, holders);
    return allowed > limit->floor ? allowed : limit->floor;
}
