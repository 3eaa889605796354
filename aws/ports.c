#include "aws/ports.h"

#include <stdlib.h>
#include <string.h>

#include "aws/identity/account.h"
#include "aws/client/arn.h"
#include "aws/connect/connect.h"
#include "aws/s3/s3.h"
#include "aws/dynamodb/store.h"
#include "core/settings/location.h"
#include "core/base/mem.h"

#include "core/base/banned.h"

/* What one session has of Amazon. The console opens a session for each context that is chosen; the
   accounts of earlier ones stay until the end, as their settings do. */
struct account_entry {
    struct account_entry *next;
    const struct settings *settings;
    struct account *account;
    struct client *dynamodb;
    struct client *sts;
};

struct aws {
    struct aws_options options;
    struct account_entry *entries;
};

struct aws *aws_new(const struct aws_options *options)
{
    struct aws *aws = mem_alloc(sizeof *aws);
    aws->options = *options;
    return aws;
}

void aws_free(struct aws *aws)
{
    while (aws && aws->entries) {
        struct account_entry *entry = aws->entries;
        aws->entries = entry->next;
        client_free(entry->dynamodb);
        client_free(entry->sts);
        account_free(entry->account);
        free(entry);
    }
    free(aws);
}

/* ---- accounts ---------------------------------------------------------------------------- */

static struct account_entry *find(const struct aws *aws, const struct settings *settings)
{
    for (struct account_entry *entry = aws->entries; entry; entry = entry->next) {
        if (entry->settings == settings) {
            return entry;
        }
    }
    return NULL;
}

/* The region in the ARN of the instance or of the table, where one of them is an ARN. */
static const char *guess_region(const struct settings *settings, struct arn *arn)
{
    const char *instance =
        settings->directory ? location_rest(settings->directory, "connect") : NULL;
    const char *table = settings->store ? location_rest(settings->store, "dynamodb") : NULL;
    bool found = (instance && arn_parse(instance, arn)) || (table && arn_parse(table, arn));
    return found ? arn->region : NULL;
}

static enum err_code account_of(struct aws *aws, const struct settings *settings,
                                struct account_entry **out, struct err *err)
{
    struct account_entry *entry = find(aws, settings);
    if (!entry) {
        struct arn arn;
        struct account_choice choice = {
            .environment = aws->options.environment,
            .clock = aws->options.clock,
            .profile = settings->profile,
            .region = settings->region,
            .region_guess = guess_region(settings, &arn),
            .endpoint_url = settings->endpoint_url,
            .prompt = aws->options.prompt,
            .prompt_context = aws->options.prompt_context,
        };
        struct account *account = NULL;
        enum err_code code = account_new(&choice, &account, err);
        if (code != ERR_OK) {
            return code;
        }
        entry = mem_alloc(sizeof *entry);
        *entry =
            (struct account_entry){.next = aws->entries, .settings = settings, .account = account};
        aws->entries = entry;
    }
    *out = entry;
    return ERR_OK;
}

/* ---- openers ----------------------------------------------------------------------------- */

/* Names cost a call of SearchUsers for every 500 agents, at two calls a second: only who sees them
   pays for them. */
static bool shows_names(enum action action)
{
    return action == ACTION_CONSOLE || action == ACTION_LIST_ || action == ACTION_LOOKUP;
}

static enum err_code open_connect(void *context, const struct settings *settings, const char *uri,
                                  const char *rest, struct directory **out, struct err *err)
{
    struct account_entry *entry;
    struct connect_options options = {
        .uri = uri,
        .rate = settings->connect_rate,
        .burst = settings->connect_burst,
        .names = shows_names(settings->action),
    };
    enum err_code code = connect_parse_instance(rest, &options.instance, err);
    if (code == ERR_OK) {
        code = account_of(context, settings, &entry, err);
    }
    if (code == ERR_OK) {
        account_client_options(entry->account, SERVICE_CONNECT, options.instance.region,
                               &options.client);
        *out = connect_directory_new(&options);
    }
    return code;
}

static struct client *client_of(struct account_entry *entry, struct client **place,
                                enum aws_service service)
{
    if (!*place) {
        struct client_options options;
        account_client_options(entry->account, service, NULL, &options);
        *place = client_new(&options);
    }
    return *place;
}

static enum err_code open_dynamodb(void *context, const struct settings *settings, const char *uri,
                                   const char *rest, struct store **out, struct err *err)
{
    (void)uri;
    struct aws *aws = context;
    struct account_entry *entry;
    enum err_code code = account_of(aws, settings, &entry, err);
    if (code != ERR_OK) {
        return code;
    }
    struct store_dynamodb_options options = {
        .client = client_of(entry, &entry->dynamodb, SERVICE_DYNAMODB),
        .sts = client_of(entry, &entry->sts, SERVICE_STS),
        .statistics = account_statistics(entry->account),
        .clock = aws->options.clock,
    };
    return store_dynamodb_new(rest, &options, out, err);
}

static enum err_code open_s3(void *context, const struct settings *settings, const char *uri,
                             const char *rest, struct exporter **out, struct err *err)
{
    (void)uri;
    struct account_entry *entry;
    struct s3_options options = {
        .kms_key = settings->kms_key,
        .storage_class = settings->storage_class,
        .bucket_owner = settings->bucket_owner,
    };
    enum err_code code = s3_parse_place(rest, &options.place, err);
    if (code == ERR_OK) {
        code = account_of(context, settings, &entry, err);
    }
    if (code == ERR_OK) {
        options.style = account_s3_style(entry->account);
        account_client_options(entry->account, SERVICE_S3, NULL, &options.client);
        *out = s3_exporter_new(&options);
    }
    return code;
}

static void show_facts(void *context, const struct settings *settings, struct port_info *facts)
{
    const struct account_entry *entry = find(context, settings);
    if (entry) {
        account_facts(entry->account, facts);
    }
}

void aws_ports(struct aws *aws, struct port out[AWS_PORTS])
{
    out[0] = (struct port){.scheme = "connect", .directory = open_connect, .context = aws};
    out[1] = (struct port){
        .scheme = "dynamodb", .store = open_dynamodb, .facts = show_facts, .context = aws};
    out[2] = (struct port){.scheme = "s3", .exporter = open_s3, .context = aws};
}
