#ifndef AWS_S3_BUCKETS_H
#define AWS_S3_BUCKETS_H

/*
 * Which buckets the account has, for who chooses one.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
 */

#include "aws/client/client.h"
#include "core/port/cloud.h"

/* Adds them as CLOUD_BUCKETS, the first thousand. */
enum err_code s3_list_buckets(struct client *client, struct cloud_found *found,
                              struct err *err) ERR_CHECK;

#endif
