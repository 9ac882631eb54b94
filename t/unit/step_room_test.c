
/*
 * What an execution may hold, and when it moves what it holds: with limits so
 * small that little flows come to them.
 */

#include "base/limits.h"

#undef WF_EXEC_BYTES_MAX
#define WF_EXEC_BYTES_MAX  400000
#undef WF_EXEC_MOVED_BYTES_MAX
#define WF_EXEC_MOVED_BYTES_MAX  20000

#include "engine/step.c"
#include "engine_rig.h"


/* {"d": so many digits, "l": so many items} */
static const char *
input_make(wf_arena_t *arena, uint32_t digits, uint32_t items)
{
    uint32_t  i;
    wf_buf_t  buf;

    wf_buf_init(&buf, arena, 0);
    wf_buf_text(&buf, "{\"d\":[1");

    for (i = 1; i < digits; i++) {
        wf_buf_text(&buf, ",2");
    }

    wf_buf_text(&buf, "],\"l\":[0");

    for (i = 1; i < items; i++) {
        wf_buf_text(&buf, ",0");
    }

    wf_buf_text(&buf, "]}");
    wf_buf_byte(&buf, '\0');

    return (const char *) wf_buf_done(&buf).data;
}


/* Far from any other end of a turn. */
TEST(compaction_has_its_own_turn)
{
    rig_t        rig;
    uint32_t     i;
    wf_buf_t     text;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    wf_buf_init(&text, arena, 0);
    wf_buf_text(&text, "Type: StateMachine\nSpecVersion: v1\nName: t\n"
                       "StartAt: s0\nStates:\n");

    for (i = 0; i < 40; i++) {
        wf_buf_text(&text, "- {Type: Pass, Name: s");
        wf_buf_uint(&text, i);
        wf_buf_text(&text, ", OutputConstructor: {d.$: $Input.d}, Next: s");
        wf_buf_uint(&text, i + 1);
        wf_buf_text(&text, "}\n");
    }

    wf_buf_text(&text, "- {Type: Succeed, Name: s40}\n");

    rig_open(&rig, wf_buf_done(&text));
    CHECK(rig_start(&rig, input_make(arena, 200, 1)) == WF_OK);
    CHECK(rig.wants_continue);
    CHECK(rig.event_count < 160);
    CHECK(wf_exec_is_untidy(rig.exec));

    CHECK(rig_input(&rig, WF_INPUT_CONTINUE) == WF_OK);
    CHECK(rig.exec->live_bytes > 0);
    rig_run(&rig);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    rig_close(&rig);

    /* what is small does not wait */

    rig_open(&rig, wf_buf_done(&text));
    CHECK(rig_start(&rig, input_make(arena, 2, 1)) == WF_OK);
    CHECK(!rig.wants_continue);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    rig_close(&rig);
    wf_arena_free(arena);
}


TEST(more_than_one_may_hold)
{
    rig_t        rig;
    uint32_t     i;
    wf_arena_t  *arena;

    static const uint32_t  items[] = { 10, 100 };

    arena = wf_arena_create(0);

    for (i = 0; i < wf_countof(items); i++) {
        rig_open(&rig, wf_str(
            "Type: StateMachine\n"
            "SpecVersion: v1\n"
            "Name: t\n"
            "StartAt: A\n"
            "States:\n"
            "- Type: Map\n"
            "  Name: A\n"
            "  ItemsPath: $Input.l\n"
            "  Processor:\n"
            "    StartAt: p\n"
            "    States:\n"
            "    - Type: Pass\n"
            "      Name: p\n"
            "      OutputConstructor: {d.$: $Context.Execution.Input.d}\n"
            "      End: true\n"
            "  OutputConstructor: {n.$: length($Output.Items)}\n"
            "  Catch: [{Errors: [FnF.ALL, FnF.DataLimitExceeded], Next: Z}]\n"
            "  End: true\n"
            "- {Type: Succeed, Name: Z}\n"));
        CHECK(rig_start(&rig, input_make(arena, 200, items[i])) == WF_OK);
        rig_run(&rig);

        if (items[i] == 10) {
            CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);

        } else {
            CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
            CHECK_STR(rig.exec->error, wf_str("FnF.DataLimitExceeded"));
            CHECK_STR(rig.exec->error_cause,
                      wf_str("the execution holds more data than allowed"));
        }

        rig_close(&rig);
    }

    wf_arena_free(arena);
}


/* Many forks over the same items have them once. */
TEST(items_are_shared)
{
    rig_t                     rig;
    uint32_t                  i, count;
    wf_arena_t               *arena;
    const wf_value_t         *items;
    const wf_roster_entry_t  *entry;

    arena = wf_arena_create(0);

    rig_open(&rig, wf_str(
        "Type: StateMachine\n"
        "SpecVersion: v1\n"
        "Name: t\n"
        "StartAt: G\n"
        "States:\n"
        "- {Type: Pass, Name: G, GlobalConstructor: {l.$: $Input.l}, Next: A}\n"
        "- Type: Map\n"
        "  Name: A\n"
        "  ItemsPath: $Global.l\n"
        "  Processor:\n"
        "    StartAt: M\n"
        "    States:\n"
        "    - Type: Map\n"
        "      Name: M\n"
        "      ItemsPath: $Global.l\n"
        "      Processor:\n"
        "        StartAt: w\n"
        "        States:\n"
        "        - {Type: Wait, Name: w, Seconds: 1, Next: x}\n"
        "        - {Type: Pass, Name: x, OutputConstructor: {}, End: true}\n"
        "      OutputConstructor: {}\n"
        "      End: true\n"
        "  OutputConstructor: {}\n"
        "  End: true\n"));
    CHECK(rig_start(&rig, input_make(arena, 1, 10)) == WF_OK);

    while (rig.wants_continue) {
        CHECK(rig_input(&rig, WF_INPUT_CONTINUE) == WF_OK);
    }

    CHECK(wf_exec_compact(rig.exec) == WF_OK);
    items = rig.exec->branch.fork->items;
    count = 0;

    for (i = 0; i < rig.exec->branches.count; i++) {
        entry = &rig.exec->branches.entries[i];

        if (entry->branch && entry->branch->fork) {
            CHECK(entry->branch->fork->items == items);
            CHECK(entry->branch->fork->room >= 10);
            count++;
        }
    }

    CHECK_INT(count, 10);
    rig_run(&rig);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    rig_close(&rig);
    wf_arena_free(arena);
}


UNIT_MAIN()
