#ifndef TESTS_LOOPBACK_H
#define TESTS_LOOPBACK_H

/*
 * A server on the loopback that speaks just enough HTTP/1.1, one thread a connection. The path of
 * a request says what becomes of it: /hang waits until server_release, /close, /cut and /garbage
 * break the exchange off in three ways, /redirect, /continue, /gzip, /big and /headers are answers
 * of their kind, and everything else is answered with the request itself as the body.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#define CONNECTIONS_MAX 64

struct server {
    int listener;
    int port;
    pthread_t acceptor;
    pthread_t threads[CONNECTIONS_MAX];
    int sockets[CONNECTIONS_MAX];
    atomic_int connections;
    atomic_int requests;
    atomic_int open_now, most_open;
    atomic_bool slow; /* every answer waits until `gate` opens */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool released;
    int waiting;
};

void server_start(struct server *server);
void server_stop(struct server *server);
void server_release(struct server *server); /* lets go whatever waits */

#endif
