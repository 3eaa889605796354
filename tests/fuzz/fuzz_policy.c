/*
 * The values of [policy]: ranges, blocked prefixes, the limit of releases. The first byte is the
 * width. What is accepted is sorted, does not overlap, and can be walked and counted; what is
 * refused leaves the policy as it was and has a sentence.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/pool/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

static void check_refusal(const struct policy *before, const struct policy *after,
                          const struct err *err)
{
    check(err->code == ERR_CONFIG && err->text[0] != '\0');
    check(memcmp(before, after, sizeof *before) == 0);
}

static void check_ranges(const struct policy *policy)
{
    check(policy->n_ranges > 0 && policy->n_ranges <= POLICY_RANGES_MAX);
    uint64_t size = policy_size(policy);
    check(size >= policy->n_ranges);
    for (size_t i = 0; i < policy->n_ranges; i++) {
        const struct ext_range *range = &policy->ranges[i];
        check(policy_in_ranges(policy, range->first) && policy_in_ranges(policy, range->last));
        check(strcmp(range->first, range->last) <= 0);
        check(i == 0 || strcmp(policy->ranges[i - 1].last, range->first) < 0);
    }
    char ext[EXT_ROOM] = "";
    char last[EXT_ROOM] = "";
    uint64_t walked = 0;
    while (walked < 2000 && policy_next_ext(policy, ext)) {
        check(policy_in_ranges(policy, ext));
        check(strcmp(last, ext) < 0);
        memcpy(last, ext, sizeof last);
        walked++;
    }
    check(walked == 2000 || walked == size);
}

static void check_blocked(const struct policy *policy)
{
    check(policy->n_blocked <= POLICY_BLOCKED_MAX);
    for (size_t i = 0; i < policy->n_blocked; i++) {
        size_t length = strlen(policy->blocked[i]);
        check(length > 0 && length <= (size_t)policy->width);
        check(policy_is_blocked(policy, policy->blocked[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    char *text = mem_strndup((const char *)data + 1, size - 1);
    struct policy policy;
    policy_default(&policy);
    policy.width = EXT_WIDTH_MIN + data[0] % (EXT_WIDTH_MAX - EXT_WIDTH_MIN + 1);
    struct policy before = policy;
    struct err err = ERR_INIT;
    if (policy_set_ranges(&policy, text, &err) == ERR_OK) {
        check_ranges(&policy);
    } else {
        check_refusal(&before, &policy, &err);
    }
    before = policy;
    err_clear(&err);
    if (policy_set_blocked(&policy, text, &err) == ERR_OK) {
        check_blocked(&policy);
    } else {
        check_refusal(&before, &policy, &err);
    }
    policy_valid_ext(&policy, text);
    policy_is_blocked(&policy, text);
    struct release_limit limit = {.value = -1};
    err_clear(&err);
    if (release_limit_parse(&limit, text, &err) == ERR_OK) {
        check(limit.value >= 0 && (!limit.percent || limit.value <= 100));
        check(release_limit_allows(&limit, 1000000) >= 0);
    } else {
        check(err.code == ERR_CONFIG && limit.value == -1);
    }
    free(text);
    return 0;
}
