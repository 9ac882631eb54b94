
/* Versions and aliases as their owner decides about them. */

#include "unit.h"

#include "shard/publish.c"
#include "shard_world.h"


static uint64_t  flow_no;


static void
opened(void)
{
    world_open();
    world_shard(0);
    flow_no = make_flow("flow", PASS);
}


static void
reopened(void)
{
    world_crash();
    world_shard(0);
}


static asked_t *
asked_of(wf_submit_type_t type, uint64_t key)
{
    asked_t  *asked;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit.type = type;
    asked->submit.key = key;
    asked->submit.flow_no = flow_no;
    asked->submit.flow_name = wf_str("flow");
    asked->submit.done = asked_done;

    return asked;
}


static asked_t *
submitted(asked_t *asked)
{
    wf_shard_submit(world.shards[0], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->done, 1);

    return asked;
}


static asked_t *
version_asked(wf_submit_type_t type, uint64_t key, uint64_t number)
{
    asked_t  *asked;

    asked = asked_of(type, key);
    asked->submit.published = wf_arena_calloc(world.arena,
                                              sizeof(wf_flow_version_t));
    asked->submit.published->version = number;
    asked->submit.published->description = wf_str("about");
    asked->submit.published->created_ms = world.now_ms;

    return asked;
}


static asked_t *
publish(uint64_t key)
{
    return submitted(version_asked(WF_SUBMIT_VERSION_PUBLISH, key, 0));
}


/* The number; 0: refused. */
static uint64_t
published(uint64_t key)
{
    asked_t  *asked;

    asked = publish(key);

    return asked->err.code == WF_E_NONE ? asked->submit.published->version
                                        : 0;
}


static asked_t *
drop(uint64_t key, uint64_t number)
{
    return submitted(version_asked(WF_SUBMIT_VERSION_DELETE, key, number));
}


/* seen: the key of the write that was seen. */
static asked_t *
alias_asked(wf_submit_type_t type, uint64_t key, const char *name,
    uint64_t seen)
{
    asked_t  *asked;

    asked = asked_of(type, key);
    asked->submit.alias = wf_arena_calloc(world.arena,
                                          sizeof(wf_flow_alias_t));
    *asked->submit.alias = (wf_flow_alias_t) {
        .flow_no = flow_no, .request_key = seen, .name = wf_str_of(name),
        .description = wf_str("about"), .routes = { { 1, 0, 30 } },
        .route_count = 1, .created_ms = world.now_ms
    };

    return asked;
}


static asked_t *
alias_ask(wf_submit_type_t type, uint64_t key, const char *name,
    uint64_t seen)
{
    return submitted(alias_asked(type, key, name, seen));
}


static asked_t *
alias_both(wf_submit_type_t type, uint64_t key, uint64_t seen,
    uint64_t second)
{
    asked_t  *asked;

    asked = alias_asked(type, key, "prod", seen);
    asked->submit.alias->routes[1] = (wf_flow_route_t) { second, 0, 70 };
    asked->submit.alias->route_count = 2;

    return submitted(asked);
}


static void
update_flow(uint64_t revision)
{
    asked_t  *asked;

    asked = ask_flow(WF_SUBMIT_FLOW_UPDATE, 1000 + revision, (wf_flow_t) {
        .flow_no = flow_no, .revision = revision, .name = wf_str("flow"),
        .definition = wf_str(WAIT)
    });
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
}


/*
 * The store
 */

static wf_str_t  item_value;


static wf_rc_t
see_item(void *data, wf_str_t key, wf_str_t value)
{
    uint32_t  *count;

    (void) key;
    count = data;
    (*count)++;
    item_value = kept(value);

    return WF_OK;
}


static uint32_t
items_of(uint8_t kind)
{
    uint32_t    count;
    wf_error_t  err;

    count = 0;
    CHECK_INT(wf_store_memory.items(world.reader, kind, wf_str(""), 10000,
                                    see_item, &count, &err), WF_OK);

    return count;
}


static wf_flow_version_t
stored_version(uint64_t number)
{
    uint32_t            count;
    wf_buf_t            key;
    wf_error_t          err;
    wf_flow_version_t   version;

    memset(&version, 0, sizeof(version));
    wf_buf_init(&key, world.arena, 16);
    wf_version_key(&key, flow_no, number);
    count = 0;
    wf_store_memory.item(world.reader, WF_ITEM_VERSION, wf_buf_done(&key),
                         see_item, &count, &err);

    if (count) {
        CHECK_INT(wf_version_decode(item_value, &version), WF_OK);
    }

    return version;
}


static wf_flow_alias_t
stored_alias(const char *name)
{
    uint32_t          count;
    wf_buf_t          key;
    wf_error_t        err;
    wf_flow_alias_t   alias;

    memset(&alias, 0, sizeof(alias));
    wf_buf_init(&key, world.arena, 16);
    wf_alias_key(&key, flow_no, wf_str_of(name));
    count = 0;
    wf_store_memory.item(world.reader, WF_ITEM_ALIAS, wf_buf_done(&key),
                         see_item, &count, &err);

    if (count) {
        CHECK_INT(wf_alias_decode(item_value, &alias), WF_OK);
    }

    return alias;
}


TEST(numbers_grow_and_stay)
{
    wf_flow_version_t  version;

    opened();
    CHECK_INT(published(1), 1);
    CHECK_INT(published(2), 2);
    update_flow(1);
    CHECK_INT(published(3), 3);

    version = stored_version(2);
    CHECK_INT(version.version, 2);
    CHECK_INT(version.revision, 1);
    CHECK_INT(version.flow_no, flow_no);
    CHECK_INT(version.request_key, 2);
    CHECK_STR(version.description, wf_str("about"));
    CHECK_INT(stored_version(3).revision, 2);

    /* A deleted number is not used again, also after a crash. */

    CHECK_INT(drop(4, 3)->err.code, WF_E_NONE);
    CHECK_INT(stored_version(3).version, 0);
    CHECK_INT(published(5), 4);
    CHECK_INT(drop(6, 4)->err.code, WF_E_NONE);
    reopened();
    CHECK_INT(published(7), 5);
    CHECK_INT(items_of(WF_ITEM_VERSION), 3);
    world_close();
}


TEST(versions_refused)
{
    asked_t  *asked;

    opened();
    asked = drop(1, 1);
    CHECK_INT(asked->err.code, WF_E_FLOW_VERSION_NOT_FOUND);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_str("1"));
    CHECK_STR(wf_error_arg(&asked->err, 1), wf_str("flow"));

    /* The flow that was seen has gone; another has its name, or none. */

    asked = version_asked(WF_SUBMIT_VERSION_PUBLISH, 2, 0);
    asked->submit.flow_no = flow_no + 1;
    CHECK_INT(submitted(asked)->err.code, WF_E_CONCURRENT_UPDATE);
    asked = version_asked(WF_SUBMIT_VERSION_PUBLISH, 2, 0);
    asked->submit.flow_name = wf_str("none");
    asked = submitted(asked);
    CHECK_INT(asked->err.code, WF_E_FLOW_NOT_FOUND);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_str("none"));

    /* A deletion that may have been done before is done. */

    asked = version_asked(WF_SUBMIT_VERSION_DELETE, 3, 1);
    asked->submit.flow_name = wf_str("none");
    asked->submit.is_repeat = true;
    CHECK_INT(submitted(asked)->err.code, WF_E_NONE);

    CHECK_INT(items_of(WF_ITEM_VERSION), 0);
    world_close();
}


TEST(versions_are_limited)
{
    uint32_t  i;

    opened();

    for (i = 0; i < WF_VERSIONS_MAX; i++) {
        CHECK_INT(published(i + 1), i + 1);
    }

    CHECK_INT(publish(5000)->err.code, WF_E_THROTTLED);
    CHECK_INT(published(7), 7);
    CHECK_INT(drop(5001, 500)->err.code, WF_E_NONE);
    CHECK_INT(published(5002), WF_VERSIONS_MAX + 1);
    world_close();
}


TEST(repeated_calls_find_their_work)
{
    asked_t  *asked;

    opened();
    CHECK_INT(published(1), 1);
    CHECK_INT(published(1), 1);
    CHECK_INT(published(2), 2);
    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_CREATE, 3, "prod", 0)->err.code,
              WF_E_NONE);

    reopened();
    CHECK_INT(published(1), 1);
    CHECK_INT(published(2), 2);
    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_CREATE, 3, "prod", 0)->err.code,
              WF_E_NONE);
    CHECK_INT(items_of(WF_ITEM_VERSION), 2);

    /* Someone has deleted it since; the number stays the answer. */

    CHECK_INT(drop(4, 2)->err.code, WF_E_NONE);
    CHECK_INT(published(2), 2);
    CHECK_INT(items_of(WF_ITEM_VERSION), 1);

    asked = version_asked(WF_SUBMIT_VERSION_DELETE, 4, 2);
    asked->submit.is_repeat = true;
    CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
    CHECK_INT(drop(5, 2)->err.code, WF_E_FLOW_VERSION_NOT_FOUND);

    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_UPDATE, 6, "prod", 3)->err.code,
              WF_E_NONE);
    reopened();
    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_UPDATE, 6, "prod", 3)->err.code,
              WF_E_NONE);
    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_DELETE, 7, "prod", 6)->err.code,
              WF_E_NONE);
    asked = alias_asked(WF_SUBMIT_ALIAS_DELETE, 7, "prod", 6);
    asked->submit.is_repeat = true;
    CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
    CHECK_INT(items_of(WF_ITEM_ALIAS), 0);
    world_close();
}


TEST(aliases)
{
    asked_t          *asked;
    wf_flow_alias_t   alias;

    opened();

    asked = alias_ask(WF_SUBMIT_ALIAS_CREATE, 1, "prod", 0);
    CHECK_INT(asked->err.code, WF_E_FLOW_VERSION_NOT_FOUND);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_str("1"));
    published(2);
    update_flow(1);
    published(3);
    asked = alias_both(WF_SUBMIT_ALIAS_CREATE, 4, 0, 3);
    CHECK_INT(asked->err.code, WF_E_FLOW_VERSION_NOT_FOUND);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_str("3"));
    CHECK_INT(items_of(WF_ITEM_ALIAS), 0);

    CHECK_INT(alias_both(WF_SUBMIT_ALIAS_CREATE, 5, 0, 2)->err.code,
              WF_E_NONE);
    alias = stored_alias("prod");
    CHECK_INT(alias.request_key, 5);
    CHECK_INT(alias.route_count, 2);
    CHECK_INT(alias.routes[0].version, 1);
    CHECK_INT(alias.routes[0].revision, 1);
    CHECK_INT(alias.routes[0].weight, 30);
    CHECK_INT(alias.routes[1].version, 2);
    CHECK_INT(alias.routes[1].revision, 2);
    CHECK_INT(alias.routes[1].weight, 70);

    asked = alias_ask(WF_SUBMIT_ALIAS_CREATE, 6, "prod", 0);
    CHECK_INT(asked->err.code, WF_E_FLOW_ALIAS_EXISTS);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_str("prod"));
    CHECK_STR(wf_error_arg(&asked->err, 1), wf_str("flow"));

    /* Who changes it has seen the last write. */

    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_UPDATE, 7, "prod", 4)->err.code,
              WF_E_CONCURRENT_UPDATE);
    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_DELETE, 8, "prod", 4)->err.code,
              WF_E_CONCURRENT_UPDATE);
    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_UPDATE, 9, "none", 5)->err.code,
              WF_E_FLOW_ALIAS_NOT_FOUND);
    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_DELETE, 10, "none", 5)->err.code,
              WF_E_FLOW_ALIAS_NOT_FOUND);

    asked = alias_ask(WF_SUBMIT_ALIAS_UPDATE, 11, "prod", 5);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK_INT(asked->submit.alias->request_key, 5);     /* as it was given */
    CHECK_INT(stored_alias("prod").route_count, 1);
    CHECK_INT(stored_alias("prod").request_key, 11);

    reopened();
    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_DELETE, 12, "prod", 5)->err.code,
              WF_E_CONCURRENT_UPDATE);
    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_DELETE, 13, "prod", 11)->err.code,
              WF_E_NONE);
    CHECK_INT(items_of(WF_ITEM_ALIAS), 0);
    world_close();
}


TEST(a_version_in_use_stays)
{
    asked_t  *asked;

    opened();
    published(1);
    published(2);
    alias_both(WF_SUBMIT_ALIAS_CREATE, 3, 0, 2);

    asked = drop(4, 2);
    CHECK_INT(asked->err.code, WF_E_FLOW_VERSION_IN_USE);
    CHECK_STR(wf_error_arg(&asked->err, 0), wf_str("2"));
    CHECK_STR(wf_error_arg(&asked->err, 1),
              wf_str("flow' is used by alias 'prod"));
    reopened();
    CHECK_INT(drop(5, 2)->err.code, WF_E_FLOW_VERSION_IN_USE);
    CHECK_INT(drop(6, 1)->err.code, WF_E_FLOW_VERSION_IN_USE);

    alias_ask(WF_SUBMIT_ALIAS_UPDATE, 7, "prod", 3);
    CHECK_INT(drop(8, 2)->err.code, WF_E_NONE);
    CHECK_INT(drop(9, 1)->err.code, WF_E_FLOW_VERSION_IN_USE);
    alias_ask(WF_SUBMIT_ALIAS_DELETE, 10, "prod", 7);
    CHECK_INT(drop(11, 1)->err.code, WF_E_NONE);
    world_close();
}


TEST(aliases_are_limited)
{
    uint32_t  i;
    char      names[WF_ALIASES_MAX + 1][8];

    opened();
    published(1);

    for (i = 0; i <= WF_ALIASES_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "a%u", i);
        CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_CREATE, 10 + i, names[i], 0)
                  ->err.code,
                  i < WF_ALIASES_MAX ? WF_E_NONE : WF_E_THROTTLED);
    }

    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_DELETE, 9, names[5], 15)->err.code,
              WF_E_NONE);
    CHECK_INT(alias_ask(WF_SUBMIT_ALIAS_CREATE, 8, names[100], 0)->err.code,
              WF_E_NONE);
    world_close();
}


TEST(a_flow_takes_them_along)
{
    uint64_t  first, other;

    opened();
    published(1);
    published(2);
    alias_ask(WF_SUBMIT_ALIAS_CREATE, 3, "prod", 0);
    first = flow_no;

    /* Another one's stay. */

    other = flow_no = make_flow("other", PASS);
    {
        asked_t  *asked;

        asked = version_asked(WF_SUBMIT_VERSION_PUBLISH, 4, 0);
        asked->submit.flow_name = wf_str("other");
        CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
    }

    ask_flow(WF_SUBMIT_FLOW_DELETE, 9, (wf_flow_t) {
        .flow_no = first, .revision = 1, .name = wf_str("flow")
    });
    world_settle();
    CHECK_INT(items_of(WF_ITEM_VERSION), 1);
    CHECK_INT(items_of(WF_ITEM_ALIAS), 0);
    CHECK_INT(items_of(WF_ITEM_COUNTER), 2);

    /* The next of that name begins anew. */

    flow_no = make_flow("flow", PASS);
    CHECK_INT(published(10), 1);
    reopened();
    CHECK_INT(published(11), 2);
    flow_no = other;
    CHECK_INT(stored_version(1).flow_no, other);
    world_close();
}


/* Numbers beyond a byte come back in order, whatever the flow. */
TEST(many_flows_come_back)
{
    uint32_t  i, k;
    char      name[16];
    asked_t  *asked;
    uint64_t  numbers[300];

    world_open();
    world_shard(0);

    for (i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "f%u", 299 - i);
        numbers[299 - i] = make_flow(name, PASS);
    }

    for (i = 0; i < 300; i++) {
        for (k = 0; k < i % 3; k++) {
            flow_no = numbers[i];
            asked = version_asked(WF_SUBMIT_VERSION_PUBLISH,
                                  1 + 10 * i + k, 0);
            snprintf(name, sizeof(name), "f%u", i);
            asked->submit.flow_name = kept(wf_str_of(name));
            CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
        }
    }

    reopened();

    for (i = 0; i < 300; i++) {
        flow_no = numbers[i];
        asked = version_asked(WF_SUBMIT_VERSION_PUBLISH, 5000 + i, 0);
        snprintf(name, sizeof(name), "f%u", i);
        asked->submit.flow_name = kept(wf_str_of(name));
        CHECK_INT(submitted(asked)->err.code, WF_E_NONE);
        CHECK_INT(asked->submit.published->version, i % 3 + 1);
    }

    world_close();
}


/* Memory runs out at every place of every decision: it is done, or the giver
 * may ask again; never both half. */
TEST(without_memory)
{
    uint32_t   kind;
    uint64_t   n;
    asked_t   *asked;

    for (kind = 0; kind < 6; kind++) {
        for (n = 1; n < 20; n++) {
            opened();
            published(1);
            published(2);
            alias_ask(WF_SUBMIT_ALIAS_CREATE, 3, "prod", 0);

            asked = kind == 0 ? version_asked(WF_SUBMIT_VERSION_PUBLISH, 4, 0)
                  : kind == 1 ? version_asked(WF_SUBMIT_VERSION_DELETE, 4, 2)
                  : kind == 2 ? alias_asked(WF_SUBMIT_ALIAS_CREATE, 4, "b", 0)
                  : kind == 3 ? alias_asked(WF_SUBMIT_ALIAS_UPDATE, 4, "prod",
                                            3)
                  : kind == 4 ? alias_asked(WF_SUBMIT_ALIAS_DELETE, 4, "prod",
                                            3)
                  : version_asked(WF_SUBMIT_VERSION_DELETE, 4, 1);

            wf_arena_fail_after(n);
            wf_shard_submit(world.shards[0], &asked->submit, world.now_ms);
            wf_shard_turn(world.shards[0], world.now_ms);
            wf_arena_fail_after(0);
            world_settle();
            CHECK_INT(asked->done, 1);

            if (world.shards[0] == NULL) {
                world_shard(0);
            }

            if (asked->err.code != WF_E_NONE && kind != 5) {
                CHECK(wf_error_retryable(asked->err.code));
                asked->submit.is_repeat = true;
                asked->done = 0;
                submitted(asked);
                CHECK_INT(asked->err.code, WF_E_NONE);
            }

            CHECK_INT(items_of(WF_ITEM_VERSION), kind == 0 ? 3
                                                 : kind == 1 ? 1 : 2);
            CHECK_INT(items_of(WF_ITEM_ALIAS), kind == 2 ? 2
                                               : kind == 4 ? 0 : 1);
            reopened();
            CHECK_INT(published(50), kind == 0 ? 4 : 3);
            world_close();
        }
    }
}


/* What a crash leaves is all or nothing, and it is opened without memory for
 * it, or not at all. */
TEST(opened_without_memory)
{
    uint64_t        n;
    wf_store_t     *store;
    wf_shard_t     *shard;
    wf_recovery_t  *recovery;

    opened();
    published(1);
    published(2);
    published(3);
    alias_ask(WF_SUBMIT_ALIAS_CREATE, 3, "prod", 0);
    alias_ask(WF_SUBMIT_ALIAS_CREATE, 4, "test", 0);
    world_crash();

    for (n = 1; n < 60; n++) {
        wf_arena_fail_after(n);
        recovery = wf_recover(&wf_store_memory, world.memory, 0);
        shard = NULL;
        store = recovery ? recovery->store : NULL;

        if (recovery != NULL && recovery->status == WF_STORE_OK) {
            shard = wf_shard_create(&world.port, world.catalog, 0, recovery,
                                    world.now_ms);

        } else if (recovery != NULL) {
            wf_recovery_free(recovery);
        }

        wf_arena_fail_after(0);

        if (shard != NULL) {
            wf_shard_abandon(shard, world.now_ms);
            wf_shard_turn(shard, world.now_ms);
            wf_shard_free(shard);
            world.closed = NULL;
        }

        if (store != NULL) {
            wf_store_memory.close(store);
        }
    }

    CHECK(shard != NULL);
    world.wants_turn = false;
    world_shard(0);
    CHECK_INT(published(9), 4);
    world_close();
}


static void
check_damaged(uint8_t kind, const char *text)
{
    wf_error_t        err;
    wf_store_t       *store;
    wf_append_t       append;
    wf_recovery_t    *recovery;
    wf_store_item_t   item;

    opened();
    item = (wf_store_item_t) {
        .kind = kind, .key = wf_str("version\0\0\0\0\0\0\0\1"),
        .value = wf_str("x")
    };
    append = (wf_append_t) {
        .epoch = world.shards[0]->epoch, .items = &item, .item_count = 1
    };
    CHECK_INT(wf_store_memory.append(world.stores[0], &append, &err),
              WF_STORE_OK);
    world_crash();
    recovery = wf_recover(&wf_store_memory, world.memory, 0);
    CHECK(recovery->status != WF_STORE_OK);
    CHECK_STR(wf_error_arg(&recovery->err, 0), wf_str_of(text));
    store = recovery->store;
    wf_recovery_free(recovery);
    wf_store_memory.close(store);
    world_close();
}


TEST(damage_is_told)
{
    check_damaged(WF_ITEM_VERSION, "a version is damaged");
    check_damaged(WF_ITEM_ALIAS, "an alias is damaged");
    check_damaged(WF_ITEM_COUNTER, "a counter of versions is damaged");
}


UNIT_MAIN()
