#include "aws/http/trust_store.h"

#include <stddef.h>
#include <unistd.h>

#include "core/base/banned.h"

static const char *const s_places[] = {
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

const char *trust_store_find(const struct environment *environment)
{
    const char *named = environment_get(environment, "SSL_CERT_FILE");
    if (named && access(named, R_OK) == 0) {
        return named;
    }
    for (size_t i = 0; i < sizeof s_places / sizeof s_places[0]; i++) {
        if (access(s_places[i], R_OK) == 0) {
            return s_places[i];
        }
    }
    return NULL;
}
