#include "aws/ports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/identity/account.h"
#include "aws/client/arn.h"
#include "aws/config/settings.h"
#include "aws/connect/connect.h"
#include "aws/connect/instances.h"
#include "aws/preflight/preflight.h"
#include "aws/s3/buckets.h"
#include "aws/s3/s3.h"
#include "aws/dynamodb/store.h"
#include "aws/dynamodb/tables.h"
#include "core/settings/location.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

/* What one session has of Amazon. It is made when the first port needs it. */
struct aws_session {
    struct aws *aws;
    const struct aws_options *options;
    const struct settings *settings;
    unsigned long serial;    /* theirs: a later one may stand at the same place */
    struct account *account; /* NULL: not opened yet */
    struct client *dynamodb;
    struct client *sts;
    struct region_quota *quotas; /* of Connect, one for each region that was needed */
};

struct region_quota {
    struct region_quota *next;
    char region[64];
    struct connect_quota quota;
};

/* The last session that has ended is kept: an event of a function that runs again a moment later
   finds its connections and its credentials. Whoever takes it has it alone. */
struct aws {
    struct aws_options options;
    struct port_service service;
    struct aws_session *parked;
};

static void session_free(struct aws_session *session)
{
    if (session) {
        client_free(session->dynamodb);
        client_free(session->sts);
        while (session->quotas) {
            struct region_quota *next = session->quotas->next;
            free(session->quotas);
            session->quotas = next;
        }
        account_free(session->account);
        free(session);
    }
}

static void *begin(void *context, const struct settings *settings)
{
    struct aws *aws = context;
    struct aws_session *session = __atomic_exchange_n(&aws->parked, NULL, __ATOMIC_ACQ_REL);
    if (!session || session->settings != settings || session->serial != settings->serial) {
        session_free(session);
        session = mem_alloc(sizeof *session);
        *session = (struct aws_session){
            .aws = aws, .options = &aws->options, .settings = settings, .serial = settings->serial};
    }
    return session;
}

static void end(void *shared)
{
    struct aws_session *session = shared;
    session_free(__atomic_exchange_n(&session->aws->parked, session, __ATOMIC_ACQ_REL));
}

static void show_facts(const void *shared, struct port_info *facts)
{
    const struct aws_session *session = shared;
    if (session->account) {
        account_facts(session->account, facts);
    }
}

static void examine(void *shared, const struct settings *settings, const struct progress *progress,
                    struct checks *checks);

struct aws *aws_new(const struct aws_options *options)
{
    struct aws *aws = mem_alloc(sizeof *aws);
    aws->options = *options;
    aws->service = (struct port_service){
        .begin = begin, .end = end, .facts = show_facts, .examine = examine, .context = aws};
    return aws;
}

void aws_free(struct aws *aws)
{
    if (aws) {
        session_free(aws->parked);
        free(aws);
    }
}

/* ---- accounts ---------------------------------------------------------------------------- */

/* The region in the ARN of an instance or of the table, if one of them is an ARN. */
static const char *guess_region(const struct settings *settings, struct arn *arn)
{
    for (size_t i = 0; i < settings->n_directories; i++) {
        const char *instance = location_rest(settings->directories[i].uri, "connect");
        if (instance && arn_parse(instance, arn)) {
            return arn->region;
        }
    }
    const char *table = settings->store ? location_rest(settings->store, "dynamodb") : NULL;
    return table && arn_parse(table, arn) ? arn->region : NULL;
}

static enum err_code open_account(struct aws_session *session, struct err *err)
{
    const struct settings *settings = session->settings;
    struct arn arn;
    struct account_choice choice = {
        .environment = session->options->environment,
        .clock = session->options->clock,
        .profile = settings->profile,
        .region = settings->region,
        .region_guess = guess_region(settings, &arn),
        .endpoint_url = settings->endpoint_url,
        .prompt = session->options->prompt,
        .prompt_context = session->options->prompt_context,
    };
    return session->account ? ERR_OK : account_new(&choice, &session->account, err);
}

/* ---- openers ----------------------------------------------------------------------------- */

/* Names cost a call of SearchUsers for every 500 agents, at two calls a second: only who sees them
   pays for them, and whose groups look at what the same calls tell. */
static bool shows_names(enum action action)
{
    return action == ACTION_CONSOLE || action == ACTION_LIST_ || action == ACTION_LOOKUP;
}

/* The account's in the region that `client` asks: all of its instances there share it. */
static struct connect_quota *quota_of(struct aws_session *session,
                                      const struct client_options *client)
{
    const struct settings *settings = session->settings;
    const char *region = client->endpoint.region ? client->endpoint.region : "";
    for (struct region_quota *known = session->quotas; known; known = known->next) {
        if (strcmp(known->region, region) == 0) {
            return &known->quota;
        }
    }
    struct region_quota *fresh = mem_alloc(sizeof *fresh);
    snprintf(fresh->region, sizeof fresh->region, "%s", region);
    connect_quota_init(&fresh->quota, settings->connect_rate, settings->connect_burst,
                       http_ticks_ms(client->http));
    fresh->next = session->quotas;
    session->quotas = fresh;
    return &fresh->quota;
}

static enum err_code open_connect(const struct port_opening *opening, struct directory **out,
                                  struct err *err)
{
    struct aws_session *session = opening->shared;
    const struct settings *settings = opening->settings;
    struct connect_options options = {
        .uri = opening->uri,
        .names = shows_names(settings->action),
        .policy = &settings->policy,
    };
    enum err_code code = connect_parse_instance(opening->rest, &options.instance, err);
    if (code == ERR_OK) {
        code = open_account(session, err);
    }
    if (code == ERR_OK) {
        account_client_options(session->account, SERVICE_CONNECT, options.instance.region,
                               &options.client);
        options.quota = quota_of(session, &options.client);
        *out = connect_directory_new(&options);
    }
    return code;
}

static struct client *client_of(struct aws_session *session, struct client **place,
                                enum aws_service service)
{
    if (!*place) {
        struct client_options options;
        account_client_options(session->account, service, NULL, &options);
        *place = client_new(&options);
    }
    return *place;
}

static enum err_code open_dynamodb(const struct port_opening *opening, struct store **out,
                                   struct err *err)
{
    struct aws_session *session = opening->shared;
    enum err_code code = open_account(session, err);
    if (code != ERR_OK) {
        return code;
    }
    struct store_dynamodb_options options = {
        .client = client_of(session, &session->dynamodb, SERVICE_DYNAMODB),
        .sts = client_of(session, &session->sts, SERVICE_STS),
        .statistics = account_statistics(session->account),
        .clock = session->options->clock,
    };
    return store_dynamodb_new(opening->rest, &options, out, err);
}

static enum err_code open_s3(const struct port_opening *opening, struct exporter **out,
                             struct err *err)
{
    struct aws_session *session = opening->shared;
    const struct settings *settings = opening->settings;
    struct s3_options options = {
        .kms_key = settings->kms_key,
        .storage_class = settings->storage_class,
        .bucket_owner = settings->bucket_owner,
    };
    enum err_code code = s3_parse_place(opening->rest, &options.place, err);
    if (code == ERR_OK) {
        code = open_account(session, err);
    }
    if (code == ERR_OK) {
        options.style = account_s3_style(session->account);
        account_client_options(session->account, SERVICE_S3, NULL, &options.client);
        *out = s3_exporter_new(&options);
    }
    return code;
}

static void examine(void *shared, const struct settings *settings, const struct progress *progress,
                    struct checks *checks)
{
    struct aws_session *session = shared;
    struct err err = ERR_INIT;
    struct exporter *exporter = NULL;
    const char *rest = settings->export_to ? location_rest(settings->export_to, "s3") : NULL;
    const struct port_opening opening = {
        .settings = settings, .uri = settings->export_to, .rest = rest, .shared = shared};
    enum err_code code = open_account(session, &err);
    if (code == ERR_OK && rest) {
        code = open_s3(&opening, &exporter, &err);
    }
    if (code != ERR_OK) {
        checks_add(checks, &(struct check){.what = "configuration",
                                           .result = CHECK_WRONG,
                                           .code = code,
                                           .detail = err.text,
                                           .fix = err.hint[0] ? err.hint : NULL});
    }
    if (session->account) {
        const struct preflight_options options = {.account = session->account,
                                                  .settings = settings,
                                                  .clock = session->options->clock,
                                                  .exporter = exporter};
        preflight_run(&options, progress, checks);
    }
    exporter_free(exporter);
}

void aws_ports(const struct aws *aws, struct port out[AWS_PORTS])
{
    const struct port_service *service = &aws->service;
    out[0] = (struct port){.scheme = "connect", .directory = open_connect, .service = service};
    out[1] = (struct port){.scheme = "dynamodb", .store = open_dynamodb, .service = service};
    out[2] = (struct port){.scheme = "s3", .exporter = open_s3, .service = service};
}

/* ---- what can be chosen ---------------------------------------------------------------------- */

static void add_profile(void *context, const char *name)
{
    cloud_profiles_add(context, name);
}

static enum err_code list_profiles(void *context, struct cloud_profiles *out, struct err *err)
{
    const struct aws *aws = context;
    const struct aws_settings_choice nothing = {.profile = NULL};
    struct aws_settings *settings = NULL;
    *out = (struct cloud_profiles){.arena = ARENA_INIT};
    enum err_code code = aws_settings_load(aws->options.environment, &nothing, &settings, err);
    if (code == ERR_OK) {
        const char *path = settings->config_path ? settings->config_path : "~/.aws/config";
        out->path = arena_strdup(&out->arena, path);
        shared_config_each_profile(settings->shared, add_profile, out);
        aws_settings_free(settings);
    }
    return code;
}

typedef enum err_code list_fn(struct client *client, struct cloud_found *found, struct err *err);

static const struct {
    enum aws_service service;
    list_fn *list;
} s_lists[CLOUD_KINDS] = {
    [CLOUD_INSTANCES] = {SERVICE_CONNECT, connect_list_instances},
    [CLOUD_TABLES] = {SERVICE_DYNAMODB, ddb_list_tables},
    [CLOUD_BUCKETS] = {SERVICE_S3, s3_list_buckets},
};

/* Without log-in or network the next service would say the same. */
static bool goes_for_all(enum err_code code)
{
    return code == ERR_AUTH || code == ERR_OFFLINE || code == ERR_CANCELLED || code == ERR_CONFIG;
}

static enum err_code look_around(struct account *account, const struct progress *progress,
                                 struct cloud_found *out, struct err *err)
{
    static const char *const phases[CLOUD_KINDS] = {"listing the instances", "listing the tables",
                                                    "listing the buckets"};
    for (enum cloud_kind kind = 0; kind < CLOUD_KINDS; kind++) {
        struct client_options options;
        struct err failed = ERR_INIT;
        account_client_options(account, s_lists[kind].service, NULL, &options);
        struct client *client = client_new(&options);
        progress_update(progress, &(struct progress_report){.phase = phases[kind]});
        http_set_progress(client_http(client), progress);
        enum err_code code = s_lists[kind].list(client, out, &failed);
        http_set_progress(client_http(client), NULL);
        client_free(client);
        if (goes_for_all(code)) {
            if (err) {
                *err = failed;
            }
            return code;
        }
        if (code != ERR_OK) {
            cloud_trouble(out, kind, &failed);
        }
    }
    return ERR_OK;
}

static enum err_code look(void *context, const struct cloud_choice *choice,
                          const struct progress *progress, struct cloud_found *out, struct err *err)
{
    const struct aws *aws = context;
    struct account *account = NULL;
    const struct account_choice whose = {
        .environment = aws->options.environment,
        .clock = aws->options.clock,
        .profile = choice->profile,
        .region = choice->region,
        .endpoint_url = choice->endpoint_url,
        .prompt = aws->options.prompt,
        .prompt_context = aws->options.prompt_context,
    };
    *out = (struct cloud_found){.arena = ARENA_INIT};
    enum err_code code = account_new(&whose, &account, err);
    if (code == ERR_OK) {
        code = look_around(account, progress, out, err);
        account_free(account);
    }
    return code;
}

struct cloud aws_cloud(struct aws *aws)
{
    return (struct cloud){.profiles = list_profiles, .look = look, .context = aws};
}
