
/*
 * A clock that runs faster, loaded into a server before its own libraries:
 * hours of waits and pauses end in seconds, for tests of whole definitions.
 * FASTCLOCK="EPOCH SPEED": when it began to run (seconds), and how fast.
 * Only what nginx and the module use is here; the forked keep their parent's
 * beginning.
 */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>


#define SECOND  1000000000LL

static int64_t  began[2];       /* CLOCK_REALTIME, CLOCK_MONOTONIC */
static int64_t  speed = 1;


static int64_t
clock_true(clockid_t id)
{
    struct timespec  ts;

    (void) syscall(SYS_clock_gettime, id, &ts);

    return ts.tv_sec * SECOND + ts.tv_nsec;
}


__attribute__((constructor))
static void
clock_begin(void)
{
    char        *end;
    const char  *text;

    began[0] = clock_true(CLOCK_REALTIME);
    began[1] = clock_true(CLOCK_MONOTONIC);
    text = getenv("FASTCLOCK");

    if (text != NULL) {
        began[1] -= began[0];
        began[0] = (int64_t) (strtod(text, &end) * SECOND);
        began[1] += began[0];
        speed = strtol(end, NULL, 10);
    }

    if (speed < 1) {
        abort();
    }
}


static int64_t
clock_fast(clockid_t id)
{
    int64_t  start;

    start = began[id];

    return start + (clock_true(id) - start) * speed;
}


static struct timespec
time_spec(int64_t ns)
{
    struct timespec  ts;

    ts.tv_sec = ns / SECOND;
    ts.tv_nsec = ns % SECOND;

    return ts;
}


int
clock_gettime(clockid_t id, struct timespec *ts)
{
    switch (id) {

    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        *ts = time_spec(clock_fast(CLOCK_REALTIME));
        return 0;

    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
        *ts = time_spec(clock_fast(CLOCK_MONOTONIC));
        return 0;

    default:
        return (int) syscall(SYS_clock_gettime, id, ts);
    }
}


int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    int64_t  ns;

    (void) zone;
    ns = clock_fast(CLOCK_REALTIME);
    tv->tv_sec = ns / SECOND;
    tv->tv_usec = ns % SECOND / 1000;

    return 0;
}


time_t
time(time_t *to)
{
    time_t  now;

    now = clock_fast(CLOCK_REALTIME) / SECOND;

    if (to != NULL) {
        *to = now;
    }

    return now;
}


int
epoll_wait(int fd, struct epoll_event *events, int count, int timeout)
{
    if (timeout > 0) {
        timeout = (int) ((timeout + speed - 1) / speed);
    }

    return epoll_pwait(fd, events, count, timeout, NULL);
}


/* A real time has far more seconds than one since the machine's start. */
int
pthread_cond_timedwait(pthread_cond_t *restrict cond,
    pthread_mutex_t *restrict mutex, const struct timespec *restrict until)
{
    int64_t          due;
    clockid_t        id;
    struct timespec  ts;

    id = until->tv_sec > SECOND / 2 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    due = until->tv_sec * SECOND + until->tv_nsec;
    ts = time_spec(began[id] + (due - began[id]) / speed);

    return pthread_cond_clockwait(cond, mutex, id, &ts);
}
