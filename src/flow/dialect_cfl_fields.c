
/*
 * Generation 2: the table of state fields (fdl.md 2.2, 2.4) and the mistakes
 * that are worth a word of help.
 */

#include "flow/dialect_cfl.h"


#define PASS      (1u << WF_STATE_PASS)
#define CHOICE    (1u << WF_STATE_CHOICE)
#define WAIT      (1u << WF_STATE_WAIT)
#define SUCCEED   (1u << WF_STATE_SUCCEED)
#define FAIL      (1u << WF_STATE_FAIL)
#define TASK      (1u << WF_STATE_TASK)
#define PARALLEL  (1u << WF_STATE_PARALLEL)
#define MAP       (1u << WF_STATE_MAP)
#define WORKS     (TASK | PARALLEL | MAP)
#define MOVES     (PASS | WAIT | WORKS)
#define ALL       (MOVES | CHOICE | SUCCEED | FAIL)

/* Name, kind, slot, state types that may have it, that need it, range. */
#define FIELD(name, kind, slot, allowed, required, min, max)                  \
    { wf_str_init(name), WF_FIELD_##kind, offsetof(wf_cfl_state_t, slot),     \
      allowed, required, min, max, NULL }
#define REFUSED(name, hint)                                                   \
    { wf_str_init(name), WF_FIELD_REFUSED, 0, ALL, 0, 0, 0,                   \
      "is not a field of this language; " hint }
#define LIST_MAX  WF_FIELD_LIST_MAX

static const wf_field_t  rows[] = {
    FIELD("Type", TEXT, type, ALL, ALL, 0, 0),
    FIELD("Name", TEXT, name, ALL, ALL, 0, 0),
    FIELD("Description", STRING, description, ALL, 0, 0, 0),
    FIELD("InputConstructor", OBJECT, input, ALL & ~FAIL, 0, 0, 0),
    FIELD("OutputConstructor", OBJECT, output, ALL & ~(FAIL | CHOICE), 0,
          0, 0),
    FIELD("GlobalConstructor", OBJECT, global, ALL & ~(FAIL | CHOICE), 0,
          0, 0),
    FIELD("Next", TEXT, next, MOVES, 0, 0, 0),
    FIELD("End", BOOL, end, MOVES | SUCCEED | FAIL, 0, 0, 0),
    FIELD("Retry", LIST, retry, WORKS, 0, 0, LIST_MAX),
    FIELD("Catch", LIST, catch, WORKS, 0, 0, LIST_MAX),
    FIELD("OnErrors", LIST, on_errors, WORKS, 0, 0, LIST_MAX),

    FIELD("Action", TEXT, action, TASK, TASK, 0, WF_RESOURCE_LEN_MAX),
    FIELD("TaskMode", STRING, task_mode, TASK, 0, 0, 0),
    FIELD("Parameters", OBJECT, params, TASK, 0, 0, 0),
    FIELD("Timeout", INT, timeout, TASK, 0, 0, WF_TIMEOUT_CFL_MAX),
    FIELD("Timeout.$", TEXT, timeout_path, TASK, 0, 0, 0),

    /* The range of Seconds depends on the mode. */
    FIELD("Seconds", INT, seconds, WAIT, 0, INT64_MIN, INT64_MAX),
    FIELD("Seconds.$", TEXT, seconds_path, WAIT, 0, 0, 0),
    FIELD("UntilDateTime", TEXT, until, WAIT, 0, 0, 0),
    FIELD("UntilDateTime.$", TEXT, until_path, WAIT, 0, 0, 0),

    FIELD("Code", STRING, code, FAIL, 0, 0, 0),
    FIELD("Code.$", TEXT, code_path, FAIL, 0, 0, 0),
    FIELD("Detail", STRING, detail, FAIL, 0, 0, 0),
    FIELD("Detail.$", TEXT, detail_path, FAIL, 0, 0, 0),

    FIELD("Branches", LIST, branches, CHOICE | PARALLEL, CHOICE | PARALLEL,
          1, LIST_MAX),
    FIELD("Default", TEXT, otherwise, CHOICE, CHOICE, 0, 0),

    FIELD("ItemsPath", TEXT, items, MAP, 0, 0, 0),
    FIELD("Processor", OBJECT, processor, MAP, MAP, 0, 0),
    FIELD("ItemProcessor", OBJECT, processor, MAP, 0, 0, 0),
    FIELD("ProcessorConfig", OBJECT, config, MAP, 0, 0, 0),
    /* The vendor's own spelling comes first; the range depends on the mode. */
    FIELD("MaxConcuccency", INT, concurrency, MAP, 0, INT64_MIN, INT64_MAX),
    FIELD("MaxConcurrency", INT, concurrency, MAP, 0, INT64_MIN, INT64_MAX),
    FIELD("ItemConstructor", OBJECT, item, MAP, 0, 0, 0),
    FIELD("ItemReader", OBJECT, reader, MAP, 0, 0, 0),
    FIELD("ItemBatcher", OBJECT, batcher, MAP, 0, 0, 0),
    FIELD("ResultWriter", OBJECT, writer, MAP, 0, 0, 0),
    FIELD("MaxItems", ANY, items_max, MAP, 0, 0, 0),
    FIELD("ToleratedFailurePercentage", ANY, tolerated_share, MAP, 0, 0, 0),
    FIELD("ToleratedFailedPercentage", ANY, tolerated_share, MAP, 0, 0, 0),
    FIELD("ToleratedFailureCount", ANY, tolerated_count, MAP, 0, 0, 0),
    FIELD("ToleratedFailedCount", ANY, tolerated_count, MAP, 0, 0, 0),

    REFUSED("TimeoutSeconds", "use 'Timeout'"),
    REFUSED("HeartbeatSeconds", "'Timeout' covers the wait for a callback"),
    REFUSED("Resource", "use 'Action'"),
    REFUSED("InputPath", "use 'InputConstructor'"),
    REFUSED("OutputPath", "use 'OutputConstructor'"),
    REFUSED("ResultPath", "use 'OutputConstructor'"),
    REFUSED("ResultSelector", "use 'OutputConstructor'"),
    REFUSED("ResultConstructor", "use 'OutputConstructor'"),
    REFUSED("Result", "use 'OutputConstructor'"),
    REFUSED("Choices", "use 'Branches'"),
    REFUSED("Iterator", "use 'Processor'"),
    REFUSED("Error", "use 'Code'"),
    REFUSED("Cause", "use 'Detail'"),
    REFUSED("Timestamp", "use 'UntilDateTime'")
};

const wf_fields_t  wf_cfl_state_fields = wf_table(rows);
