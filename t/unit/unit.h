
/*
 * The smallest test frame: TAP lines, one per TEST.
 */

#ifndef WF_UNIT_H
#define WF_UNIT_H


#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"


typedef struct unit_test_s  unit_test_t;

struct unit_test_s {
    const char   *name;
    void        (*run)(void);
    unit_test_t  *next;
};


static unit_test_t   *unit_first;
static unit_test_t  **unit_last = &unit_first;
static unsigned       unit_failures;


static inline void
unit_failed(const char *file, int line, const char *what)
{
    unit_failures++;
    printf("# %s:%d: %s\n", file, line, what);
}


static inline void
unit_check_int(long long got, long long want, const char *file, int line,
    const char *what)
{
    if (got != want) {
        unit_failed(file, line, what);
        printf("#   got %lld, want %lld\n", got, want);
    }
}


static inline void
unit_check_str(wf_str_t got, wf_str_t want, const char *file, int line,
    const char *what)
{
    if (!wf_str_eq(got, want)) {
        unit_failed(file, line, what);
        printf("#   got  \"%.*s\"\n#   want \"%.*s\"\n",
               (int) got.len, (const char *) got.data,
               (int) want.len, (const char *) want.data);
    }
}


#define TEST(id)                                                              \
    static void test_##id(void);                                              \
    static unit_test_t  unit_##id = { #id, test_##id, NULL };                 \
    __attribute__((constructor)) static void                                  \
    unit_add_##id(void)                                                       \
    {                                                                         \
        *unit_last = &unit_##id;                                              \
        unit_last = &unit_##id.next;                                          \
    }                                                                         \
    static void                                                               \
    test_##id(void)

#define CHECK(condition)                                                      \
    ((condition) ? (void) 0 : unit_failed(__FILE__, __LINE__, #condition))
#define CHECK_INT(got, want)                                                  \
    unit_check_int((long long) (got), (long long) (want), __FILE__,           \
                   __LINE__, #got)
#define CHECK_STR(got, want)                                                  \
    unit_check_str((got), (want), __FILE__, __LINE__, #got)

#define UNIT_MAIN()                                                           \
    int                                                                       \
    main(void)                                                                \
    {                                                                         \
        unsigned      no, bad, count;                                         \
        unit_test_t  *test;                                                   \
                                                                              \
        no = bad = count = 0;                                                 \
        for (test = unit_first; test; test = test->next) {                    \
            count++;                                                          \
        }                                                                     \
        printf("1..%u\n", count);                                             \
        for (test = unit_first; test; test = test->next) {                    \
            unit_failures = 0;                                                \
            test->run();                                                      \
            bad += unit_failures != 0;                                        \
            printf("%sok %u - %s\n", unit_failures ? "not " : "", ++no,       \
                   test->name);                                               \
            fflush(stdout);                                                   \
        }                                                                     \
        return bad != 0;                                                      \
    }


#endif /* WF_UNIT_H */
