
/*
 * The bell between threads and the event loop.  Rings are counted by the
 * kernel; whoever hears looks at everything, so none is lost and many are
 * one.
 */

#include "nginx/ngx_http_cloudflow_bell.h"

#include <sys/eventfd.h>


static void event_init(ngx_event_t *ev, ngx_event_handler_pt handler,
    ngx_connection_t *c);
static void file_set(int fd, ngx_connection_t *from, ngx_connection_t *to);
static void bell_read(ngx_event_t *rev);
static void bell_write(ngx_event_t *wev);


ngx_int_t
ngx_http_cloudflow_bell_open(ngx_http_cloudflow_bell_t *bell,
    ngx_log_t *log, void (*heard)(void *data), void *data)
{
    int  fd;

    fd = eventfd(0, EFD_NONBLOCK|EFD_CLOEXEC);

    if (fd == -1) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      "cloudflow: eventfd() failed");
        return NGX_ERROR;
    }

    if (ngx_http_cloudflow_bell_listen(bell, fd, log, heard, data) != NGX_OK)
    {
        ngx_http_cloudflow_bell_close(bell);
        return NGX_ERROR;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_cloudflow_bell_listen(ngx_http_cloudflow_bell_t *bell, int fd,
    ngx_log_t *log, void (*heard)(void *data), void *data)
{
    ngx_uint_t         flags;
    ngx_connection_t  *c;

    ngx_memzero(bell, sizeof(ngx_http_cloudflow_bell_t));

    bell->heard = heard;
    bell->data = data;

    c = &bell->connection;
    c->fd = fd;
    c->read = &bell->read;
    c->write = &bell->write;
    c->log = log;
    c->data = bell;

    event_init(&bell->read, bell_read, c);
    event_init(&bell->write, bell_write, c);
    bell->write.write = 1;

    if (fd == -1) {
        return NGX_ERROR;
    }

    flags = (ngx_event_flags & NGX_USE_CLEAR_EVENT) ? NGX_CLEAR_EVENT
                                                    : NGX_LEVEL_EVENT;
    file_set(fd, NULL, c);

    return ngx_add_event(&bell->read, NGX_READ_EVENT, flags);
}


static void
event_init(ngx_event_t *ev, ngx_event_handler_pt handler, ngx_connection_t *c)
{
    ev->handler = handler;
    ev->data = c;
    ev->log = c->log;
    ev->index = NGX_INVALID_INDEX;
}


/* Some event methods find connections by their descriptors. */
static void
file_set(int fd, ngx_connection_t *from, ngx_connection_t *to)
{
    if (ngx_cycle->files && (ngx_uint_t) fd < ngx_cycle->files_n
        && ngx_cycle->files[fd] == from)
    {
        ngx_cycle->files[fd] = to;
    }
}


void
ngx_http_cloudflow_bell_ignore(ngx_http_cloudflow_bell_t *bell)
{
    if (bell->read.posted) {
        ngx_delete_posted_event(&bell->read);
    }

    if (bell->read.active) {
        (void) ngx_del_event(&bell->read, NGX_READ_EVENT, 0);
    }

    if (bell->connection.fd != (ngx_socket_t) -1) {
        file_set(bell->connection.fd, &bell->connection, NULL);
    }
}


void
ngx_http_cloudflow_bell_close(ngx_http_cloudflow_bell_t *bell)
{
    if (bell->connection.fd == (ngx_socket_t) -1) {
        return;
    }

    ngx_http_cloudflow_bell_ignore(bell);

    (void) close(bell->connection.fd);
    bell->connection.fd = (ngx_socket_t) -1;
}


/* Otherwise the old cycle's. */
void
ngx_http_cloudflow_bell_renew(ngx_http_cloudflow_bell_t *bell,
    ngx_log_t *log)
{
    bell->connection.log = log;
    bell->read.log = log;
    bell->write.log = log;
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
