
/*
 * A partition of the execution index: what is put is found, what is old goes,
 * and readers in other processes never see half an entry.
 */

#include "unit.h"

#include "nginx/ngx_http_cloudflow_partition.c"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>


#define SIZE  (64 * 1024)


static part_t *
part_map(void)
{
    void  *p;

    p = mmap(NULL, SIZE, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1,
             0);
    wf_assert(p != MAP_FAILED);

    ngx_http_cloudflow_partition_init(p, SIZE);
    wf_assert(p != NULL);

    return p;
}


static void
part_unmap(part_t *part)
{
    munmap(part, SIZE);
}


static uint64_t
key_of(uint32_t number)
{
    return wf_hash(number, wf_str("key"));
}


/* An entry knows its key and its version, and is filled accordingly. */
static bool
put(part_t *part, uint32_t number, uint32_t version, uint32_t len)
{
    uint32_t   i;
    wf_str_t   str;

    static uint32_t  words[SIZE / 4];

    words[0] = number;
    words[1] = version;

    for (i = 2; i < len / 4; i++) {
        words[i] = number * 31 + version + i;
    }

    str.len = wf_max(len, 8);
    str.data = (const uint8_t *) words;

    return ngx_http_cloudflow_partition_put(part, key_of(number), str);
}


static bool
is_whole(wf_str_t str, uint32_t number, uint32_t *version)
{
    uint32_t  i, word, words[2];

    if (str.len < 8) {
        return false;
    }

    memcpy(words, str.data, 8);
    *version = words[1];

    for (i = 2; i < str.len / 4; i++) {
        memcpy(&word, str.data + 4 * i, 4);

        if (word != number * 31 + words[1] + i) {
            return false;
        }
    }

    return words[0] == number;
}


static wf_rc_t
find(part_t *part, wf_arena_t *arena, uint32_t number, wf_str_t *str)
{
    return ngx_http_cloudflow_partition_find(part, arena, key_of(number),
                                             str);
}


TEST(found_in_its_newest_form)
{
    part_t      *part;
    uint32_t     number, version;
    wf_str_t     str;
    wf_arena_t  *arena;

    part = part_map();
    arena = wf_arena_create(0);

    CHECK_INT(find(part, arena, 1, &str), WF_DECLINED);

    for (version = 0; version < 3; version++) {
        for (number = 0; number < 50; number++) {
            CHECK(put(part, number, version, 100 + number));
        }
    }

    for (number = 0; number < 50; number++) {
        CHECK_INT(find(part, arena, number, &str), WF_OK);
        CHECK(is_whole(str, number, &version));
        CHECK_INT(version, 2);
    }

    ngx_http_cloudflow_partition_erase(part, key_of(7));
    CHECK_INT(find(part, arena, 7, &str), WF_DECLINED);
    CHECK_INT(find(part, arena, 8, &str), WF_OK);

    wf_arena_free(arena);
    part_unmap(part);
}


TEST(the_oldest_go_first)
{
    part_t      *part;
    uint32_t     number, version, found, oldest;
    wf_str_t     str;
    wf_arena_t  *arena;

    part = part_map();
    arena = wf_arena_create(0);

    for (number = 0; number < 20000; number++) {
        CHECK(put(part, number, 1, 40 + number % 900));
    }

    found = 0;
    oldest = number;

    for (number = 0; number < 20000; number++) {
        if (find(part, arena, number, &str) == WF_OK) {
            CHECK(is_whole(str, number, &version));
            oldest = wf_min(oldest, number);
            found++;
        }
    }

    CHECK(found > 90);
    CHECK(oldest > 19500);
    CHECK_INT(find(part, arena, 19999, &str), WF_OK);

    wf_arena_free(arena);
    part_unmap(part);
}


TEST(too_large_hides_what_was_there)
{
    part_t      *part;
    uint32_t     version;
    wf_str_t     str;
    wf_arena_t  *arena;

    part = part_map();
    arena = wf_arena_create(0);

    CHECK(put(part, 1, 1, 100));
    CHECK(put(part, 2, 1, 12000));
    CHECK(!put(part, 1, 2, SIZE / 4));

    CHECK_INT(find(part, arena, 1, &str), WF_DECLINED);
    CHECK_INT(find(part, arena, 2, &str), WF_OK);
    CHECK(is_whole(str, 2, &version));
    CHECK(put(part, 1, 3, 0));
    CHECK_INT(find(part, arena, 1, &str), WF_OK);

    wf_arena_free(arena);
    part_unmap(part);
}


TEST(a_new_owner_starts_with_nothing)
{
    part_t      *part;
    uint64_t     generation;
    uint32_t     number, version, round;
    wf_str_t     str;
    wf_arena_t  *arena;

    part = part_map();
    arena = wf_arena_create(0);

    for (round = 0; round < 100; round++) {
        generation = part->generation;
        ngx_http_cloudflow_partition_clear(part);
        CHECK_INT(part->generation, generation + 1);

        for (number = 0; number < 30; number++) {
            CHECK_INT(find(part, arena, number, &str), WF_DECLINED);
        }

        for (number = 0; number < 30; number++) {
            CHECK(put(part, number, round, 200 + round));
            CHECK_INT(find(part, arena, number, &str), WF_OK);
            CHECK(is_whole(str, number, &version));
            CHECK_INT(version, round);
        }

        wf_arena_reset(arena);
    }

    wf_arena_free(arena);
    part_unmap(part);
}


/* Whatever stands in the block, a clear makes it usable and a reader never
 * leaves it or returns what was not put. */
TEST(garbage)
{
    part_t      *part;
    uint8_t     *bytes;
    uint32_t     i, round, version;
    wf_str_t     str;
    wf_arena_t  *arena;

    part = part_map();
    arena = wf_arena_create(0);
    bytes = (uint8_t *) part->words;
    srand(2);

    for (round = 0; round < 50; round++) {

        for (i = 0; i < SIZE - sizeof(part_t); i++) {
            bytes[i] = (uint8_t) rand();
        }

        part->head = (uint64_t) rand() << (rand() % 40);
        part->tail = (uint64_t) rand() << (rand() % 40);

        for (i = 0; i < 200; i++) {
            CHECK_INT(find(part, arena, i, &str), WF_DECLINED);
        }

        ngx_http_cloudflow_partition_clear(part);

        for (i = 0; i < 200; i++) {
            CHECK(put(part, i, round, 300));
            CHECK_INT(find(part, arena, i, &str), WF_OK);
            CHECK(is_whole(str, i, &version));
        }

        wf_arena_reset(arena);
    }

    wf_arena_free(arena);
    part_unmap(part);
}


TEST(no_memory_is_a_miss)
{
    part_t      *part;
    wf_str_t     str;
    wf_arena_t  *arena;

    part = part_map();
    arena = wf_arena_create(0);

    CHECK(put(part, 1, 1, 100));

    wf_arena_fail_after(1);
    CHECK_INT(find(part, arena, 1, &str), WF_DECLINED);
    wf_arena_fail_after(0);
    CHECK_INT(find(part, arena, 1, &str), WF_OK);

    wf_arena_free(arena);
    part_unmap(part);
}


/* Versions that a reader sees of one key never go back. */
TEST(readers_while_another_process_writes)
{
    pid_t        pid;
    part_t      *part;
    uint32_t     number, version, round, hits, bad;
    uint32_t     newest[40];
    wf_str_t     str;
    wf_arena_t  *arena;

    part = part_map();
    arena = wf_arena_create(0);
    memset(newest, 0, sizeof(newest));
    hits = bad = 0;

    pid = fork();

    if (pid == 0) {
        for (version = 1; /* void */ ; version++) {
            for (number = 0; number < 40; number++) {
                (void) put(part, number, version,
                           40 + (number * 997 + version * 13) % 8000);
            }
        }
    }

    /* On one busy core the writer may be in the middle of it for long. */

    for (round = 0; round < 4000 || (hits <= 50 && round < 4000000); round++)
    {
        number = round % 40;

        if (find(part, arena, number, &str) == WF_OK) {
            hits++;
            bad += !is_whole(str, number, &version);
            bad += version < newest[number];
            newest[number] = version;

        } else {
            sched_yield();
        }

        wf_arena_reset(arena);
    }

    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);

    CHECK_INT(bad, 0);
    CHECK(hits > 50);

    wf_arena_free(arena);
    part_unmap(part);
}


UNIT_MAIN()
