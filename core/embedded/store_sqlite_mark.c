/* Where a store stands: its sequence, and how many transactions there were. */
#include "core/embedded/store_sqlite_private.h"

#include "core/base/banned.h"

static uint32_t big_endian(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/*
 * The write-ahead log's index begins with two copies of its header; the third word of each is a
 * "counter incremented with each transaction": https://www.sqlite.org/walformat.html#walidxfmt
 */
static int64_t count_in_log(sqlite3_file *file)
{
#define REGION_BYTES 32768
#define HEADER_WORDS 12
#define COUNTER_WORD 2
    void volatile *region = NULL;
    if (file->pMethods->iVersion < 2 || !file->pMethods->xShmMap ||
        file->pMethods->xShmMap(file, 0, REGION_BYTES, 0, &region) != SQLITE_OK || !region) {
        return WRITES_UNKNOWN;
    }
    const uint32_t volatile *words = region;
    uint32_t first = words[COUNTER_WORD];
    return first == words[HEADER_WORDS + COUNTER_WORD] ? (int64_t)first : WRITES_UNKNOWN;
}

/* Of a file without such a log the "file change counter": https://www.sqlite.org/fileformat2.html */
static int64_t count_writes(struct sqlite_store *store)
{
#define HEADER_BYTES 28
#define FORMAT_BYTE 18
#define CHANGES_BYTE 24
    unsigned char header[HEADER_BYTES];
    sqlite3_file *file = NULL;
    if (store->frozen ||
        sqlite3_file_control(store->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        !file || !file->pMethods ||
        file->pMethods->xRead(file, header, sizeof header, 0) != SQLITE_OK) {
        return WRITES_UNKNOWN;
    }
    return header[FORMAT_BYTE] == 2 ? count_in_log(file)
                                    : (int64_t)big_endian(header + CHANGES_BYTE);
}

enum err_code sqlite_begin_moment(struct sqlite_store *store, struct err *err)
{
    store->writes = count_writes(store);
    return sqlite_run(store, "BEGIN", "reading it", err);
}

enum err_code sqlite_mark(struct sqlite_store *store, struct snapshot_mark *out, struct err *err)
{
    *out = (struct snapshot_mark){.opened = store->opened};
    enum err_code code = sqlite_number(store, "PRAGMA data_version", &out->version, err);
    if (code == ERR_OK) {
        code = sqlite_number(store, "SELECT max(seq) FROM audit", &out->sequence, err);
    }
    /* The same before and within: it is the count of this moment. */
    out->writes = store->writes == count_writes(store) ? store->writes : WRITES_UNKNOWN;
    return code;
}
