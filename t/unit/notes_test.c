
/* Notes: their bytes, and what the owner of the catalogue decides. */

#include "unit.h"

#include "shard/notes.c"
#include "shard_world.h"


static wf_note_t  seen;
static bool       is_seen;


static asked_t *
ask(wf_submit_type_t type, uint64_t key, const char *name, uint64_t before,
    const char *tags)
{
    asked_t  *asked;

    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit.type = type;
    asked->submit.key = key;
    asked->submit.note = wf_arena_calloc(world.arena, sizeof(wf_note_t));
    *asked->submit.note = (wf_note_t) {
        .request_key = before, .name = wf_str_of(name),
        .body = wf_str("{}"), .created_ms = 7
    };

    if (tags) {
        asked->submit.tags = wf_arena_calloc(world.arena, sizeof(wf_note_t));
        *asked->submit.tags = (wf_note_t) {
            .name = wf_str_of(tags), .body = wf_str("[]")
        };
    }

    asked->submit.done = asked_done;
    wf_shard_submit(world.shards[0], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->done, 1);

    return asked;
}


static wf_rc_t
see(void *data, wf_str_t key, wf_str_t value)
{
    (void) data;
    (void) key;

    is_seen = true;
    CHECK_INT(wf_note_decode(wf_arena_copy(world.arena, value), &seen),
              WF_OK);

    return WF_OK;
}


static bool
stored(const char *name)
{
    wf_error_t  err;

    is_seen = false;
    wf_store_memory.item(world.reader, WF_ITEM_NOTE, wf_str_of(name), see,
                         NULL, &err);

    return is_seen;
}


static void
opened(void)
{
    world_open();
    world_shard(0);
}


TEST(bytes)
{
    size_t      i;
    wf_buf_t    buf;
    wf_note_t   note, got;
    wf_arena_t *arena;

    arena = wf_arena_create(0);
    note = (wf_note_t) {
        .request_key = 5, .name = wf_str("activity/r/a/n"),
        .body = wf_str("{}"), .created_ms = 1767323045123
    };

    wf_buf_init(&buf, arena, 0);
    wf_note_encode(&buf, &note);
    CHECK_INT(wf_note_decode(wf_buf_done(&buf), &got), WF_OK);
    CHECK_STR(got.name, note.name);
    CHECK_STR(got.body, note.body);
    CHECK(got.request_key == 5 && got.created_ms == 1767323045123);

    for (i = 0; i < buf.len; i++) {
        CHECK_INT(wf_note_decode((wf_str_t) { i, buf.data }, &got), WF_ERROR);
    }

    wf_arena_free(arena);
}


TEST(put)
{
    asked_t  *asked;

    opened();
    asked = ask(WF_SUBMIT_NOTE_PUT, 11, "activity/r/a/n", 0,
                "tags/activity/r/a/n");
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK(stored("activity/r/a/n") && seen.request_key == 11);
    CHECK(stored("tags/activity/r/a/n"));

    /* The same call again; another one that saw nothing, one that did. */

    asked = ask(WF_SUBMIT_NOTE_PUT, 11, "activity/r/a/n", 0, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    asked = ask(WF_SUBMIT_NOTE_PUT, 12, "activity/r/a/n", 0, NULL);
    CHECK_INT(asked->err.code, WF_E_CONCURRENT_UPDATE);
    asked = ask(WF_SUBMIT_NOTE_PUT, 13, "activity/r/a/n", 11, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK(stored("activity/r/a/n") && seen.request_key == 13);

    /* What was seen has gone. */

    asked = ask(WF_SUBMIT_NOTE_PUT, 14, "activity/r/a/other", 13, NULL);
    CHECK_INT(asked->err.code, WF_E_CONCURRENT_UPDATE);
    CHECK(!stored("activity/r/a/other"));
    world_close();
}


TEST(erase)
{
    asked_t  *asked;

    opened();
    ask(WF_SUBMIT_NOTE_PUT, 11, "activity/r/a/n", 0, "tags/activity/r/a/n");
    asked = ask(WF_SUBMIT_NOTE_ERASE, 12, "activity/r/a/n", 0, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK(!stored("activity/r/a/n"));
    CHECK(!stored("tags/activity/r/a/n"));

    asked = ask(WF_SUBMIT_NOTE_ERASE, 13, "activity/r/a/n", 0, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    asked = ask(WF_SUBMIT_NOTE_PUT, 14, "activity/r/a/n", 0, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    world_close();
}


/* Another owner knows who wrote them. */
TEST(reopened)
{
    asked_t  *asked;

    opened();
    ask(WF_SUBMIT_NOTE_PUT, 11, "activity/r/a/n", 0, NULL);
    world_crash();
    world_shard(0);
    asked = ask(WF_SUBMIT_NOTE_PUT, 12, "activity/r/a/n", 0, NULL);
    CHECK_INT(asked->err.code, WF_E_CONCURRENT_UPDATE);
    asked = ask(WF_SUBMIT_NOTE_PUT, 11, "activity/r/a/n", 0, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    world_close();
}


/* A flow takes its tags along. */
TEST(flow)
{
    asked_t    *asked;
    wf_note_t   tags;

    opened();
    tags = (wf_note_t) { .name = wf_str("tags/f"), .body = wf_str("[]") };
    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit.type = WF_SUBMIT_FLOW_CREATE;
    asked->submit.key = 5;
    asked->submit.tags = &tags;
    asked->submit.flow = wf_arena_calloc(world.arena, sizeof(wf_flow_t));
    *asked->submit.flow = (wf_flow_t) {
        .name = wf_str("f"), .definition = wf_str(PASS),
        .type = wf_str("FDL")
    };

    asked->submit.done = asked_done;
    wf_shard_submit(world.shards[0], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK(stored("tags/f") && seen.request_key == 5);

    asked = ask_flow(WF_SUBMIT_FLOW_DELETE, 9, (wf_flow_t) {
        .name = wf_str("f"), .flow_no = asked->written.flow_no, .revision = 1
    });

    world_settle();
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK(!stored("tags/f"));
    world_close();
}


/* Who names a write erases that one alone. */
TEST(erase_seen)
{
    asked_t  *asked;

    opened();
    ask(WF_SUBMIT_NOTE_PUT, 11, "activity/r/a/n", 0, NULL);
    asked = ask(WF_SUBMIT_NOTE_ERASE, 12, "activity/r/a/n", 10, NULL);
    CHECK_INT(asked->err.code, WF_E_CONCURRENT_UPDATE);
    CHECK(stored("activity/r/a/n"));
    asked = ask(WF_SUBMIT_NOTE_ERASE, 13, "activity/r/a/n", 11, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    CHECK(!stored("activity/r/a/n"));
    world_close();
}


static asked_t *
domain(const char *name, uint64_t key)
{
    asked_t  *asked;

    asked = ask_flow(WF_SUBMIT_FLOW_CREATE, key, (wf_flow_t) {
        .name = wf_str_of(name), .type = wf_str("SWF"),
        .definition = wf_str("{\"Decider\":\"SWF\"}")
    });

    world_settle();

    return asked;
}


/* Domains, and the types of each kind in each domain; another owner counts
 * the same. */
TEST(swf_limits)
{
    int       i;
    asked_t  *asked;

    opened();
    world.port.quota.domains = 2;
    world.port.quota.types = 1;
    CHECK_INT(domain("swf/r/a/d", 1)->err.code, WF_E_NONE);
    CHECK_INT(domain("swf/r/a/dd", 2)->err.code, WF_E_NONE);
    CHECK_INT(domain("swf/r/a/e", 3)->err.code, WF_E_QUOTA);
    CHECK(make_flow("flow", PASS) != 0);
    asked = ask(WF_SUBMIT_NOTE_PUT, 11, "swf/r/a/d\001a\001n\0011", 0, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);

    for (i = 0; i < 2; i++) {
        asked = ask(WF_SUBMIT_NOTE_PUT, 12, "swf/r/a/d\001a\001n\0012", 0,
                    NULL);
        CHECK_INT(asked->err.code, WF_E_QUOTA);
        CHECK_INT(domain("swf/r/a/e", 4)->err.code, WF_E_QUOTA);
        world_crash();
        world_shard(0);
    }

    asked = ask(WF_SUBMIT_NOTE_PUT, 13, "swf/r/a/d\001w\001n\0011", 0, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    asked = ask(WF_SUBMIT_NOTE_PUT, 14, "swf/r/a/dd\001a\001n\0011", 0,
                NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    asked = ask(WF_SUBMIT_NOTE_PUT, 15, "swf/r/a/d\001a\001n\0011", 11, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    asked = ask(WF_SUBMIT_NOTE_ERASE, 16, "swf/r/a/d\001a\001n\0011", 15,
                NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    asked = ask(WF_SUBMIT_NOTE_PUT, 17, "swf/r/a/d\001a\001n\0012", 0, NULL);
    CHECK_INT(asked->err.code, WF_E_NONE);
    world_close();
}


/* What workers remember is as of the catalogue's version: all notes count but
 * tags. */
TEST(remembered)
{
    char      text[WF_SLAB_MAX + 1];
    uint64_t  before;
    wf_str_t  name, body;

    opened();
    name = wf_str("swf/r/a/d\001a\001n\0011");
    before = world.port.catalog_version(&world.port);
    CHECK_INT(wf_catalog_body(world.catalog, name, &body), WF_AGAIN);
    wf_catalog_learn(world.catalog, name, before, false, wf_str_none);
    CHECK_INT(wf_catalog_body(world.catalog, name, &body), WF_DECLINED);

    ask(WF_SUBMIT_NOTE_PUT, 10, "tags/f", 0, NULL);
    CHECK_INT(wf_catalog_body(world.catalog, name, &body), WF_DECLINED);
    ask(WF_SUBMIT_NOTE_PUT, 11, "swf/r/a/d\001a\001n\0011", 0, NULL);
    CHECK(world.port.catalog_version(&world.port) > before);
    CHECK_INT(wf_catalog_body(world.catalog, name, &body), WF_AGAIN);

    /* What comes late is not believed; a long text is not remembered. */

    before = world.port.catalog_version(&world.port);
    wf_catalog_learn(world.catalog, name, before, true, wf_str("{}"));
    wf_catalog_learn(world.catalog, name, before - 1, false, wf_str_none);
    CHECK_INT(wf_catalog_body(world.catalog, name, &body), WF_OK);
    CHECK_STR(body, wf_str("{}"));
    CHECK_INT(wf_catalog_note(world.catalog, name), WF_OK);

    memset(text, 'x', sizeof(text));
    wf_catalog_learn(world.catalog, wf_str("long"), before, true,
                     (wf_str_t) { sizeof(text), (uint8_t *) text });
    CHECK_INT(wf_catalog_body(world.catalog, wf_str("long"), &body),
              WF_AGAIN);

    /* Known to be there is not known by its text. */

    CHECK_INT(wf_catalog_note(world.catalog, wf_str("other")), WF_AGAIN);
    CHECK_INT(wf_catalog_body(world.catalog, wf_str("other"), &body),
              WF_AGAIN);
    wf_catalog_learn(world.catalog, wf_str("other"), before, true,
                     wf_str("{1}"));
    world_settle();
    CHECK_INT(wf_catalog_body(world.catalog, wf_str("other"), &body), WF_OK);
    CHECK_STR(body, wf_str("{1}"));
    world_close();
}


/* Only the catalogue's owner. */
TEST(elsewhere)
{
    asked_t  *asked;

    opened();
    world_shard(1);
    asked = wf_arena_calloc(world.arena, sizeof(asked_t));
    asked->submit.type = WF_SUBMIT_NOTE_PUT;
    asked->submit.note = wf_arena_calloc(world.arena, sizeof(wf_note_t));
    asked->submit.note->name = wf_str("n");
    asked->submit.done = asked_done;
    wf_shard_submit(world.shards[1], &asked->submit, world.now_ms);
    world_settle();
    CHECK_INT(asked->err.code, WF_E_INTERNAL);
    world_close();
}


UNIT_MAIN()
