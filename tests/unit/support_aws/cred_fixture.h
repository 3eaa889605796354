#ifndef TESTS_CRED_FIXTURE_H
#define TESTS_CRED_FIXTURE_H

/*
 * A world for sources of credentials: a home folder of its own, an environment, a clock that
 * stands still, an engine with prepared answers, a person who types what a test says.
 *
 *     struct cred_fixture fixture;
 *     fixture_open(&fixture);
 *     fixture_file(&fixture, ".aws/config", "[default]\nregion = eu-west-1\n");
 *     fixture_set(&fixture, "AWS_PROFILE", "default");
 *     const struct cred_context *context = fixture_context(&fixture, NULL);
 *     ...
 *     fixture_close(&fixture);
 */

#include <stddef.h>
#include <stdint.h>

#include "aws/credentials/cred.h"
#include "tests/unit/support_aws/http_fake.h"

#define FIXTURE_VARIABLES 32

struct cred_fixture {
    char home[64];
    char *pairs[FIXTURE_VARIABLES][2];
    size_t n_pairs;
    struct environment environment;
    struct http_fake *fake;
    struct clock clock;
    struct aws_settings *settings;
    struct cred_context context;
    const char *typed;
    char *asked; /* the last question */
    size_t n_asked;
};

void fixture_open(struct cred_fixture *fixture);
void fixture_close(struct cred_fixture *fixture);

/* A variable; a value of NULL takes it away. */
void fixture_set(struct cred_fixture *fixture, const char *name, const char *value);

/* A file below the home folder, with its folders. */
void fixture_file(struct cred_fixture *fixture, const char *path, const char *text);
char *fixture_path(const struct cred_fixture *fixture, const char *path); /* caller frees */
char *fixture_read(const struct cred_fixture *fixture, const char *path); /* caller frees */

/* Loads the settings with what is there now; fails the test where they do not load. What was made
   with the ones before must be gone. */
const struct cred_context *fixture_context(struct cred_fixture *fixture, const char *profile);

/* From now on there is somebody at the terminal, who types that. */
void fixture_type(struct cred_fixture *fixture, const char *text);

void fixture_wait(struct cred_fixture *fixture, int64_t seconds);
int64_t fixture_now_s(const struct cred_fixture *fixture);
void fixture_rfc3339(const struct cred_fixture *fixture, int64_t from_now_s,
                     char out[CLOCK_TEXT_MAX]);

/* Asks `provider` (and keeps it) and compares: the code, and the key that it gave or a part of the
   text and hint of its error. */
void expect_key(struct credentials_provider *provider, const char *key);
void expect_error(struct credentials_provider *provider, enum err_code code, const char *part);
void expect_hint(struct credentials_provider *provider, enum err_code code, const char *part);

/* The whole set, for what a test wants to look at; the caller releases it. */
struct credentials expect_set(struct credentials_provider *provider);

#endif
