
/* The store in memory: the cases of every store, then its faults. */

#include "store/store_memory.c"
#include "store_cases.h"


static void
world_begin(world_t *w)
{
    memset(w, 0, sizeof(world_t));
    w->type = &wf_store_memory;
    w->place = wf_memory_create();
    CHECK(w->place != NULL);
    CHECK_INT(w->type->open(w->place, 0, &w->epoch, &w->exec_no, &w->store,
                            &w->err), WF_STORE_OK);
    CHECK_INT(w->type->reader_open(w->place, 3, &w->reader, &w->err), WF_OK);
}


static void
world_end(world_t *w)
{
    w->type->reader_close(w->reader);
    w->type->close(w->store);
    wf_memory_free(w->place);
}


/* After a crash: new handles. */
static void
world_restart(world_t *w)
{
    CHECK_INT(reopen(w), WF_STORE_OK);
    w->type->reader_close(w->reader);
    CHECK_INT(w->type->reader_open(w->place, 3, &w->reader, &w->err), WF_OK);
}


STORE_CASES(STORE_CASE)


TEST(nth_append_fails)
{
    world_t          w;
    wf_store_unit_t  unit;

    world_begin(&w);
    wf_memory_fault(w.place, 0, 2, WF_MEMORY_FAIL, WF_STORE_FULL);

    unit = unit_new(1, 7, "a");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    unit = unit_new(2, 7, "b");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_FULL);
    CHECK_INT(find(&w, 7, "b"), WF_DECLINED);
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    CHECK_INT(find(&w, 7, "b"), WF_OK);
    CHECK_INT(wf_memory_appends(w.place, 0), 2);
    world_end(&w);
}


TEST(openings_fail)
{
    world_t  w;

    world_begin(&w);
    wf_memory_fail_open(w.place, 0, 2, WF_STORE_READONLY);
    CHECK_INT(reopen(&w), WF_STORE_READONLY);
    CHECK_INT(w.type->open(w.place, 0, &w.epoch, &w.exec_no, &w.store,
                           &w.err), WF_STORE_READONLY);
    CHECK_INT(w.type->open(w.place, 0, &w.epoch, &w.exec_no, &w.store,
                           &w.err), WF_STORE_OK);
    world_end(&w);
}


TEST(fence_from_outside)
{
    world_t          w;
    wf_store_unit_t  unit;

    world_begin(&w);
    wf_memory_fence(w.place, 0);
    unit = unit_new(1, 7, "a");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_FENCED);
    CHECK_INT(reopen(&w), WF_STORE_OK);
    CHECK_INT(w.epoch, 3);
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    world_end(&w);
}


TEST(crash_keeps_the_disk)
{
    world_t          w;
    wf_store_unit_t  unit;

    world_begin(&w);
    unit = unit_new(1, 7, "a");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    CHECK_INT(put_item(&w, 1, wf_str("k"), wf_str("v")), WF_STORE_OK);
    wf_memory_crash(w.place);

    CHECK_INT(put(&w, NULL, 0), WF_STORE_FAILED);
    CHECK_INT(find(&w, 7, "a"), WF_ERROR);
    CHECK_INT(w.type->scan_names(w.store, see_row, &seen, &w.err),
              WF_STORE_FAILED);

    world_restart(&w);
    CHECK_INT(w.epoch, 2);
    CHECK_INT(w.exec_no, 1);
    CHECK_INT(find(&w, 7, "a"), WF_OK);
    CHECK_SEEN("1/7/a s1 100-0 due 500 seq 1 [h][t]\n");
    scan_items(&w, 1);
    CHECK_SEEN("k=v;");
    world_end(&w);
}


TEST(torn_is_true_after_a_crash_only)
{
    world_t          w;
    wf_store_unit_t  unit;

    world_begin(&w);
    unit = unit_new(1, 7, "a");
    wf_memory_fault(w.place, 0, 1, WF_MEMORY_TEAR, WF_STORE_FAILED);
    CHECK_INT(put(&w, &unit, 1), WF_STORE_FAILED);
    CHECK_INT(find(&w, 7, "a"), WF_DECLINED);
    wf_memory_crash(w.place);
    world_restart(&w);
    CHECK_INT(w.exec_no, 1);
    CHECK_INT(find(&w, 7, "a"), WF_OK);

    /* one more commit before the crash, and it never was */
    unit = unit_new(2, 7, "b");
    wf_memory_fault(w.place, 0, 1, WF_MEMORY_TEAR, WF_STORE_FAILED);
    CHECK_INT(put(&w, &unit, 1), WF_STORE_FAILED);
    CHECK_INT(reopen(&w), WF_STORE_OK);
    CHECK_INT(w.exec_no, 1);
    wf_memory_crash(w.place);
    world_restart(&w);
    CHECK_INT(find(&w, 7, "b"), WF_DECLINED);

    /* what cannot be appended cannot be torn */
    wf_memory_fault(w.place, 0, 1, WF_MEMORY_TEAR, WF_STORE_FULL);
    unit = unit_new(1, 7, "again");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_FAILED);
    world_end(&w);
}


TEST(forgotten_with_all_that_follows)
{
    world_t          w;
    wf_store_unit_t  unit;

    world_begin(&w);
    unit = unit_new(1, 7, "a");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    wf_memory_fault(w.place, 0, 1, WF_MEMORY_FORGET, WF_STORE_OK);
    unit = unit_new(2, 7, "b");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    unit = unit_end(2, 7, 2);
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    CHECK_INT(find(&w, 7, "b"), WF_OK);

    wf_memory_crash(w.place);
    world_restart(&w);
    CHECK_INT(w.exec_no, 1);
    CHECK_INT(find(&w, 7, "a"), WF_OK);
    CHECK_INT(find(&w, 7, "b"), WF_DECLINED);

    unit = unit_new(2, 7, "b");
    CHECK_INT(put(&w, &unit, 1), WF_STORE_OK);
    wf_memory_crash(w.place);
    world_restart(&w);
    CHECK_INT(find(&w, 7, "b"), WF_OK);
    world_end(&w);
}


TEST(handles_may_be_left_behind)
{
    world_t  w;

    world_begin(&w);
    wf_memory_crash(w.place);
    wf_memory_free(w.place);
    wf_memory_free(NULL);
}


TEST(many_rows_grow)
{
    world_t          w;
    uint32_t         i;
    char             names[300][8];
    wf_store_unit_t  units[300];

    world_begin(&w);

    for (i = 0; i < 300; i++) {
        snprintf(names[i], sizeof(names[i]), "n%u", i);
        units[i] = unit_new(600 - i, 7, names[i]);      /* downwards */
        CHECK_INT(put_item(&w, 2, wf_str_of(names[i]), wf_str("")),
                  WF_STORE_OK);
    }

    CHECK_INT(put(&w, units, 300), WF_STORE_OK);
    wf_memory_crash(w.place);
    world_restart(&w);
    CHECK_INT(w.exec_no, 600);

    for (i = 0; i < 300; i++) {
        CHECK_INT(find(&w, 7, names[i]), WF_OK);
    }

    scan_items(&w, 2);
    CHECK_INT(seen.calls, 300);
    world_end(&w);
}


TEST(memory_runs_out_at_creation)
{
    uint64_t      n;
    wf_memory_t  *memory;

    for (n = 1, memory = NULL; memory == NULL; n++) {
        wf_arena_fail_after(n);
        memory = wf_memory_create();
        wf_arena_fail_after(0);
    }

    CHECK(n > 3);
    wf_memory_free(memory);
}


UNIT_MAIN()
