
/*
 * The ring between two processes, and what a crash may leave in it.
 */

#include "unit.h"

#include "nginx/ngx_http_cloudflow_ring.c"

#include <sys/mman.h>
#include <sys/wait.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>


#define SIZE   4096
#define COUNT  20000

typedef ngx_http_cloudflow_ring_t  ring_t;


static ring_t *
ring_map(void)
{
    void  *p;

    p = mmap(NULL, ngx_http_cloudflow_ring_room(SIZE),
             PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0);
    wf_assert(p != MAP_FAILED);

    return p;
}


static void
ring_unmap(ring_t *ring)
{
    munmap(ring, ngx_http_cloudflow_ring_room(SIZE));
}


static bool
ring_put(ring_t *ring, uint32_t number, uint32_t len)
{
    uint32_t   i;
    uint8_t    bytes[SIZE];
    wf_str_t   first, second;

    for (i = 0; i < len; i++) {
        bytes[i] = (uint8_t) (number + i);
    }

    first.len = sizeof(number);
    first.data = (const uint8_t *) &number;
    second.len = len;
    second.data = bytes;

    return ngx_http_cloudflow_ring_write(ring, SIZE, first, second);
}


static bool
record_is(wf_str_t record, uint32_t number, uint32_t len)
{
    uint32_t  i, got;

    if (record.len != sizeof(got) + len) {
        return false;
    }

    memcpy(&got, record.data, sizeof(got));

    for (i = 0; i < len; i++) {
        if (record.data[sizeof(got) + i] != (uint8_t) (number + i)) {
            return false;
        }
    }

    return got == number;
}


/* Lengths of all kinds, the longest among them. */
static uint32_t
len_of(uint32_t number)
{
    uint32_t  longest;

    longest = ngx_http_cloudflow_ring_record_max(SIZE) - sizeof(uint32_t);

    return number % 97 == 0 ? longest : number * 2654435761u % (longest + 1);
}


TEST(zero_bytes_are_an_empty_ring)
{
    bool       damaged;
    ring_t    *ring;
    wf_str_t   record;

    ring = ring_map();

    CHECK(ngx_http_cloudflow_ring_is_empty(ring));
    CHECK(!ngx_http_cloudflow_ring_peek(ring, SIZE, &record, &damaged));
    CHECK(!damaged);
    CHECK_INT(ngx_http_cloudflow_ring_free(ring, SIZE), SIZE);

    ring_unmap(ring);
}


TEST(records_come_out_in_order_and_in_place)
{
    bool       damaged;
    ring_t    *ring;
    uint32_t   number, read;
    wf_str_t   record;

    ring = ring_map();
    read = 0;

    for (number = 0; number < 5000; number++) {

        while (!ring_put(ring, number, len_of(number))) {
            CHECK(ngx_http_cloudflow_ring_peek(ring, SIZE, &record,
                                               &damaged));
            CHECK(record_is(record, read, len_of(read)));
            CHECK(((uintptr_t) record.data & 7) == 0);
            ngx_http_cloudflow_ring_next(ring, SIZE);
            read++;
        }
    }

    while (ngx_http_cloudflow_ring_peek(ring, SIZE, &record, &damaged)) {
        CHECK(record_is(record, read, len_of(read)));
        ngx_http_cloudflow_ring_next(ring, SIZE);
        read++;
    }

    CHECK_INT(read, 5000);
    CHECK(ngx_http_cloudflow_ring_is_empty(ring));

    ring_unmap(ring);
}


TEST(a_full_ring_refuses_and_keeps_what_it_has)
{
    bool       damaged;
    ring_t    *ring;
    uint32_t   written, read;
    wf_str_t   record;

    ring = ring_map();
    written = read = 0;

    while (ring_put(ring, written, 100)) {
        written++;
    }

    CHECK(written >= 30);
    CHECK(ngx_http_cloudflow_ring_free(ring, SIZE) < 112);

    while (ngx_http_cloudflow_ring_peek(ring, SIZE, &record, &damaged)) {
        CHECK(record_is(record, read, 100));
        ngx_http_cloudflow_ring_next(ring, SIZE);
        read++;
    }

    CHECK_INT(read, written);

    ring_unmap(ring);
}


TEST(two_processes)
{
    int        status;
    bool       damaged;
    pid_t      pid;
    ring_t    *ring;
    uint32_t   number, bad;
    wf_str_t   record;

    ring = ring_map();
    pid = fork();

    if (pid == 0) {
        for (number = 0; number < COUNT; number++) {
            while (!ring_put(ring, number, number % 64)) {
                sched_yield();
            }
        }

        _exit(0);
    }

    bad = 0;

    for (number = 0; number < COUNT; number++) {
        while (!ngx_http_cloudflow_ring_peek(ring, SIZE, &record, &damaged)) {
            bad += damaged;
            sched_yield();
        }

        bad += !record_is(record, number, number % 64);
        ngx_http_cloudflow_ring_next(ring, SIZE);
    }

    waitpid(pid, &status, 0);

    CHECK_INT(status, 0);
    CHECK_INT(bad, 0);
    CHECK(ngx_http_cloudflow_ring_is_empty(ring));

    ring_unmap(ring);
}


/* Writers are killed at any moment; the next one goes on. */
TEST(writers_that_die)
{
    bool       damaged;
    pid_t      pid;
    ring_t    *ring;
    uint32_t   i, number, bad, some;
    wf_str_t   record;

    ring = ring_map();
    bad = some = 0;

    for (i = 0; i < 12; i++) {
        pid = fork();

        if (pid == 0) {
            for (number = i; /* void */ ; number++) {
                (void) ring_put(ring, number, len_of(number));
            }
        }

        for (number = 0; number < 300; number++) {
            if (!ngx_http_cloudflow_ring_peek(ring, SIZE, &record,
                                              &damaged))
            {
                bad += damaged;
                sched_yield();
                continue;
            }

            some++;
            bad += record.len < sizeof(uint32_t)
                   || !record_is(record, *(uint32_t *) record.data,
                                 record.len - sizeof(uint32_t));
            ngx_http_cloudflow_ring_next(ring, SIZE);
        }

        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }

    CHECK_INT(bad, 0);
    CHECK(some > 100);

    ring_unmap(ring);
}


TEST(damage_is_noticed_and_skipped)
{
    bool       damaged, seen;
    ring_t    *ring;
    uint32_t   i, round;
    wf_str_t   record;

    ring = ring_map();
    srand(1);

    for (round = 0; round < 500; round++) {

        for (i = 0; i < 5; i++) {
            (void) ring_put(ring, i, len_of(round + i) % 500);
        }

        switch (rand() % 4) {

        case 0:
            ring->head += (uint64_t) rand() << (rand() % 30);
            break;

        case 1:
            ring->tail -= (uint64_t) rand() % 9000;
            break;

        default:
            for (i = 0; i < 200; i++) {
                ring->bytes[rand() % SIZE] = (uint8_t) rand();
            }
        }

        seen = false;

        for (i = 0; i < 1000; i++) {
            if (!ngx_http_cloudflow_ring_peek(ring, SIZE, &record,
                                              &damaged))
            {
                seen |= damaged;
                break;
            }

            CHECK(record.data >= ring->bytes
                  && record.data + record.len <= ring->bytes + SIZE);
            ngx_http_cloudflow_ring_next(ring, SIZE);
        }

        CHECK(i < 1000);
        CHECK(ngx_http_cloudflow_ring_is_empty(ring));

        /* Whatever it was, the ring works again: one message may be lost
         * to a head that was no multiple of 8. */

        for (i = 0; i < 2; i++) {
            CHECK(ring_put(ring, 7, 10));

            if (ngx_http_cloudflow_ring_peek(ring, SIZE, &record, &damaged)) {
                break;
            }

            CHECK(damaged);
        }

        CHECK(record_is(record, 7, 10));
        ngx_http_cloudflow_ring_next(ring, SIZE);
    }

    ring_unmap(ring);
}


UNIT_MAIN()
