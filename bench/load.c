
/*
 * Load on an HTTP/1.1 server over kept-alive connections, one thread, epoll.
 *
 *   load get PATH               GET PATH
 *   load post BODY              POST / with a form; "%u" in BODY counts
 *   load run FLOW               StartExecution, then a long poll to the end
 *   load park FLOW              N long polls on N executions, then stop each
 *                               from another connection: how late is a poll?
 *
 *   -p PORT (8080)  -c CONNECTIONS (32)  -d SECONDS (5)  -r ROUNDS (park: 1)
 *   -a              print names of acknowledged starts (post, run)
 *   -i MS           park: stay parked so long before the first stop (0)
 *   -n COUNT        stop when so many are done, however long it takes
 *
 * Prints one line of "key=value" words.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>


#define ANSWER_MAX   65536
#define REQUEST_MAX  65536


typedef struct {
    int       fd;
    int       state;        /* of the mode */
    int       no;
    char     *request;
    size_t    request_len;
    size_t    sent;
    char     *answer;
    size_t    answer_len;
    uint64_t  started_ns;
    char      name[160];
} client_t;

typedef struct {
    const char  *mode;
    const char  *what;
    int          port;
    int          count;
    double       seconds;
    int          rounds;
    int          print_names;
    int          park_ms;
    uint64_t     count_max;
} settings_t;

static settings_t  settings = { NULL, NULL, 8080, 32, 5, 1, 0, 0, 0 };
static int         ep;
static uint64_t    done, failed, counter;
static uint32_t   *latencies;           /* microseconds */
static size_t      latency_count, latency_size;
static uint64_t   *poll_ns, *stop_ns;   /* park: by execution */
static char        failure[512];


static uint64_t
now_ns(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}


static void
die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(2);
}


static void
latency_add(uint64_t ns)
{
    if (latency_count == latency_size) {
        latency_size = latency_size ? latency_size * 2 : 65536;
        latencies = realloc(latencies, latency_size * sizeof(uint32_t));

        if (latencies == NULL) {
            die("memory");
        }
    }

    latencies[latency_count++] = (uint32_t) (ns / 1000);
}


static int
latency_cmp(const void *a, const void *b)
{
    uint32_t  x = *(const uint32_t *) a, y = *(const uint32_t *) b;

    return x < y ? -1 : x > y;
}


static double
latency_ms(double part)
{
    size_t  i;

    if (latency_count == 0) {
        return 0;
    }

    i = (size_t) (part * latency_count);

    return latencies[i < latency_count ? i : latency_count - 1] / 1000.0;
}


static void
client_connect(client_t *client)
{
    int                 one = 1;
    struct epoll_event  event;
    struct sockaddr_in  address;

    client->fd = socket(AF_INET, SOCK_STREAM, 0);

    if (client->fd == -1) {
        die("socket");
    }

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_port = htons(settings.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    if (connect(client->fd, (struct sockaddr *) &address, sizeof(address))
        == -1)
    {
        die("connect");
    }

    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    fcntl(client->fd, F_SETFL, O_NONBLOCK);

    event.events = EPOLLIN;
    event.data.ptr = client;
    epoll_ctl(ep, EPOLL_CTL_ADD, client->fd, &event);
}


static void
client_send(client_t *client)
{
    ssize_t  n;

    while (client->sent < client->request_len) {
        n = write(client->fd, client->request + client->sent,
                  client->request_len - client->sent);

        if (n == -1) {
            if (errno == EAGAIN) {
                continue;       /* requests are small */
            }

            snprintf(failure, sizeof(failure), "write: %s", strerror(errno));
            failed++;
            return;
        }

        client->sent += n;
    }
}


static void
client_post(client_t *client, const char *body)
{
    client->request_len = snprintf(client->request, REQUEST_MAX,
        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    client->sent = 0;
    client->answer_len = 0;
    client->started_ns = now_ns();
    client_send(client);
}


static void
client_get(client_t *client, const char *path)
{
    client->request_len = snprintf(client->request, REQUEST_MAX,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
    client->sent = 0;
    client->answer_len = 0;
    client->started_ns = now_ns();
    client_send(client);
}


/* The value of a JSON string member; good enough for names. */
static void
answer_name(client_t *client, const char *key, char *value, size_t size)
{
    size_t   i;
    char    *p;

    value[0] = '\0';
    p = strstr(client->answer, key);

    if (p == NULL) {
        return;
    }

    p += strlen(key);

    for (i = 0; i + 1 < size && p[i] && p[i] != '"'; i++) {
        value[i] = p[i];
    }

    value[i] = '\0';
}


static void
client_next(client_t *client)
{
    char  body[4096];

    if (strcmp(settings.mode, "get") == 0) {
        client_get(client, settings.what);

    } else if (strcmp(settings.mode, "post") == 0) {
        snprintf(body, sizeof(body), settings.what,
                 (unsigned) (counter++));
        client_post(client, body);

    } else if (client->state == 0) {
        snprintf(body, sizeof(body), "Action=StartExecution&"
                 "Version=2019-03-15&FlowName=%s", settings.what);
        client_post(client, body);

    } else {
        snprintf(body, sizeof(body), "Action=DescribeExecution&"
                 "Version=2019-03-15&FlowName=%s&ExecutionName=%s"
                 "&WaitTimeSeconds=30", settings.what, client->name);
        client_post(client, body);
    }
}


/* A whole answer is there. */
static void
client_answered(client_t *client, int status)
{
    char  name[160];

    if (status >= 400) {
        failed++;
        snprintf(failure, sizeof(failure), "%.*s",
                 (int) client->answer_len, client->answer);
        client->state = 0;

    } else if (strcmp(settings.mode, "run") == 0) {

        if (client->state == 0) {
            answer_name(client, "\"Name\":\"", client->name,
                        sizeof(client->name));
            client->state = 1;
            return;
        }

        if (strstr(client->answer, "\"Status\":\"Succeeded\"") == NULL) {
            failed++;
            snprintf(failure, sizeof(failure), "%.*s",
                     (int) client->answer_len, client->answer);
        }

        client->state = 0;
        done++;
        return;

    } else {
        latency_add(now_ns() - client->started_ns);
        done++;
    }

    if (settings.print_names && status < 400) {
        answer_name(client, "\"Name\":\"", name, sizeof(name));
        printf("ack %s\n", name);
        fflush(stdout);
    }
}


/* 1: an answer is complete; 0: not yet; -1: the server is gone. */
static int
client_read(client_t *client, int *status)
{
    char     *head, *length;
    size_t    want;
    ssize_t   n;

    n = read(client->fd, client->answer + client->answer_len,
             ANSWER_MAX - 1 - client->answer_len);

    if (n <= 0) {
        return n == -1 && errno == EAGAIN ? 0 : -1;
    }

    client->answer_len += n;
    client->answer[client->answer_len] = '\0';

    head = strstr(client->answer, "\r\n\r\n");

    if (head == NULL) {
        return 0;
    }

    length = strcasestr(client->answer, "content-length:");
    want = head + 4 - client->answer;

    if (length && length < head) {
        want += strtoul(length + 15, NULL, 10);
    }

    *status = atoi(client->answer + 9);

    return client->answer_len >= want;
}


static client_t *
clients_create(int count)
{
    int        i;
    client_t  *clients;

    clients = calloc(count, sizeof(client_t));

    for (i = 0; i < count; i++) {
        clients[i].no = i;
        clients[i].request = malloc(REQUEST_MAX);
        clients[i].answer = malloc(ANSWER_MAX);
        client_connect(&clients[i]);
    }

    return clients;
}


static void
reopen(client_t *client)
{
    failed++;
    snprintf(failure, sizeof(failure), "the server closed a connection");
    close(client->fd);
    client_connect(client);
    client->state = 0;
}


/* keepalive_requests is reached: nginx says so and closes. */
static void
renew(client_t *client)
{
    if (strcasestr(client->answer, "connection: close")) {
        close(client->fd);
        client_connect(client);
    }
}


static int
is_time_up(uint64_t end)
{
    return settings.count_max ? done + failed >= settings.count_max
                              : now_ns() >= end;
}


static void
load_steady(void)
{
    int                  i, n, rc, status;
    double               seconds;
    uint64_t             start, end;
    client_t            *clients, *client;
    struct epoll_event   events[512];

    clients = clients_create(settings.count);
    start = now_ns();
    end = start + (uint64_t) (settings.seconds * 1e9);

    for (i = 0; i < settings.count; i++) {
        client_next(&clients[i]);
    }

    while (!is_time_up(end)) {
        n = epoll_wait(ep, events, 512, 100);

        for (i = 0; i < n; i++) {
            client = events[i].data.ptr;
            rc = client_read(client, &status);

            if (rc == 0) {
                continue;
            }

            if (rc == 1) {
                client_answered(client, status);
                renew(client);

            } else {
                reopen(client);
            }

            client_next(client);
        }
    }

    seconds = (now_ns() - start) / 1e9;
    qsort(latencies, latency_count, sizeof(uint32_t), latency_cmp);

    printf("rate=%.0f done=%llu failed=%llu p50_ms=%.3f p99_ms=%.3f "
           "max_ms=%.3f\n", done / seconds, (unsigned long long) done,
           (unsigned long long) failed, latency_ms(0.5), latency_ms(0.99),
           latency_ms(1));
}


/* One exchange outside of the loop. */
static int
exchange(client_t *client, const char *body)
{
    int                 rc, status;
    struct epoll_event  event;

    client_post(client, body);
    status = 0;

    do {
        rc = client_read(client, &status);

        if (rc == 0 && epoll_wait(ep, &event, 1, 1000) < 0) {
            return 0;
        }
    } while (rc == 0);

    renew(client);

    return rc == 1 ? status : 0;
}


static void
park_collect(int timeout_ms, client_t *stopper)
{
    int                  i, n, status;
    client_t            *client;
    struct epoll_event   events[512];

    n = epoll_wait(ep, events, 512, timeout_ms);

    for (i = 0; i < n; i++) {
        client = events[i].data.ptr;

        if (client_read(client, &status) != 1) {
            continue;
        }

        if (client == stopper) {
            stop_ns[stopper->state] = now_ns();
            stopper->state = -1 - stopper->state;

        } else {
            poll_ns[client->no] = now_ns();
            done++;
        }
    }
}


/* The poll and the stop are on different connections, so mostly on different
 * workers; the answer to the stop comes after the commit. */
static void
load_park(void)
{
    int        i;
    char       body[1024];
    uint64_t   until, parked_ns;
    client_t  *clients, *stopper;

    stopper = clients_create(1);
    clients = clients_create(settings.count);
    poll_ns = calloc(settings.count, sizeof(uint64_t));
    stop_ns = calloc(settings.count, sizeof(uint64_t));

    for (i = 0; i < settings.count; i++) {
        snprintf(clients[i].name, sizeof(clients[i].name), "park%d_%d",
                 getpid(), i);
        snprintf(body, sizeof(body), "Action=StartExecution&"
                 "Version=2019-03-15&FlowName=%s&ExecutionName=%s",
                 settings.what, clients[i].name);

        if (exchange(stopper, body) != 200) {
            fprintf(stderr, "load: start: %s\n", stopper->answer);
            exit(1);
        }
    }

    /* A moment for whoever wants to look at the server before it parks. */
    printf("started=%d\n", settings.count);
    fflush(stdout);
    usleep(1000000);

    parked_ns = now_ns();

    for (i = 0; i < settings.count; i++) {
        snprintf(body, sizeof(body), "Action=DescribeExecution&"
                 "Version=2019-03-15&FlowName=%s&ExecutionName=%s"
                 "&WaitTimeSeconds=60", settings.what, clients[i].name);
        client_post(&clients[i], body);
    }

    printf("parked=%d parking_ms=%.0f\n", settings.count,
           (now_ns() - parked_ns) / 1e6);
    fflush(stdout);

    until = now_ns() + (uint64_t) settings.park_ms * 1000000;

    while (now_ns() < until) {
        park_collect(10, stopper);
    }

    if (done) {
        failed = done;
    }

    for (i = 0; i < settings.count && i < settings.rounds; i++) {
        snprintf(body, sizeof(body), "Action=StopExecution&"
                 "Version=2019-03-15&FlowName=%s&ExecutionName=%s",
                 settings.what, clients[i].name);
        stopper->state = i;
        client_post(stopper, body);
        until = now_ns() + 2000000000ull;

        while ((stopper->state == i || poll_ns[i] == 0) && now_ns() < until) {
            park_collect(50, stopper);
        }

        if (poll_ns[i] == 0 || stop_ns[i] == 0) {
            failed++;
            continue;
        }

        latency_add(poll_ns[i] > stop_ns[i] ? poll_ns[i] - stop_ns[i] : 0);
    }

    qsort(latencies, latency_count, sizeof(uint32_t), latency_cmp);
    printf("polls=%zu failed=%llu p50_ms=%.3f p99_ms=%.3f max_ms=%.3f\n",
           latency_count, (unsigned long long) failed, latency_ms(0.5),
           latency_ms(0.99), latency_ms(1));
}


int
main(int argc, char **argv)
{
    int            option;
    struct rlimit  files;

    while ((option = getopt(argc, argv, "p:c:d:r:i:n:a")) != -1) {
        switch (option) {
        case 'p': settings.port = atoi(optarg); break;
        case 'c': settings.count = atoi(optarg); break;
        case 'd': settings.seconds = atof(optarg); break;
        case 'r': settings.rounds = atoi(optarg); break;
        case 'i': settings.park_ms = atoi(optarg); break;
        case 'n': settings.count_max = strtoull(optarg, NULL, 10); break;
        case 'a': settings.print_names = 1; break;
        default: return 2;
        }
    }

    if (argc - optind != 2) {
        fprintf(stderr, "usage: load [options] get|post|run|park WHAT\n");
        return 2;
    }

    settings.mode = argv[optind];
    settings.what = argv[optind + 1];

    files.rlim_cur = files.rlim_max = 100000;

    if (setrlimit(RLIMIT_NOFILE, &files) != 0) {
        getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }

    ep = epoll_create1(0);

    if (strcmp(settings.mode, "park") == 0) {
        load_park();

    } else {
        load_steady();
    }

    if (failed) {
        fprintf(stderr, "load: %s\n", failure);
    }

    return failed != 0;
}
