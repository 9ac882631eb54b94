
/* The worker's view of the catalogue. */

#include "unit.h"

#include "shard/cache.c"
#include "shard/catalog.c"
#include "shard/inside.h"
#include "shard_world.h"


typedef struct {
    wf_waiter_t     waiter;         /* first */
    uint32_t        woken;
    wf_rc_t         rc;
    wf_revision_t  *revision;
} sleeper_t;


static void
sleeper_wake(wf_waiter_t *waiter, wf_rc_t rc, wf_revision_t *revision,
    const wf_error_t *err, int64_t now_ms)
{
    sleeper_t  *sleeper;

    sleeper = (sleeper_t *) waiter;
    CHECK_INT(now_ms, world.now_ms);
    CHECK((rc == WF_ERROR) == (err != NULL));
    sleeper->woken++;
    sleeper->rc = rc;
    sleeper->revision = revision;
}


static sleeper_t
sleeper(void)
{
    return (sleeper_t) { .waiter.wake = sleeper_wake };
}


TEST(by_name)
{
    sleeper_t       a, b;
    wf_revision_t  *revision;
    uint64_t        flow_no;
    uint32_t        count;

    world_open();
    world_shard(0);
    flow_no = make_flow("flow", PASS);

    a = sleeper();
    b = sleeper();
    count = world.read_count;
    CHECK_INT(wf_catalog_flow(world.catalog, wf_str("flow"), NULL, &revision),
              WF_AGAIN);
    CHECK_INT(wf_catalog_flow(world.catalog, wf_str("flow"), &a.waiter,
                              &revision), WF_AGAIN);
    CHECK_INT(wf_catalog_flow(world.catalog, wf_str("flow"), &b.waiter,
                              &revision), WF_AGAIN);
    CHECK_INT(world.read_count, count + 1);
    world_settle();

    CHECK_INT(a.woken, 1);
    CHECK_INT(a.rc, WF_OK);
    CHECK_INT(b.rc, WF_OK);
    CHECK(a.revision == b.revision);
    CHECK_INT(a.revision->use_count, 2);
    CHECK_INT(a.revision->flow.flow_no, flow_no);
    CHECK(a.revision->program != NULL);

    CHECK_INT(wf_catalog_flow(world.catalog, wf_str("flow"), NULL, &revision),
              WF_OK);
    CHECK(revision == a.revision);
    wf_revision_release(revision);
    wf_revision_release(a.revision);
    wf_revision_release(b.revision);

    /* It is kept, unused. */

    CHECK_INT(world.catalog->cache.unused_count, 1);
    CHECK_INT(wf_catalog_revision(world.catalog, flow_no, 1, NULL, &revision),
              WF_OK);
    CHECK_INT(world.catalog->cache.unused_count, 0);
    wf_revision_release(revision);
    world_close();
}


TEST(absent_is_remembered_until_the_version_moves)
{
    sleeper_t       a;
    wf_revision_t  *revision;

    world_open();
    world_shard(0);
    world_settle();

    a = sleeper();
    CHECK_INT(wf_catalog_flow(world.catalog, wf_str("flow"), &a.waiter,
                              &revision), WF_AGAIN);
    world_settle();
    CHECK_INT(a.rc, WF_DECLINED);
    CHECK_INT(wf_catalog_flow(world.catalog, wf_str("flow"), NULL, &revision),
              WF_DECLINED);
    CHECK_INT(wf_catalog_flow(world.catalog, wf_str(""), NULL, &revision),
              WF_DECLINED);

    make_flow("flow", PASS);
    a = sleeper();
    CHECK_INT(wf_catalog_flow(world.catalog, wf_str("flow"), &a.waiter,
                              &revision), WF_AGAIN);
    world_settle();
    CHECK_INT(a.rc, WF_OK);
    wf_revision_release(a.revision);
    world_close();
}


TEST(unchanged_is_not_compiled_again)
{
    sleeper_t       a;
    wf_revision_t  *first, *revision;

    world_open();
    world_shard(0);
    make_flow("flow", PASS);

    a = sleeper();
    wf_catalog_flow(world.catalog, wf_str("flow"), &a.waiter, &revision);
    world_settle();
    first = a.revision;

    world.version++;
    a = sleeper();
    CHECK_INT(wf_catalog_flow(world.catalog, wf_str("flow"), &a.waiter,
                              &revision), WF_AGAIN);
    world_settle();
    CHECK(a.revision == first);
    wf_revision_release(a.revision);
    wf_revision_release(first);
    world_close();
}


TEST(update_makes_a_revision)
{
    sleeper_t       a;
    asked_t        *asked;
    uint64_t        flow_no;
    wf_revision_t  *first, *revision;

    world_open();
    world_shard(0);
    flow_no = make_flow("flow", PASS);

    a = sleeper();
    wf_catalog_flow(world.catalog, wf_str("flow"), &a.waiter, &revision);
    world_settle();
    first = a.revision;

    asked = ask_flow(WF_SUBMIT_FLOW_UPDATE, 8, (wf_flow_t) {
        .flow_no = flow_no, .revision = 1, .name = wf_str("flow"),
        .definition = wf_str(WAIT)
    });
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(asked->written.revision, 2);

    a = sleeper();
    CHECK_INT(wf_catalog_flow(world.catalog, wf_str("flow"), &a.waiter,
                              &revision), WF_AGAIN);
    world_settle();
    CHECK(a.revision != first);
    CHECK_INT(a.revision->flow.revision, 2);

    /* The old one is still there for those who run it. */

    CHECK_INT(wf_catalog_revision(world.catalog, flow_no, 1, NULL, &revision),
              WF_OK);
    CHECK(revision == first);
    wf_revision_release(revision);
    wf_revision_release(first);
    wf_revision_release(a.revision);
    world_close();
}


TEST(check_finds_the_deleted)
{
    sleeper_t       a, b;
    uint64_t        flow_no;
    wf_revision_t  *revision;

    world_open();
    world_shard(0);
    flow_no = make_flow("flow", PASS);

    a = sleeper();
    CHECK_INT(wf_catalog_revision(world.catalog, flow_no, 1, &a.waiter,
                                  &revision), WF_AGAIN);
    world_settle();
    CHECK_INT(a.rc, WF_OK);
    CHECK_INT(wf_catalog_check(world.catalog, a.revision, NULL), WF_OK);

    world.version++;
    b = sleeper();
    CHECK_INT(wf_catalog_check(world.catalog, a.revision, &b.waiter),
              WF_AGAIN);
    world_settle();
    CHECK_INT(b.rc, WF_OK);
    wf_revision_release(b.revision);

    ask_flow(WF_SUBMIT_FLOW_DELETE, 9, (wf_flow_t) {
        .flow_no = flow_no, .revision = 1, .name = wf_str("flow")
    });
    world_settle();
    b = sleeper();
    CHECK_INT(wf_catalog_check(world.catalog, a.revision, &b.waiter),
              WF_AGAIN);
    world_settle();
    CHECK_INT(b.rc, WF_DECLINED);
    CHECK_INT(wf_catalog_check(world.catalog, a.revision, NULL),
              WF_DECLINED);
    CHECK_INT(wf_catalog_revision(world.catalog, flow_no, 1, NULL, &revision),
              WF_DECLINED);
    wf_revision_release(a.revision);
    world_close();
}


TEST(cancelled_is_not_woken)
{
    sleeper_t       a, b, c;
    wf_revision_t  *revision;

    world_open();
    world_shard(0);
    make_flow("flow", PASS);
    a = sleeper();
    b = sleeper();
    c = sleeper();
    wf_catalog_flow(world.catalog, wf_str("flow"), &a.waiter, &revision);
    wf_catalog_flow(world.catalog, wf_str("flow"), &b.waiter, &revision);
    wf_catalog_flow(world.catalog, wf_str("flow"), &c.waiter, &revision);
    wf_catalog_cancel(&b.waiter);
    wf_catalog_cancel(&b.waiter);
    world_settle();
    CHECK_INT(a.woken, 1);
    CHECK_INT(b.woken, 0);
    CHECK_INT(c.woken, 1);
    wf_revision_release(a.revision);
    wf_revision_release(c.revision);
    world_close();
}


TEST(bad_definition_has_an_error)
{
    sleeper_t       a;
    wf_revision_t  *revision;

    world_open();
    world_shard(0);
    make_flow("flow", "type: nothing");
    a = sleeper();
    wf_catalog_flow(world.catalog, wf_str("flow"), &a.waiter, &revision);
    world_settle();
    CHECK_INT(a.rc, WF_OK);
    CHECK(a.revision->program == NULL);
    CHECK(a.revision->err != NULL);
    CHECK_INT(a.revision->err->code, WF_E_INVALID_ARGUMENT);
    wf_revision_release(a.revision);
    world_close();
}


TEST(held_outlives_the_catalogue)
{
    sleeper_t       a;
    wf_revision_t  *revision;

    world_open();
    world_shard(0);
    make_flow("flow", PASS);
    a = sleeper();
    wf_catalog_flow(world.catalog, wf_str("flow"), &a.waiter, &revision);
    world_settle();
    world_close();
    CHECK(a.revision->program != NULL);
    wf_revision_release(a.revision);
}


TEST(absent_names_are_bounded)
{
    char            name[16];
    uint32_t        i;
    sleeper_t       a;
    wf_revision_t  *revision;

    world_open();
    world_shard(0);
    world_settle();

    for (i = 0; i < ABSENT_MAX + 100; i++) {
        snprintf(name, sizeof(name), "n%u", i);
        a = sleeper();
        wf_catalog_flow(world.catalog, wf_str_of(name), &a.waiter, &revision);
        world_settle();
        CHECK_INT(a.rc, WF_DECLINED);
    }

    CHECK_INT(world.catalog->cache.absent_count, ABSENT_MAX);
    CHECK_INT(world.catalog->cache.entries.count, ABSENT_MAX);
    world_close();
}


/* The owner's side. */

TEST(owner_refuses)
{
    asked_t   *asked;
    uint64_t   flow_no;
    wf_flow_t  flow;

    world_open();
    world_shard(0);
    flow_no = make_flow("flow", PASS);
    flow = (wf_flow_t) { .name = wf_str("flow"), .definition = wf_str(PASS) };

    /* The same call again, and another one. */

    asked = ask_flow(WF_SUBMIT_FLOW_CREATE, 77, flow);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(asked->written.flow_no, flow_no);
    asked = ask_flow(WF_SUBMIT_FLOW_CREATE, 78, flow);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_FLOW_EXISTS);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_str("flow"));

    flow.flow_no = flow_no;
    flow.revision = 2;
    asked = ask_flow(WF_SUBMIT_FLOW_UPDATE, 79, flow);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_CONCURRENT_UPDATE);

    flow.revision = 1;
    asked = ask_flow(WF_SUBMIT_FLOW_UPDATE, 80, flow);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    asked = ask_flow(WF_SUBMIT_FLOW_UPDATE, 80, flow);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(asked->written.revision, 2);

    asked = ask_flow(WF_SUBMIT_FLOW_DELETE, 81, flow);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_CONCURRENT_UPDATE);

    flow.revision = 2;
    asked = ask_flow(WF_SUBMIT_FLOW_DELETE, 82, flow);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);

    asked = ask_flow(WF_SUBMIT_FLOW_DELETE, 83, flow);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_FLOW_NOT_FOUND);
    asked = ask_flow(WF_SUBMIT_FLOW_UPDATE, 84, flow);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_FLOW_NOT_FOUND);

    /* The name may be used again, the number may not. */

    CHECK(make_flow("flow", PASS) > flow_no);
    world_close();
}


TEST(owner_comes_back)
{
    uint64_t   flow_no;
    asked_t   *asked;

    world_open();
    world_shard(0);
    make_flow("a", PASS);
    flow_no = make_flow("b", PASS);
    ask_flow(WF_SUBMIT_FLOW_DELETE, 9, (wf_flow_t) {
        .flow_no = flow_no, .revision = 1, .name = wf_str("b")
    });
    world_settle();
    world_crash();
    world_shard(0);
    CHECK_INT(world.shards[0]->flows.count, 1);

    asked = ask_flow(WF_SUBMIT_FLOW_CREATE, 90, (wf_flow_t) {
        .name = wf_str("a")
    });
    world_settle();
    CHECK_INT(asked->err.code, WF_E_FLOW_EXISTS);
    CHECK_INT(make_flow("b", PASS), flow_no + 1);
    world_close();
}


TEST(number_of_flows_is_limited)
{
    char       name[16];
    asked_t   *asked;
    uint32_t   i;

    world_open();
    world_shard(0);

    for (i = 0; i < WF_FLOWS_MAX; i++) {
        snprintf(name, sizeof(name), "f%u", i);
        asked = ask_flow(WF_SUBMIT_FLOW_CREATE, i + 1, (wf_flow_t) {
            .name = kept(wf_str_of(name))
        });
    }

    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    asked = ask_flow(WF_SUBMIT_FLOW_CREATE, i + 1, (wf_flow_t) {
        .name = wf_str("one-more")
    });
    world_settle();
    CHECK_INT(asked->err.code, WF_E_THROTTLED);

    world.port.quota.flows = WF_FLOWS_MAX + 1;
    asked = ask_flow(WF_SUBMIT_FLOW_CREATE, i + 2, (wf_flow_t) {
        .name = wf_str("more")
    });
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    asked = ask_flow(WF_SUBMIT_FLOW_CREATE, i + 3, (wf_flow_t) {
        .name = wf_str("most")
    });
    world_settle();
    CHECK_INT(asked->err.code, WF_E_THROTTLED);
    world_close();
}


UNIT_MAIN()
