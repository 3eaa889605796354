#ifndef AWS_S3_S3_H
#define AWS_S3_S3_H

/*
 * The exporter `s3://BUCKET[/KEY]`: one object, put whole.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 *
 * The object goes with its SHA-256, so what is stored is what was sent. A bucket in another region
 * is found by what S3 answers, once, and remembered. If every attempt ended without an
 * answer, the object is looked at: it may have been stored.
 *
 *     struct s3_options options = {.client = client_options};
 *     if (s3_parse_place("//bucket/key", &options.place, err) == ERR_OK) {
 *         exporter = s3_exporter_new(&options);
 *     }
 */

#include <stdbool.h>

#include "aws/client/client.h"
#include "aws/config/settings.h"
#include "core/base/err.h"
#include "core/port/exporter.h"

#define S3_BUCKET_ROOM 256
#define S3_KEY_ROOM 1025
#define S3_DEFAULT_KEY "agent_extensions.csv"

struct s3_place {
    char bucket[S3_BUCKET_ROOM];
    char key[S3_KEY_ROOM];
};

/* What follows "s3:": "//BUCKET", "//BUCKET/KEY", and "//BUCKET/FOLDER/", which gets the default
   name put behind it. ERR_USAGE for anything else. */
enum err_code s3_parse_place(const char *rest, struct s3_place *out, struct err *err) ERR_CHECK;

/* Everything borrowed while the exporter lives, but `place`, which is copied. */
struct s3_options {
    struct s3_place place;
    struct client_options client; /* service is set here */
    enum aws_s3_style style;      /* PATH: https://s3.../BUCKET/KEY even if it is not needed */
    const char *kms_key;          /* id or ARN: encrypt with it; NULL: as the bucket does */
    const char *storage_class;    /* "STANDARD_IA"; NULL: STANDARD */
    const char *bucket_owner;     /* the account that the bucket has to belong to; NULL: any */
};

struct exporter *s3_exporter_new(const struct s3_options *options);

/* Whether this caller may put the object, which nothing changes: the bytes are those that lie there, and the
   condition never holds. ERR_OK: yes. Behind a read of the same exporter. */
enum err_code s3_try_put(struct exporter *exporter, const struct buf *there,
                         struct err *err) ERR_CHECK;

#endif
