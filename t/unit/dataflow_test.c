
/*
 * Limits of values: what both dialects ask before anything is recorded.
 */

#include "engine/dataflow.c"
#include "base/json.h"
#include "engine_rig.h"


static wf_value_t *
nested(wf_arena_t *arena, unsigned levels)
{
    wf_value_t  *value, *outer;

    value = wf_value_int(arena, 1);

    while (levels-- != 0) {
        outer = levels % 2 ? wf_value_array(arena, 1)
                           : wf_value_object(arena, 1);

        if (outer->type == WF_ARRAY) {
            CHECK(wf_value_push(arena, outer, value) == WF_OK);
        } else {
            CHECK(wf_value_set(arena, outer, wf_str("k"), value) == WF_OK);
        }

        value = outer;
    }

    return value;
}


/* What passes can be read again, what does not could not. */
TEST(depth)
{
    wf_run_t     run;
    wf_buf_t     buf;
    wf_error_t   err;
    wf_value_t  *value, *again;

    memset(&run, 0, sizeof(run));
    run.scratch = wf_arena_create(0);
    run.err = &err;
    run.dataflow = &wf_dataflow_cfl;

    value = nested(run.scratch, WF_DEPTH_MAX);
    CHECK(wf_dataflow_check(&run, value, "x") == WF_OK);
    wf_buf_init(&buf, run.scratch, 0);
    wf_json_print(&buf, value);
    CHECK(wf_json_parse(run.scratch, wf_buf_done(&buf), &again, &err)
          == WF_OK);

    value = nested(run.scratch, WF_DEPTH_MAX + 1);
    CHECK(wf_dataflow_check(&run, value, "x") == WF_DECLINED);
    CHECK_STR(run.error, wf_str("FnF.DataLimitExceeded"));
    CHECK_STR(run.cause, wf_str("x nests deeper than 100 levels"));
    wf_buf_init(&buf, run.scratch, 0);
    wf_json_print(&buf, value);
    CHECK(wf_json_parse(run.scratch, wf_buf_done(&buf), &again, &err)
          == WF_ERROR);

    wf_arena_fail_after(1);
    CHECK(wf_dataflow_check(&run, value, "x") == WF_ERROR);
    wf_arena_fail_after(0);
    CHECK_INT(err.code, WF_E_INTERNAL);
    wf_arena_free(run.scratch);
}


TEST(limit)
{
    wf_run_t    run;
    wf_error_t  err;

    memset(&run, 0, sizeof(run));
    run.scratch = wf_arena_create(0);
    run.err = &err;
    run.dataflow = &wf_dataflow_cfl;

    CHECK(wf_dataflow_limit(&run, 10, 10, "output") == WF_OK);
    CHECK(wf_dataflow_limit(&run, 11, 10, "output") == WF_DECLINED);
    CHECK_STR(run.error, wf_str("FnF.DataLimitExceeded"));
    CHECK_STR(run.cause,
              wf_str("output: 11 bytes, more than 10 are not allowed"));
    wf_arena_free(run.scratch);
}


/* Exactly the limit of generation 1, then a byte more. */
TEST(exact)
{
    rig_t     rig;
    size_t    len;
    uint8_t  *bytes;

    rig_open(&rig, wf_str(
        "version: v1\ntype: flow\nsteps:\n- {type: pass, name: a}\n"));
    bytes = wf_arena_alloc(rig.arena, WF_DATA_BYTES_FDL + 16);

    /* {"v":"..."} of 32768 bytes; the output is {} and has two more */

    for (len = WF_DATA_BYTES_FDL - 10; len <= WF_DATA_BYTES_FDL - 9; len++) {
        memset(bytes, 'x', WF_DATA_BYTES_FDL + 16);
        memcpy(bytes, "{\"v\":\"", 6);
        memcpy(bytes + len, "\"}", 3);
        wf_exec_free(rig.exec);
        rig_new_exec(&rig);
        rig_start(&rig, (const char *) bytes);
        CHECK_INT(wf_json_size(rig.exec->input), len + 2);
        CHECK_INT(rig.exec->status,
                  len + 2 + 2 <= WF_DATA_BYTES_FDL ? WF_STATUS_SUCCEEDED
                                                   : WF_STATUS_FAILED);
    }

    rig_close(&rig);
}


UNIT_MAIN()
