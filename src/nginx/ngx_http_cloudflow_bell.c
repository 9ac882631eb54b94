
/*
 * The bell between threads and the event loop.  Rings are counted by the
 * kernel; whoever hears looks at everything, so none is lost and many are
 * one.
 */

#include "nginx/ngx_http_cloudflow_bell.h"

#include <sys/eventfd.h>


static void bell_read(ngx_event_t *rev);
static void bell_write(ngx_event_t *wev);


ngx_int_t
ngx_http_cloudflow_bell_open(ngx_http_cloudflow_bell_t *bell,
    ngx_cycle_t *cycle, void (*heard)(void *data), void *data)
{
    int                fd;
    ngx_connection_t  *c;

    fd = eventfd(0, EFD_NONBLOCK|EFD_CLOEXEC);
    if (fd == -1) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, ngx_errno,
                      "cloudflow: eventfd() failed");
        return NGX_ERROR;
    }

    ngx_memzero(bell, sizeof(ngx_http_cloudflow_bell_t));

    bell->log = cycle->log;
    bell->heard = heard;
    bell->data = data;

    c = &bell->connection;
    c->fd = fd;
    c->read = &bell->read;
    c->write = &bell->write;
    c->log = cycle->log;
    c->data = bell;

    bell->read.data = c;
    bell->read.handler = bell_read;
    bell->read.log = cycle->log;

    bell->write.data = c;
    bell->write.handler = bell_write;
    bell->write.log = cycle->log;
    bell->write.write = 1;

    if (ngx_add_event(&bell->read, NGX_READ_EVENT, NGX_CLEAR_EVENT)
        != NGX_OK)
    {
        (void) close(fd);
        c->fd = (ngx_socket_t) -1;
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_http_cloudflow_bell_close(ngx_http_cloudflow_bell_t *bell)
{
    if (bell->connection.fd == (ngx_socket_t) -1) {
        return;
    }

    if (bell->read.active) {
        (void) ngx_del_event(&bell->read, NGX_READ_EVENT, 0);
    }

    (void) close(bell->connection.fd);
    bell->connection.fd = (ngx_socket_t) -1;
}


void
ngx_http_cloudflow_bell_ring(ngx_http_cloudflow_bell_t *bell)
{
    uint64_t  one;
    ssize_t   n;

    one = 1;

    do {
        n = write(bell->connection.fd, &one, sizeof(one));
    } while (n == -1 && errno == EINTR);

    /* EAGAIN: the counter is full, so the bell is ringing anyway. */
}


static void
bell_read(ngx_event_t *rev)
{
    ssize_t                     n;
    uint64_t                    rings;
    ngx_connection_t           *c;
    ngx_http_cloudflow_bell_t  *bell;

    c = rev->data;
    bell = c->data;

    do {
        n = read(c->fd, &rings, sizeof(rings));
    } while (n == -1 && ngx_errno == NGX_EINTR);

    rev->ready = 0;
    bell->heard(bell->data);
}


static void
bell_write(ngx_event_t *wev)
{
    (void) wev;
}
