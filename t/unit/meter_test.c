
/*
 * The meter of expressions, alone and under the engine, with a clock that does
 * as the test says: what is late ends, what follows has its own budget.
 */

#include "expr/meter.c"

#include "machine_history.h"


#define MS  1000000


static rig_t     rig;
static uint64_t  now_ns = 1000 * MS;
static uint64_t  look_ns;           /* that pass with each look */
static unsigned  looks;


static uint64_t
fake_clock(void)
{
    looks++;
    now_ns += look_ns;

    return now_ns;
}


TEST(counts_without_a_clock)
{
    wf_meter_t  meter;

    memset(&meter, 0, sizeof(meter));
    CHECK(wf_meter_charge(&meter, WF_EXPR_STEPS_MAX));
    CHECK(!wf_meter_charge(&meter, 1));
    CHECK(!wf_meter_charge(&meter, 0));
    CHECK(!meter.is_late);
    CHECK_INT(wf_meter_renew(&meter), WF_EXPR_STEPS_MAX + 1);
    CHECK(wf_meter_charge(&meter, WF_EXPR_STEPS_MAX));

    meter = (wf_meter_t) { .steps_max = 100 };
    CHECK(wf_meter_charge(&meter, 100));
    CHECK(!wf_meter_charge(&meter, 1));
}


TEST(seldom_looks)
{
    unsigned    i;
    wf_meter_t  meter;

    meter = (wf_meter_t) { .clock = fake_clock };
    look_ns = 0;
    looks = 0;

    CHECK(wf_meter_charge(&meter, WF_EXPR_LOOK_STEPS));
    CHECK_INT(looks, 0);

    for (i = 0; i < 10 * WF_EXPR_LOOK_STEPS; i++) {
        CHECK(wf_meter_charge(&meter, 1));
    }

    CHECK(looks >= 9 && looks <= 11);

    /* Small states share what is between two looks. */

    meter = (wf_meter_t) { .clock = fake_clock };
    looks = 0;

    for (i = 0; i < 100; i++) {
        CHECK(wf_meter_charge(&meter, WF_EXPR_LOOK_STEPS / 50));
        CHECK(wf_meter_renew(&meter) >= WF_EXPR_LOOK_STEPS / 50);
    }

    CHECK(looks > 0 && looks < 100);
}


TEST(ends_what_is_late)
{
    wf_meter_t  meter;

    meter = (wf_meter_t) { .clock = fake_clock };
    look_ns = WF_EXPR_NS_MAX / 2;

    CHECK(wf_meter_charge(&meter, WF_EXPR_LOOK_STEPS + 1));
    CHECK(wf_meter_charge(&meter, WF_EXPR_LOOK_STEPS + 1));
    CHECK(!wf_meter_charge(&meter, 2 * WF_EXPR_LOOK_STEPS));
    CHECK(meter.is_late);

    /* Late is late, until the next state. */

    CHECK(!wf_meter_charge(&meter, 0));
    CHECK(wf_meter_renew(&meter) >= WF_EXPR_NS_MAX / WF_EXPR_STEP_PRICE);
    CHECK(wf_meter_charge(&meter, 1));

    /* What would take too long is not begun. */

    look_ns = 0;
    meter = (wf_meter_t) { .clock = fake_clock, .steps_max = 10000000 };
    CHECK(!wf_meter_charge(&meter, WF_EXPR_NS_MAX / WF_EXPR_STEP_PRICE
                                   + 2 * WF_EXPR_LOOK_STEPS));
    CHECK(meter.is_late);
}


/* The machine until it is over; how often it yielded. */
static unsigned
run(const char *definition, wf_clock_pt clock)
{
    unsigned    yielded;
    wf_input_t  input;

    rig_open(&rig, wf_str_of(definition));
    rig.identity.flow_name = wf_str("sfn/us-east-1/123456789012/m");
    input = rig_start_input(&rig, "{}");
    input.clock = clock;
    CHECK(rig_submit(&rig, &input) == WF_OK);

    for (yielded = 0; rig.wants_continue && yielded < 1000; yielded++) {
        input = (wf_input_t) {
            .type = WF_INPUT_CONTINUE, .now_ms = rig.now_ms,
            .random_seed = rig.seed, .clock = clock
        };
        CHECK(rig_submit(&rig, &input) == WF_OK);
    }

    return yielded;
}


#define FAILS_AND_IS_CAUGHT                                                   \
    "{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"M\",\"States\":{\"M\":{"    \
    "\"Type\":\"Map\",\"End\":true,\"Items\":\"{% [1] %}\","                  \
    "\"ItemProcessor\":{\"StartAt\":\"P\",\"States\":{\"P\":{"                \
    "\"Type\":\"Pass\",\"Output\":\"{% ($f:=function($x){$f($x)};$f(1)) %}\"," \
    "\"End\":true}}},"                                                        \
    "\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"Output\":"                \
    "\"{% $sum([1..1000]) & $states.errorOutput.Error %}\","                  \
    "\"Next\":\"S\"}]},\"S\":{\"Type\":\"Succeed\"}}}"

#define ITEMS_FAIL                                                            \
    "{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"M\",\"States\":{\"M\":{"    \
    "\"Type\":\"Map\",\"End\":true,"                                          \
    "\"Items\":\"{% ($f:=function($x){$f($x)};$f(1)) %}\","                   \
    "\"ItemProcessor\":{\"StartAt\":\"P\",\"States\":{\"P\":{"                \
    "\"Type\":\"Succeed\"}}},"                                                \
    "\"Catch\":[{\"ErrorEquals\":[\"States.QueryEvaluationError\"],"          \
    "\"Output\":\"{% $sum([1..1000]) %}\",\"Next\":\"S\"}]},"                 \
    "\"S\":{\"Type\":\"Succeed\"}}}"


/* The catcher of what took too much has a budget of its own. */
TEST(catchers_budget)
{
    (void) run(ITEMS_FAIL, NULL);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    CHECK_INT(rig.exec->output->u.number.integer, 500500);
    rig_close(&rig);

    (void) run(FAILS_AND_IS_CAUGHT, NULL);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    CHECK_STR(rig.exec->output->u.string,
              wf_str("500500States.QueryEvaluationError"));
    rig_close(&rig);

    look_ns = WF_EXPR_NS_MAX / 4;
    (void) run(ITEMS_FAIL, fake_clock);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    CHECK_INT(rig.exec->output->u.number.integer, 500500);
    rig_close(&rig);
}


#define BUSY  "\"{% $sum([1..20000].($ * 2)) %}\""
#define TWO_BUSY                                                              \
    "{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"A\",\"States\":{"           \
    "\"A\":{\"Type\":\"Pass\",\"Output\":" BUSY ",\"Next\":\"B\"},"           \
    "\"B\":{\"Type\":\"Pass\",\"Output\":" BUSY ",\"End\":true}}}"


/* By its work it is allowed, by its time it is not; either is recorded. */
TEST(time_is_a_failure_of_the_expression)
{
    wf_str_t  end;

    CHECK(run(TWO_BUSY, NULL) > 0);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    rig_close(&rig);

    look_ns = 1000;
    CHECK(run(TWO_BUSY, fake_clock) > 0);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    rig_close(&rig);

    look_ns = WF_EXPR_NS_MAX / 4;
    (void) run(TWO_BUSY, fake_clock);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    CHECK_STR(rig.exec->error, wf_str("States.QueryEvaluationError"));
    end = wf_str("D1012: Evaluation took more work than is allowed. Check for "
                 "infinite loop");
    CHECK(rig.exec->error_cause.len > end.len);
    CHECK_STR(((wf_str_t) { end.len, rig.exec->error_cause.data
                                     + rig.exec->error_cause.len - end.len }),
              end);
    rig_close(&rig);
}


#define MANY                                                                  \
    "{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"M\",\"States\":{\"M\":{"    \
    "\"Type\":\"Map\",\"End\":true,\"Items\":\"{% [1..50] %}\","              \
    "\"ItemSelector\":{\"n\":\"{% $sum([1..1000]) %}\"},"                     \
    "\"ItemProcessor\":{\"StartAt\":\"P\",\"States\":{\"P\":{"                \
    "\"Type\":\"Pass\",\"Output\":\"{% $states.input.n %}\","                 \
    "\"End\":true}}}}}}"


/* What takes longer than its price yields sooner. */
TEST(slow_work_yields)
{
    unsigned  yielded;

    yielded = run(MANY, NULL);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    rig_close(&rig);

    look_ns = 300000;
    CHECK(run(MANY, fake_clock) > 2 * yielded + 5);
    CHECK_INT(rig.exec->status, WF_STATUS_SUCCEEDED);
    rig_close(&rig);
}


#define RUN(more)                                                             \
    "{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"M\",\"States\":{\"M\":{"    \
    "\"Type\":\"Map\",\"End\":true,\"Items\":\"{% [1..300] %}\","             \
    "\"MaxConcurrency\":7,\"Label\":\"L\","                                   \
    "\"ItemSelector\":{\"n\":\"{% $states.context.Map.Item.Value + " more        \
    " %}\"},"                                                                 \
    "\"ItemProcessor\":{\"ProcessorConfig\":{\"Mode\":\"DISTRIBUTED\","       \
    "\"ExecutionType\":\"STANDARD\"},\"StartAt\":\"P\",\"States\":{\"P\":{"   \
    "\"Type\":\"Pass\",\"End\":true}}}}}}"


/* A selector has a budget for each item, and the turn ends in between. */
TEST(selectors_yield)
{
    unsigned  yielded;

    yielded = run(RUN("1"), NULL);
    CHECK_INT(rig.exec->status, WF_STATUS_RUNNING);
    CHECK_INT(rig.call_count, 7);
    rig_close(&rig);

    look_ns = 400000;
    CHECK(run(RUN("1"), fake_clock) > yielded + 5);
    CHECK_INT(rig.exec->status, WF_STATUS_RUNNING);
    CHECK_INT(rig.call_count, 7);
    CHECK_INT(rig.exec->tasks.entries[6].branch->fork->count, 300);
    CHECK(rig.exec->making == NULL);
    CHECK_STR(rig.last_params, wf_str("{\"n\":8}"));
    rig_close(&rig);

    /* What fails, fails as a whole, and leaves nothing behind. */

    CHECK(run(RUN("($states.context.Map.Item.Value = 290 ? 'x' : 1)"),
              fake_clock)
          > 5);
    CHECK_INT(rig.exec->status, WF_STATUS_FAILED);
    CHECK_STR(rig.exec->error, wf_str("States.QueryEvaluationError"));
    CHECK(rig.exec->making == NULL);
    rig_close(&rig);
}


UNIT_MAIN()
