#ifndef AWS_DYNAMODB_TABLES_H
#define AWS_DYNAMODB_TABLES_H

/*
 * Which tables there are in the client's region and which of them can be a store, for who chooses
 * one.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
 */

#include "aws/client/client.h"
#include "core/port/cloud.h"

#define DDB_TABLES_LOOKED_AT 50 /* each costs a DescribeTable; more are listed without */

/* Adds them as CLOUD_TABLES. Those that may not be looked at count as fitting, and say so. */
enum err_code ddb_list_tables(struct client *client, struct cloud_found *found,
                              struct err *err) ERR_CHECK;

#endif
