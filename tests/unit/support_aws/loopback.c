#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/support_aws/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

struct connection {
    struct server *server;
    int socket;
};

static void send_all(int socket, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        bytes += sent;
        length -= (size_t)sent;
    }
}

static void send_text(int socket, const char *text)
{
    send_all(socket, text, strlen(text));
}

static void answer_with(int socket, const char *status, const char *headers, const char *body,
                        size_t length)
{
    char head[512];
    snprintf(head, sizeof head, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status, headers,
             length);
    send_text(socket, head);
    send_all(socket, body, length);
}

/* The whole request, headers and body, in `out`; false at the end of the connection. */
static bool read_request(int socket, struct buf *out)
{
    buf_clear(out);
    size_t need = 0;
    for (;;) {
        char *end = strstr(out->data, "\r\n\r\n");
        if (end && need == 0) {
            char *length = strstr(out->data, "Content-Length: ");
            need = (size_t)(end - out->data) + 4 + (length ? strtoul(length + 16, NULL, 10) : 0);
        }
        if (end && out->length >= need) {
            return true;
        }
        char bytes[65536];
        ssize_t got = recv(socket, bytes, sizeof bytes, 0);
        if (got <= 0) {
            return false;
        }
        buf_append(out, bytes, (size_t)got);
    }
}

static void wait_for_release(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    server->waiting++;
    pthread_cond_broadcast(&server->changed);
    while (!server->released) {
        pthread_cond_wait(&server->changed, &server->lock);
    }
    pthread_mutex_unlock(&server->lock);
}

/* False: close the connection. */
static bool answer_request(struct server *server, int socket, const struct buf *request)
{
    const char *path = strchr(request->data, ' ') + 1;
    if (strncmp(path, "/hang", 5) == 0) {
        wait_for_release(server);
        return false;
    }
    if (strncmp(path, "/close", 6) == 0) {
        return false;
    }
    if (strncmp(path, "/cut", 4) == 0) {
        send_text(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
        return false;
    }
    if (strncmp(path, "/garbage", 8) == 0) {
        send_text(socket, "SSH-2.0-OpenSSH_9.2\r\n");
        return false;
    }
    if (strncmp(path, "/redirect", 9) == 0) {
        answer_with(socket, "302 Found", "Location: /ok\r\n", "", 0);
    } else if (strncmp(path, "/continue", 9) == 0) {
        send_text(socket, "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n");
        answer_with(socket, "200 OK", "X-Late:  2 \t\r\n", "", 0);
    } else if (strncmp(path, "/gzip", 5) == 0) {
        answer_with(socket, "200 OK", "Content-Encoding: gzip\r\n", "\x1f\x8b\0raw", 6);
    } else if (strncmp(path, "/big", 4) == 0) {
        char *body = mem_array(1 << 20, 1);
        answer_with(socket, "200 OK", "", body, 1 << 20);
        free(body);
    } else if (strncmp(path, "/headers", 8) == 0) {
        send_text(socket, "HTTP/1.1 200 OK\r\n");
        for (int i = 0; i < 1000; i++) {
            send_text(socket, "X-Many: too many of them\r\n");
        }
        send_text(socket, "Content-Length: 0\r\n\r\n");
    } else {
        answer_with(socket, "200 OK", "", request->data, request->length);
    }
    return true;
}

static void *serve_connection(void *context)
{
    struct connection *connection = context;
    struct server *server = connection->server;
    struct buf request;
    buf_init(&request, 8 << 20);
    bool more = true;
    while (more && read_request(connection->socket, &request)) {
        atomic_fetch_add(&server->requests, 1);
        int now = atomic_fetch_add(&server->open_now, 1) + 1;
        int most = atomic_load(&server->most_open);
        while (now > most && !atomic_compare_exchange_weak(&server->most_open, &most, now)) {
        }
        if (atomic_load(&server->slow)) {
            wait_for_release(server);
        }
        more = answer_request(server, connection->socket, &request);
        atomic_fetch_sub(&server->open_now, 1);
    }
    shutdown(connection->socket, SHUT_RDWR);
    buf_release(&request);
    free(connection);
    return NULL;
}

static void *accept_connections(void *context)
{
    struct server *server = context;
    for (;;) {
        int socket = accept(server->listener, NULL, NULL);
        if (socket < 0) {
            return NULL;
        }
        int index = atomic_load(&server->connections);
        struct connection *connection = mem_alloc(sizeof *connection);
        *connection = (struct connection){.server = server, .socket = socket};
        server->sockets[index] = socket;
        pthread_create(&server->threads[index], NULL, serve_connection, connection);
        atomic_fetch_add(&server->connections, 1);
    }
}

void server_start(struct server *server)
{
    *server = (struct server){.listener = socket(AF_INET, SOCK_STREAM, 0)};
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->changed, NULL);
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server->listener, 64), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->acceptor, NULL, accept_connections, server), 0);
}

void server_release(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    server->released = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

void server_stop(struct server *server)
{
    server_release(server);
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->acceptor, NULL);
    close(server->listener);
    for (int i = 0; i < atomic_load(&server->connections); i++) {
        shutdown(server->sockets[i], SHUT_RDWR);
        pthread_join(server->threads[i], NULL);
        close(server->sockets[i]);
    }
}
