#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/support_aws/client_world.h"

#include "core/base/mem.h"

static enum err_code counting_get(struct credentials_provider *self, bool force,
                                  struct credentials *out, struct err *err)
{
    struct counting_provider *provider = (struct counting_provider *)self;
    provider->asked++;
    if (force) {
        provider->forced++;
        provider->generation++;
    }
    if (provider->generation == provider->fails_at) {
        err_set(err, ERR_AUTH, "the log-in has expired");
        err_hint(err, "aws sso login --profile ops");
        return ERR_AUTH;
    }
    out->access_key_id = mem_printf("AK%d", provider->generation);
    out->secret_access_key = mem_strdup("secret");
    out->session_token = mem_printf("token-%d", provider->generation);
    out->account_id = mem_strdup("123456789012");
    out->source = mem_strdup("profile ops");
    out->renew = mem_strdup("aws sso login --profile ops");
    return ERR_OK;
}

static void counting_free(struct credentials_provider *self)
{
    (void)self;
}

static const struct credentials_provider_ops s_counting_ops = {
    .name = "counting", .get = counting_get, .free = counting_free};

static double half(void *context)
{
    (void)context;
    return 0.5;
}

static const char *const s_nothing[][2] = {{NULL, NULL}};

void world_open(struct world *world, enum aws_service service)
{
    *world = (struct world){.fake = http_fake_new()};
    world->provider = (struct counting_provider){.base.ops = &s_counting_ops, .generation = 1};
    world->environment = environment_of_pairs(s_nothing);
    world->options = (struct client_options){
        .service = service,
        .http = &world->fake->base,
        .credentials = &world->provider.base,
        .endpoint = {.region = "eu-west-1", .environment = &world->environment},
        .statistics = &world->statistics,
        .random = half,
    };
    world->client = client_new(&world->options);
}

void world_reopen(struct world *world)
{
    client_free(world->client);
    world->client = client_new(&world->options);
}

void world_close(struct world *world)
{
    assert_int_equal(world->fake->n_unused, 0);
    client_free(world->client);
    http_free(&world->fake->base);
}

const struct call call_list = {.operation = "ListUsers",
                               .method = "GET",
                               .path = "/users-summary/abc",
                               .resource = "instance abc"};

static const struct http_header s_json[] = {{"content-type", "application/x-amz-json-1.0"},
                                            {"x-amz-target", "DynamoDB_20120810.Query"}};
const struct call call_query = {.operation = "Query",
                                .method = "POST",
                                .path = "/",
                                .headers = s_json,
                                .header_count = 2,
                                .body = "{}",
                                .body_length = 2,
                                .resource = "table agents"};

enum err_code call_once(struct world *world, const struct call *call, struct response *reply,
                        struct err *err)
{
    *err = (struct err)ERR_INIT;
    return client_call(world->client, call, reply, err);
}
