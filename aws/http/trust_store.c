#include "aws/http/trust_store.h"

#include <dirent.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "core/base/banned.h"

#define HASH_DIGITS 8

static const char *const s_folders[] = {
    "/etc/pki/ca-trust/extracted/pem/directory-hash",
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
};

static const char *const s_bundles[] = {
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

/* "5ed36f99.0": the hash of a subject, and a number among those that have the same one. */
static bool is_hash_name(const char *name)
{
    size_t digits = strspn(name, "0123456789abcdef");
    size_t number =
        digits == HASH_DIGITS && name[digits] == '.' ? strspn(name + digits + 1, "0123456789") : 0;
    return number > 0 && name[digits + 1 + number] == '\0';
}

bool trust_store_is_hashed(const char *folder)
{
    DIR *dir = opendir(folder);
    bool found = false;
    if (!dir) {
        return false;
    }
    for (const struct dirent *entry = readdir(dir); entry && !found; entry = readdir(dir)) {
        found = is_hash_name(entry->d_name);
    }
    closedir(dir);
    return found;
}

static struct trust_store find_named(const struct environment *environment)
{
    const char *folder = environment_get(environment, "SSL_CERT_DIR");
    const char *bundle = environment_get(environment, "SSL_CERT_FILE");
    return (struct trust_store){
        .folder = folder && trust_store_is_hashed(folder) ? folder : NULL,
        .bundle = bundle && access(bundle, R_OK) == 0 ? bundle : NULL,
    };
}

struct trust_store trust_store_find(const struct environment *environment)
{
    struct trust_store store = find_named(environment);
    if (store.folder || store.bundle) {
        return store;
    }
    for (size_t i = 0; i < sizeof s_folders / sizeof s_folders[0] && !store.folder; i++) {
        store.folder = trust_store_is_hashed(s_folders[i]) ? s_folders[i] : NULL;
    }
    for (size_t i = 0; i < sizeof s_bundles / sizeof s_bundles[0] && !store.bundle; i++) {
        store.bundle = access(s_bundles[i], R_OK) == 0 ? s_bundles[i] : NULL;
    }
    return store;
}
