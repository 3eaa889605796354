#include "core/headless/run.h"

#include <string.h>

#include "core/base/banned.h"

/* --at: what was at a moment of the past. */

enum err_code run_moment(struct run *run, int64_t *at_ms)
{
    const struct until *at = &run->settings->at;
    int64_t now_ms = session_now_s(run->session) * 1000 + 999; /* to the end of this second */
    *at_ms = past_moment_ms(at, now_ms);
    if (*at_ms <= now_ms) {
        return ERR_OK;
    }
    if (at->day && *at_ms - now_ms <= (CLOCK_DAY_S + 7200) * 1000) {
        *at_ms = now_ms; /* today: as far as it is gone */
        return ERR_OK;
    }
    return err_set(&run->use.err, ERR_USAGE, "--at: that moment has not come yet");
}

enum err_code run_read_store(struct run *run)
{
    int64_t at_ms = 0;
    struct usecase *use = &run->use;
    if (!run->settings->at.given) {
        return usecase_read_store(use, LOAD_NORMAL);
    }
    enum err_code code = run_moment(run, &at_ms);
    if (code == ERR_OK) {
        code = session_past(run->session, at_ms, &run->line.progress, &run->then, &use->err);
    }
    if (code == ERR_OK) {
        use->snapshot = snapshot_ref(run->then->snapshot);
    }
    return code;
}

int64_t run_shown_s(const struct run *run)
{
    return run->then ? run->then->snapshot->read_at_s : session_now_s(run->session);
}

/* An agent of whom nothing is known then is an error, as one who holds nothing is now. */
static enum err_code not_there(struct run *run, const struct past_lookup *found, int64_t at_ms)
{
    struct err *err = &run->use.err;
    const struct request *wanted = run->settings->lookup;
    char at[CLOCK_TEXT_MAX];
    clock_format_s(at_ms / 1000, at);
    if (wanted->ext) {
        return err_set(err, ERR_NOT_FOUND, "%s: no such extension at %s", wanted->ext, at);
    }
    err_set(err, ERR_NOT_FOUND, "%s held no extension at %s, as far as the history tells",
            wanted->agent, at);
    if (found->doubted) {
        char before[CLOCK_TEXT_MAX];
        clock_format_s(found->doubt.at_ms / 1000, before);
        err_hint(err, "What %s was is not known before %s", found->doubt.ext, before);
    }
    return ERR_NOT_FOUND;
}

static void print(struct run *run, const struct past_lookup *found, int64_t at_ms)
{
    const struct request *wanted = run->settings->lookup;
    const struct policy *policy = session_policy(run->session);
    struct slot slot = found->slot;
    if (wanted->ext) {
        memcpy(slot.ext, wanted->ext, strnlen(wanted->ext, EXT_WIDTH_MAX) + 1);
    }
    struct agent_row agent = {.login = wanted->agent, .slot = &slot, .state = AGENT_ASSIGNED};
    const struct lookup lookup = {.reason = LOOKUP_FOUND,
                                  .slot = slot,
                                  .state = policy_state(policy, &slot, at_ms / 1000),
                                  .place = {"", ""},
                                  .backup = {"", ""}};
    struct lookup_report shown = {
        .agent = wanted->agent ? &agent : NULL,
        .lookup = &lookup,
        .policy = policy,
        .now_s = at_ms / 1000,
        .at_ms = at_ms,
        .doubt = found->doubted ? &found->doubt : NULL,
    };
    if (run->report->json) {
        report_json_lookup(run->report, &shown);
    } else {
        report_text_lookup(run->report, &shown);
    }
}

int run_lookup_at(struct run *run)
{
    const struct request *wanted = run->settings->lookup;
    struct past_question question = {.ext = wanted->ext, .agent = wanted->agent};
    struct past_lookup found = {.doubted = false};
    enum err_code code = run_moment(run, &question.at_ms);
    if (code == ERR_OK) {
        code = session_past_lookup(run->session, &question, &run->line.progress, &found,
                                   &run->use.err);
    }
    bool told = found.slot.state != SLOT_ABSENT || (wanted->ext && found.doubted);
    if (code == ERR_OK && !told) {
        code = not_there(run, &found, question.at_ms);
    }
    progress_line_end(&run->line);
    if (code == ERR_OK) {
        print(run, &found, question.at_ms);
    }
    past_lookup_release(&found);
    return code == ERR_OK ? 0 : run_report_failure(run);
}
