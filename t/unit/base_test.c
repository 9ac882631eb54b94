
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.c"
#include "unit.h"


/* Shard numbers are made of these: they may never change. */

TEST(hash_is_stable)
{
    CHECK(wf_hash(0, wf_str("")) == 0xefd01f60ba992926ull);
    CHECK(wf_hash(0, wf_str("a")) == 0x82a2a958a9bece5bull);
    CHECK(wf_hash(0, wf_str("default/order/2024-06-24"))
          == 0xec9f0f2488b3161cull);
    CHECK(wf_hash(1, wf_str("a")) != wf_hash(0, wf_str("a")));
}


TEST(hash_spreads)
{
    char      key[16];
    unsigned  i, counts[16] = { 0 };

    for (i = 0; i < 16000; i++) {
        snprintf(key, sizeof(key), "order-%u", i);
        counts[wf_hash(0, wf_str_of(key)) % 16]++;
    }

    for (i = 0; i < 16; i++) {
        CHECK(counts[i] > 850 && counts[i] < 1150);
    }
}


TEST(hash_secret_stays)
{
    CHECK(wf_hash_secret() != 0);
    CHECK(wf_hash_secret() == wf_hash_secret());
}


TEST(strings)
{
    CHECK(wf_str_eq(wf_str("ab"), wf_str("ab")));
    CHECK(!wf_str_eq(wf_str("ab"), wf_str("abc")));
    CHECK(wf_str_eq(wf_str_none, wf_str("")));
    CHECK(wf_str_cmp(wf_str("ab"), wf_str("abc")) < 0);
    CHECK(wf_str_cmp(wf_str("b"), wf_str("abc")) > 0);
    CHECK(wf_str_cmp(wf_str("\xff"), wf_str("a")) > 0);
    CHECK(wf_str_cmp(wf_str_none, wf_str("")) == 0);
    CHECK(wf_str_starts(wf_str("$.a"), wf_str("$.")));
    CHECK(!wf_str_starts(wf_str("$"), wf_str("$.")));
    CHECK(wf_str_of(NULL).len == 0);
}


TEST(assert_ends_the_process)
{
    int    status;
    pid_t  pid;

    fflush(stdout);
    pid = fork();

    if (pid == 0) {
        fclose(stderr);
        wf_assert(1 + 1 == 3);
        _exit(0);
    }

    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}


UNIT_MAIN()
