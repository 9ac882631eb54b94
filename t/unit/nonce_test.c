
/*
 * Nonces: once only, in all processes, for as long as asked for.
 */

#include "unit.h"

#include "nginx/ngx_http_cloudflow_nonce.c"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>


#define SIZE    (64 * 1024)
#define WINDOW  1800000

typedef ngx_http_cloudflow_nonces_t  nonces_t;

static const uint8_t  secret[NGX_HTTP_CLOUDFLOW_NONCE_SECRET] = "secret";


static nonces_t *
nonces_map(void)
{
    void  *p;

    p = mmap(NULL, SIZE, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1,
             0);
    wf_assert(p != MAP_FAILED);

    return p;
}


static wf_rc_t
check(nonces_t *nonces, const char *key_id, uint32_t number, int64_t now_ms)
{
    char       text[16];
    wf_str_t   pair[2];

    snprintf(text, sizeof(text), "%u", number);

    pair[0] = wf_str_of(key_id);
    pair[1] = wf_str_of(text);

    return ngx_http_cloudflow_nonce_check(nonces, SIZE, secret, pair, now_ms,
                                          WINDOW);
}


TEST(once_only)
{
    nonces_t  *nonces;
    uint32_t   i;

    nonces = nonces_map();

    for (i = 0; i < 500; i++) {
        CHECK_INT(check(nonces, "a", i, 1000000), WF_OK);
    }

    for (i = 0; i < 500; i++) {
        CHECK_INT(check(nonces, "a", i, 1000000 + i), WF_DECLINED);
        CHECK_INT(check(nonces, "b", i, 1000000), WF_OK);
    }

    munmap(nonces, SIZE);
}


TEST(pairs_are_not_concatenations)
{
    nonces_t  *nonces;
    wf_str_t   one[2] = { wf_str_init("ab"), wf_str_init("c") };
    wf_str_t   two[2] = { wf_str_init("a"), wf_str_init("bc") };
    wf_str_t   none[2] = { { 0, NULL }, { 0, NULL } };

    nonces = nonces_map();

    CHECK_INT(ngx_http_cloudflow_nonce_check(nonces, SIZE, secret, one, 1,
                                             WINDOW), WF_OK);
    CHECK_INT(ngx_http_cloudflow_nonce_check(nonces, SIZE, secret, two, 1,
                                             WINDOW), WF_OK);
    CHECK_INT(ngx_http_cloudflow_nonce_check(nonces, SIZE, secret, none, 1,
                                             WINDOW), WF_OK);
    CHECK_INT(ngx_http_cloudflow_nonce_check(nonces, SIZE, secret, none, 1,
                                             WINDOW), WF_DECLINED);

    munmap(nonces, SIZE);
}


TEST(forgotten_after_the_window)
{
    int64_t    now_ms;
    nonces_t  *nonces;

    nonces = nonces_map();
    now_ms = 1700000000000;

    CHECK_INT(check(nonces, "a", 1, now_ms), WF_OK);
    CHECK_INT(check(nonces, "a", 1, now_ms + WINDOW), WF_DECLINED);
    CHECK_INT(check(nonces, "a", 1, now_ms + WINDOW + 3000), WF_OK);

    /* Also when the seconds of a word have gone round. */

    now_ms = ((int64_t) 100 << EXPIRY_BITS) * 1000 - 5000;

    CHECK_INT(check(nonces, "a", 2, now_ms), WF_OK);
    CHECK_INT(check(nonces, "a", 2, now_ms + 10000), WF_DECLINED);
    CHECK_INT(check(nonces, "a", 2, now_ms + WINDOW + 3000), WF_OK);

    munmap(nonces, SIZE);
}


TEST(forgotten_at_once)
{
    nonces_t  *nonces;
    wf_str_t   pair[2] = { wf_str_init("a"), wf_str_init("7") };

    nonces = nonces_map();

    CHECK_INT(check(nonces, "a", 6, 1000000), WF_OK);
    CHECK_INT(check(nonces, "a", 7, 1000000), WF_OK);
    ngx_http_cloudflow_nonce_forget(nonces, SIZE, secret, pair, 1000000);
    CHECK_INT(check(nonces, "a", 6, 1000000), WF_DECLINED);
    CHECK_INT(check(nonces, "a", 7, 1000000), WF_OK);
    CHECK_INT(check(nonces, "a", 7, 1000000), WF_DECLINED);

    munmap(nonces, SIZE);
}


TEST(a_crowd_costs_memory_not_service)
{
    nonces_t  *nonces;
    uint32_t   i, seen;

    nonces = nonces_map();

    for (i = 0; i < 20000; i++) {
        CHECK_INT(check(nonces, "a", i, 1000000 + i), WF_OK);
    }

    /* The newest are those that are still known. */

    seen = 0;

    for (i = 16000; i < 20000; i++) {
        seen += check(nonces, "a", i, 1020000) == WF_DECLINED;
    }

    CHECK(seen > 3000);

    munmap(nonces, SIZE);
}


/* Four processes try the same nonces at once: each is new for one at most.
 * So few that no bucket is crowded: what is pushed out is new again. */
TEST(many_processes)
{
    pid_t      pid[4];
    nonces_t  *nonces;
    uint32_t   i, k, *won;

    nonces = nonces_map();
    won = (uint32_t *) nonces_map();

    for (k = 0; k < 4; k++) {
        pid[k] = fork();

        if (pid[k] == 0) {
            for (i = 0; i < 500; i++) {
                if (check(nonces, "a", i, 1000000) == WF_OK) {
                    __atomic_fetch_add(&won[i], 1, __ATOMIC_SEQ_CST);
                }
            }

            _exit(0);
        }
    }

    for (k = 0; k < 4; k++) {
        waitpid(pid[k], NULL, 0);
    }

    for (i = 0; i < 500; i++) {
        CHECK(won[i] <= 1);
    }

    CHECK_INT(won[0], 1);

    munmap(nonces, SIZE);
    munmap(won, SIZE);
}


UNIT_MAIN()
