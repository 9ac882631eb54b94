
/*
 * What every store must do, through the vtable alone.  A test of one store
 * gives a world to do it in and takes the whole table: STORE_CASES().
 */

#ifndef WF_STORE_CASES_H
#define WF_STORE_CASES_H


#include <stdarg.h>

#include "store/store.h"
#include "unit.h"


typedef struct {
    const wf_store_type_t  *type;
    void                   *place;
    wf_store_t             *store;      /* shard 0 */
    wf_store_reader_t      *reader;     /* of 3 shards */
    uint64_t                epoch;
    uint64_t                exec_no;
    wf_error_t              err;
    void                   *own;        /* the test's */
} world_t;

/* What callbacks saw, as text. */
typedef struct {
    char      text[32 * 1024];
    size_t    len;
    unsigned  calls;
    unsigned  stop_at;                  /* call that answers WF_AGAIN; 0: no */
} seen_t;


static seen_t  seen;


static inline wf_rc_t
see(void *data, const char *format, ...)
{
    seen_t   *s;
    va_list   args;

    s = data;
    va_start(args, format);
    s->len += (size_t) vsnprintf(s->text + s->len, sizeof(s->text) - s->len,
                                 format, args);
    va_end(args);
    s->calls++;

    return s->calls == s->stop_at ? WF_AGAIN : WF_OK;
}


static inline wf_rc_t
see_row(void *data, const wf_store_row_t *row)
{
    return see(data, "%d/%d/%.*s s%d %d-%d due %d seq %d [%.*s][%.*s]\n",
               (int) row->exec_no, (int) row->flow_no, (int) row->name.len,
               (const char *) row->name.data, row->status,
               (int) row->started_ms, (int) row->stopped_ms,
               (int) row->due_ms, (int) row->last_seq, (int) row->head.len,
               (const char *) row->head.data, (int) row->tail.len,
               (const char *) row->tail.data);
}


static inline wf_rc_t
see_name(void *data, const wf_store_row_t *row)
{
    return see(data, "%.*s ", (int) row->name.len,
               (const char *) row->name.data);
}


static inline wf_rc_t
see_bytes(void *data, wf_str_t key, wf_str_t value)
{
    return see(data, "%.*s=%.*s;", (int) key.len, (const char *) key.data,
               (int) value.len, (const char *) value.data);
}


static inline void
see_nothing(void)
{
    seen.len = seen.calls = seen.stop_at = 0;
    seen.text[0] = '\0';
}


#define CHECK_SEEN(want)  CHECK_STR(wf_str_of(seen.text), wf_str_of(want))


/* A running execution with one event, tail "t", head "h". */
static inline wf_store_unit_t
unit_new(uint64_t exec_no, uint64_t flow_no, const char *name)
{
    return (wf_store_unit_t) {
        .exec_no = exec_no, .is_new = true, .flow_no = flow_no,
        .name = wf_str_of(name), .status = 1, .started_ms = 100,
        .due_ms = 500, .head = wf_str("h"), .tail = wf_str("t"),
        .first_seq = 1, .event_count = 1, .chunk = wf_str("c1")
    };
}


/* The end of one, with one more event. */
static inline wf_store_unit_t
unit_end(uint64_t exec_no, uint64_t flow_no, uint64_t seq)
{
    return (wf_store_unit_t) {
        .exec_no = exec_no, .flow_no = flow_no, .status = 2,
        .stopped_ms = 200, .tail = wf_str("over"), .first_seq = seq,
        .event_count = 1, .chunk = wf_str("end")
    };
}


static inline wf_store_status_t
put(world_t *w, wf_store_unit_t *units, uint32_t count)
{
    wf_append_t  append;

    append = (wf_append_t) { .epoch = w->epoch, .units = units,
                             .unit_count = count };
    wf_error_clear(&w->err);

    return w->type->append(w->store, &append, &w->err);
}


static inline wf_store_status_t
put_item(world_t *w, uint8_t kind, wf_str_t key, wf_str_t value)
{
    wf_append_t      append;
    wf_store_item_t  item;

    item = (wf_store_item_t) { .kind = kind, .key = key, .value = value };
    append = (wf_append_t) { .epoch = w->epoch, .items = &item,
                             .item_count = 1 };

    return w->type->append(w->store, &append, &w->err);
}


static inline wf_store_status_t
erase_item(world_t *w, uint8_t kind, wf_str_t key, bool is_prefix)
{
    wf_append_t      append;
    wf_store_item_t  item;

    item = (wf_store_item_t) { .kind = kind, .key = key,
                               .erase = !is_prefix,
                               .erase_prefix = is_prefix };
    append = (wf_append_t) { .epoch = w->epoch, .items = &item,
                             .item_count = 1 };

    return w->type->append(w->store, &append, &w->err);
}


static inline wf_rc_t
find(world_t *w, uint64_t flow_no, const char *name)
{
    see_nothing();

    return w->type->find(w->reader, 0, flow_no, wf_str_of(name), see_row,
                         &seen, &w->err);
}


static inline wf_rc_t
chunks(world_t *w, uint64_t exec_no, uint64_t first_seq)
{
    see_nothing();

    return w->type->chunks(w->reader, 0, exec_no, first_seq, see_bytes,
                           &seen, &w->err);
}


static inline wf_store_status_t
reopen(world_t *w)
{
    w->type->close(w->store);

    return w->type->open(w->place, 0, &w->epoch, &w->exec_no, &w->store,
                         &w->err);
}


static inline void
case_epoch_rises(world_t *w)
{
    CHECK_INT(w->epoch, 1);
    CHECK_INT(w->exec_no, 0);
    CHECK_INT(reopen(w), WF_STORE_OK);
    CHECK_INT(w->epoch, 2);
}


static inline void
case_new_is_found(world_t *w)
{
    wf_store_unit_t  units[2];

    units[0] = unit_new(1, 7, "a");
    units[1] = unit_new(2, 8, "a");
    units[1].status = 4;
    units[1].stopped_ms = 300;
    CHECK_INT(put(w, units, 2), WF_STORE_OK);

    CHECK_INT(find(w, 7, "a"), WF_OK);
    CHECK_SEEN("1/7/a s1 100-0 due 500 seq 1 [h][t]\n");
    CHECK_INT(find(w, 8, "a"), WF_OK);
    CHECK_SEEN("2/8/a s4 100-300 due 500 seq 1 [h][t]\n");

    CHECK_INT(find(w, 9, "a"), WF_DECLINED);
    CHECK_INT(find(w, 7, "A"), WF_DECLINED);
    CHECK_INT(find(w, 7, ""), WF_DECLINED);
    CHECK_SEEN("");
    CHECK_INT(w->type->find(w->reader, 1, 7, wf_str("a"), see_row, &seen,
                            &w->err), WF_DECLINED);
    CHECK_INT(w->type->find(w->reader, 9, 7, wf_str("a"), see_row, &seen,
                            &w->err), WF_DECLINED);
}


static inline void
case_update_keeps_the_head(world_t *w)
{
    wf_store_unit_t  unit;

    unit = unit_new(5, 7, "a");
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);
    unit = unit_end(5, 7, 2);
    unit.event_count = 3;
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);

    CHECK_INT(find(w, 7, "a"), WF_OK);
    CHECK_SEEN("5/7/a s2 100-200 due 0 seq 4 [h][over]\n");

    unit.event_count = 0;
    unit.chunk = wf_str_none;
    unit.tail = wf_str("more");
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);
    CHECK_INT(find(w, 7, "a"), WF_OK);
    CHECK_SEEN("5/7/a s2 100-200 due 0 seq 4 [h][more]\n");
}


static inline void
case_chunks_from_the_middle(world_t *w)
{
    wf_store_unit_t  unit;

    unit = unit_new(3, 7, "a");
    unit.event_count = 4;                                   /* 1 .. 4 */
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);
    unit = unit_end(3, 7, 5);                               /* 5 */
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);
    unit = unit_end(3, 7, 6);                               /* 6, 7 */
    unit.event_count = 2;
    unit.chunk = wf_str("c3");
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);
    unit = unit_new(4, 7, "b");
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);

    CHECK_INT(chunks(w, 3, 0), WF_OK);
    CHECK_SEEN("=c1;=end;=c3;");
    CHECK_INT(chunks(w, 3, 1), WF_OK);
    CHECK_SEEN("=c1;=end;=c3;");
    CHECK_INT(chunks(w, 3, 4), WF_OK);
    CHECK_SEEN("=c1;=end;=c3;");
    CHECK_INT(chunks(w, 3, 5), WF_OK);
    CHECK_SEEN("=end;=c3;");
    CHECK_INT(chunks(w, 3, 7), WF_OK);
    CHECK_SEEN("=c3;");
    CHECK_INT(chunks(w, 3, 8), WF_OK);
    CHECK_SEEN("");
    CHECK_INT(chunks(w, 3, UINT64_MAX), WF_OK);
    CHECK_SEEN("");

    CHECK_INT(chunks(w, 2, 1), WF_DECLINED);
    CHECK_INT(chunks(w, 5, 1), WF_DECLINED);
    CHECK_INT(chunks(w, UINT64_MAX, 1), WF_DECLINED);
}


static inline void
case_new_without_events(world_t *w)
{
    wf_store_unit_t  unit;

    unit = unit_new(1, 7, "a");
    unit.event_count = 0;
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);

    CHECK_INT(find(w, 7, "a"), WF_OK);
    CHECK_SEEN("1/7/a s1 100-0 due 500 seq 0 [h][t]\n");
    CHECK_INT(chunks(w, 1, 1), WF_OK);
    CHECK_SEEN("");

    CHECK_INT(reopen(w), WF_STORE_OK);
    CHECK_INT(w->exec_no, 1);
    unit = unit_end(1, 7, 1);
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);
    CHECK_INT(chunks(w, 1, 1), WF_OK);
    CHECK_SEEN("=end;");
    CHECK_INT(find(w, 7, "a"), WF_OK);
    CHECK_SEEN("1/7/a s2 100-200 due 0 seq 1 [h][over]\n");
}


static inline void
case_old_epoch_is_fenced(world_t *w)
{
    world_t          other;
    wf_store_unit_t  unit;

    other = *w;
    CHECK_INT(w->type->open(w->place, 0, &other.epoch, &other.exec_no,
                            &other.store, &other.err), WF_STORE_OK);
    CHECK_INT(other.epoch, w->epoch + 1);

    unit = unit_new(1, 7, "a");
    CHECK_INT(put(w, &unit, 1), WF_STORE_FENCED);
    CHECK(wf_error_arg(&w->err, 0).len > 0);
    CHECK_INT(put(w, NULL, 0), WF_STORE_FENCED);
    CHECK_INT(find(w, 7, "a"), WF_DECLINED);

    CHECK_INT(put(&other, &unit, 1), WF_STORE_OK);
    CHECK_INT(find(w, 7, "a"), WF_OK);
    w->type->close(other.store);
}


static inline void
refused(world_t *w, wf_store_unit_t bad)
{
    wf_store_unit_t  units[2];

    units[0] = unit_new(50, 7, "good");
    units[1] = bad;
    CHECK_INT(put(w, units, 2), WF_STORE_FAILED);
    CHECK_INT(w->err.code, WF_E_INTERNAL);
    CHECK(wf_error_arg(&w->err, 0).len > 0);
    CHECK_INT(find(w, 7, "good"), WF_DECLINED);
    CHECK_INT(put(w, NULL, 0), WF_STORE_OK);
}


static inline void
case_all_or_nothing(world_t *w)
{
    wf_store_unit_t  unit, units[3];

    units[0] = unit_new(1, 7, "a");
    units[1] = unit_new(2, 7, "b");
    units[2] = unit_new(3, 7, "c");
    CHECK_INT(put(w, units, 3), WF_STORE_OK);

    refused(w, unit_new(3, 7, "other"));            /* number is taken */
    refused(w, unit_new(9, 7, "b"));                /* name is taken */
    refused(w, unit_new(50, 7, "twice"));           /* in the same group */
    refused(w, unit_new(51, 7, "good"));
    refused(w, unit_new(0, 7, "zero"));
    refused(w, unit_new(WF_STORE_EXEC_NO_MAX + 1, 7, "huge"));
    refused(w, unit_end(9, 7, 2));                  /* not there */
    refused(w, unit_end(3, 8, 2));                  /* of another flow */
    refused(w, unit_end(3, 7, 1));                  /* event is there */
    unit = unit_end(3, 7, WF_STORE_SEQ_MAX + 1);
    refused(w, unit);

    unit = unit_end(3, 7, WF_STORE_SEQ_MAX);
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);
    CHECK_INT(chunks(w, 3, 2), WF_OK);
    CHECK_SEEN("=end;");
}


static inline void
case_names_are_bytes(world_t *w)
{
    unsigned         i;
    wf_store_unit_t  units[6];
    const wf_str_t   names[] = {
        wf_str("x"), wf_str("X"), wf_str("x\0y"), wf_str("\xff\xfe"),
        wf_str("it's \"so\""), wf_str("\xe6\xb5\x81")
    };

    for (i = 0; i < wf_countof(names); i++) {
        units[i] = unit_new(i + 1, 7, "");
        units[i].name = names[i];
    }

    CHECK_INT(put(w, units, wf_countof(names)), WF_STORE_OK);

    for (i = 0; i < wf_countof(names); i++) {
        see_nothing();
        CHECK_INT(w->type->find(w->reader, 0, 7, names[i], see_name, &seen,
                                &w->err), WF_OK);
        CHECK_INT(seen.len, names[i].len + 1 - (i == 2 ? 2 : 0));
    }

    CHECK_INT(w->type->find(w->reader, 0, 7, wf_str("x\0"), see_name, &seen,
                            &w->err), WF_DECLINED);
}


static inline const char *
scan_items(world_t *w, uint8_t kind)
{
    see_nothing();
    CHECK_INT(w->type->scan_items(w->store, kind, see_bytes, &seen, &w->err),
              WF_STORE_OK);

    return seen.text;
}


static inline void
case_items_come_by_key(world_t *w)
{
    CHECK_INT(put_item(w, 2, wf_str("b"), wf_str("2")), WF_STORE_OK);
    CHECK_INT(put_item(w, 2, wf_str("a"), wf_str("1")), WF_STORE_OK);
    CHECK_INT(put_item(w, 2, wf_str("ab"), wf_str("")), WF_STORE_OK);
    CHECK_INT(put_item(w, 1, wf_str("z"), wf_str("0")), WF_STORE_OK);
    CHECK_INT(put_item(w, 3, wf_str("a"), wf_str("9")), WF_STORE_OK);
    CHECK_INT(put_item(w, 2, wf_str("b"), wf_str("3")), WF_STORE_OK);

    scan_items(w, 2);
    CHECK_SEEN("a=1;ab=;b=3;");
    scan_items(w, 4);
    CHECK_SEEN("");

    see_nothing();
    CHECK_INT(w->type->items(w->reader, 2, wf_str("aa"), 10, see_bytes,
                             &seen, &w->err), WF_OK);
    CHECK_SEEN("ab=;b=3;");
    see_nothing();
    CHECK_INT(w->type->items(w->reader, 2, wf_str_none, 2, see_bytes,
                             &seen, &w->err), WF_OK);
    CHECK_SEEN("a=1;ab=;");
    see_nothing();
    CHECK_INT(w->type->items(w->reader, 2, wf_str_none, 0, see_bytes,
                             &seen, &w->err), WF_OK);
    CHECK_SEEN("");
    CHECK_INT(w->type->item(w->reader, 1, wf_str("z"), see_bytes, &seen,
                            &w->err), WF_OK);
    CHECK_SEEN("z=0;");
    CHECK_INT(w->type->item(w->reader, 1, wf_str("a"), see_bytes, &seen,
                            &w->err), WF_DECLINED);
}


static inline void
case_items_are_erased(world_t *w)
{
    unsigned        i;
    const wf_str_t  keys[] = {
        wf_str("a"), wf_str("ab"), wf_str("abc"), wf_str("b"),
        wf_str("\xff"), wf_str("\xff\xff"), wf_str("\xff\xff" "1")
    };

    for (i = 0; i < wf_countof(keys); i++) {
        CHECK_INT(put_item(w, 2, keys[i], wf_str("-")), WF_STORE_OK);
        CHECK_INT(put_item(w, 3, keys[i], wf_str("-")), WF_STORE_OK);
    }

    CHECK_INT(erase_item(w, 2, wf_str("a"), false), WF_STORE_OK);
    CHECK_INT(erase_item(w, 2, wf_str("nope"), false), WF_STORE_OK);
    scan_items(w, 2);
    CHECK_SEEN("ab=-;abc=-;b=-;\xff=-;\xff\xff=-;\xff\xff" "1=-;");
    CHECK_INT(erase_item(w, 2, wf_str("ab"), true), WF_STORE_OK);
    CHECK_INT(erase_item(w, 2, wf_str("\xff\xff"), true), WF_STORE_OK);
    scan_items(w, 2);
    CHECK_SEEN("b=-;\xff=-;");
    CHECK_INT(erase_item(w, 2, wf_str_none, true), WF_STORE_OK);
    scan_items(w, 2);
    CHECK_SEEN("");
    CHECK_INT(erase_item(w, 3, wf_str("a\xff"), true), WF_STORE_OK);
    scan_items(w, 3);
    CHECK_INT(seen.calls, 7);
}


static inline void
case_items_apply_in_order(world_t *w)
{
    wf_append_t      append;
    wf_store_item_t  items[] = {
        { 2, wf_str_init("a1"), wf_str_init("x"), false, false },
        { 2, wf_str_init("a"), wf_str_init(""), false, true },
        { 2, wf_str_init("a2"), wf_str_init("y"), false, false },
        { 2, wf_str_init("a3"), wf_str_init("z"), false, false },
        { 2, wf_str_init("a3"), wf_str_init(""), true, false }
    };

    append = (wf_append_t) { .epoch = w->epoch, .items = items,
                             .item_count = wf_countof(items) };
    CHECK_INT(w->type->append(w->store, &append, &w->err), WF_STORE_OK);
    scan_items(w, 2);
    CHECK_SEEN("a2=y;");
}


static inline wf_store_status_t
erase(world_t *w, uint64_t exec_no)
{
    wf_append_t  append;

    append = (wf_append_t) { .epoch = w->epoch, .erased = &exec_no,
                             .erased_count = 1 };
    wf_error_clear(&w->err);

    return w->type->append(w->store, &append, &w->err);
}


static inline wf_rc_t
see_age(void *data, const wf_store_row_t *row)
{
    return see(data, "%d %.*s s%d %d-%d;", (int) row->exec_no,
               (int) row->name.len, (const char *) row->name.data, row->status,
               (int) row->started_ms, (int) row->stopped_ms);
}


/* What is over goes whole, and its name is free; what runs and the newest
 * one stay, whoever asks. */
static inline void
case_erased_are_gone(world_t *w)
{
    wf_store_unit_t  units[4];

    units[0] = unit_new(1, 7, "a");
    units[1] = unit_new(2, 7, "b");
    units[2] = unit_new(3, 7, "c");
    CHECK_INT(put(w, units, 3), WF_STORE_OK);
    units[0] = unit_end(1, 7, 2);
    units[1] = unit_end(3, 7, 2);
    CHECK_INT(put(w, units, 2), WF_STORE_OK);
    CHECK_INT(put_item(w, WF_ITEM_OUTBOX, wf_str("k"), wf_str("v")),
              WF_STORE_OK);

    see_nothing();
    CHECK_INT(w->type->names(w->reader, 0, 0, 9, see_age, &seen, &w->err),
              WF_OK);
    CHECK_SEEN("1 a s2 100-200;2 b s1 100-0;3 c s2 100-200;");

    CHECK_INT(erase(w, 1), WF_STORE_OK);
    CHECK_INT(erase(w, 2), WF_STORE_OK);        /* runs */
    CHECK_INT(erase(w, 3), WF_STORE_OK);        /* the newest */
    CHECK_INT(erase(w, 4), WF_STORE_OK);        /* not there */
    CHECK_INT(erase(w, 1), WF_STORE_OK);

    CHECK_INT(find(w, 7, "a"), WF_DECLINED);
    CHECK_INT(chunks(w, 1, 1), WF_DECLINED);
    CHECK_INT(find(w, 7, "b"), WF_OK);
    CHECK_INT(find(w, 7, "c"), WF_OK);
    CHECK_INT(chunks(w, 3, 1), WF_OK);
    CHECK_SEEN("=c1;=end;");
    scan_items(w, WF_ITEM_OUTBOX);
    CHECK_SEEN("k=v;");

    units[0] = unit_new(4, 7, "a");
    CHECK_INT(put(w, units, 1), WF_STORE_OK);
    CHECK_INT(find(w, 7, "a"), WF_OK);
    CHECK_SEEN("4/7/a s1 100-0 due 500 seq 1 [h][t]\n");
    CHECK_INT(erase(w, 3), WF_STORE_OK);

    CHECK_INT(reopen(w), WF_STORE_OK);
    CHECK_INT(w->exec_no, 4);
    see_nothing();
    CHECK_INT(w->type->names(w->reader, 0, 0, 9, see_age, &seen, &w->err),
              WF_OK);
    CHECK_SEEN("2 b s1 100-0;4 a s1 100-0;");
}


/* With a group that is refused nothing is erased. */
static inline void
case_erased_with_their_group(world_t *w)
{
    uint64_t         numbers[2], n;
    wf_append_t      append;
    wf_store_unit_t  units[2];
    wf_store_status_t  status;

    units[0] = unit_new(1, 7, "a");
    units[1] = unit_new(2, 7, "b");
    CHECK_INT(put(w, units, 2), WF_STORE_OK);
    units[0] = unit_end(1, 7, 2);
    numbers[0] = 1;
    numbers[1] = 9;

    append = (wf_append_t) { .epoch = w->epoch, .units = units,
                             .unit_count = 2, .erased = numbers,
                             .erased_count = 2 };
    CHECK_INT(w->type->append(w->store, &append, &w->err), WF_STORE_FAILED);
    CHECK_INT(find(w, 7, "a"), WF_OK);
    CHECK_SEEN("1/7/a s1 100-0 due 500 seq 1 [h][t]\n");

    append.epoch = w->epoch - 1;
    append.unit_count = 1;
    CHECK_INT(w->type->append(w->store, &append, &w->err), WF_STORE_FENCED);
    CHECK_INT(find(w, 7, "a"), WF_OK);

    /* its end and its going in one group */
    append.epoch = w->epoch;

    for (n = 1, status = WF_STORE_FAILED; status != WF_STORE_OK; n++) {
        CHECK_INT(find(w, 7, "a"), WF_OK);
        wf_arena_fail_after(n);
        status = w->type->append(w->store, &append, &w->err);
        wf_arena_fail_after(0);
        CHECK(status == WF_STORE_OK || status == WF_STORE_FAILED);
    }

    CHECK_INT(find(w, 7, "a"), WF_DECLINED);
}


/* Whole or not at all; what comes in the same group stays. */
static inline void
case_wiped_is_empty(world_t *w)
{
    uint64_t           n;
    wf_append_t        append;
    wf_store_unit_t    units[2];
    wf_store_item_t    item = { WF_ITEM_COUNTER, wf_str_init("new"),
                                wf_str_init("1"), false, false };
    wf_store_status_t  status;

    units[0] = unit_new(1, 7, "a");
    units[1] = unit_new(2, 7, "b");
    CHECK_INT(put(w, units, 2), WF_STORE_OK);
    units[0] = unit_end(1, 7, 2);
    CHECK_INT(put(w, units, 1), WF_STORE_OK);
    CHECK_INT(put_item(w, WF_ITEM_COUNTER, wf_str("old"), wf_str("1")),
              WF_STORE_OK);
    CHECK_INT(put_item(w, WF_ITEM_NOTE, wf_str("k"), wf_str("v")),
              WF_STORE_OK);

    append = (wf_append_t) { .epoch = w->epoch - 1, .wipes = 1,
                             .items = &item, .item_count = 1 };
    CHECK_INT(w->type->append(w->store, &append, &w->err), WF_STORE_FENCED);
    append.epoch = w->epoch;

    for (n = 1, status = WF_STORE_FAILED; status != WF_STORE_OK; n++) {
        CHECK_INT(find(w, 7, "a"), WF_OK);
        CHECK_INT(find(w, 7, "b"), WF_OK);
        scan_items(w, WF_ITEM_NOTE);
        CHECK_SEEN("k=v;");
        wf_arena_fail_after(n);
        status = w->type->append(w->store, &append, &w->err);
        wf_arena_fail_after(0);
    }

    CHECK_INT(find(w, 7, "a"), WF_DECLINED);
    CHECK_INT(find(w, 7, "b"), WF_DECLINED);
    CHECK_INT(chunks(w, 1, 1), WF_DECLINED);
    scan_items(w, WF_ITEM_NOTE);
    CHECK_SEEN("");
    scan_items(w, WF_ITEM_COUNTER);
    CHECK_SEEN("new=1;");

    CHECK_INT(reopen(w), WF_STORE_OK);
    CHECK_INT(w->exec_no, 0);
    units[0] = unit_new(5, 7, "a");
    CHECK_INT(put(w, units, 1), WF_STORE_OK);
    CHECK_INT(reopen(w), WF_STORE_OK);
    CHECK_INT(w->exec_no, 5);
    CHECK_INT(find(w, 7, "a"), WF_OK);
}


static inline void
case_running_come_by_due_time(world_t *w)
{
    wf_store_unit_t  units[5];

    units[0] = unit_new(1, 7, "late");
    units[0].due_ms = 900;
    units[1] = unit_new(2, 7, "over");
    units[2] = unit_new(3, 7, "soon");
    units[2].due_ms = 100;
    units[3] = unit_new(4, 9, "tie");
    units[3].due_ms = 100;
    units[4] = unit_new(5, 7, "done");
    units[4].status = 2;
    CHECK_INT(put(w, units, 5), WF_STORE_OK);
    units[0] = unit_end(2, 7, 2);
    CHECK_INT(put(w, units, 1), WF_STORE_OK);

    see_nothing();
    CHECK_INT(w->type->scan_running(w->store, see_row, &seen, &w->err),
              WF_STORE_OK);
    CHECK_SEEN("3/7/soon s1 100-0 due 100 seq 1 [][t]\n"
               "4/9/tie s1 100-0 due 100 seq 1 [][t]\n"
               "1/7/late s1 100-0 due 900 seq 1 [][t]\n");

    see_nothing();
    CHECK_INT(w->type->scan_names(w->store, see_row, &seen, &w->err),
              WF_STORE_OK);
    CHECK_INT(seen.calls, 5);
    CHECK(strstr(seen.text, "2/7/over s0 0-0 due 0 seq 0 [][]\n") != NULL);
}


static inline void
case_callbacks_can_stop(world_t *w)
{
    wf_list_query_t  query;
    wf_store_unit_t  units[2];

    units[0] = unit_new(1, 7, "a");
    units[1] = unit_new(2, 7, "b");
    CHECK_INT(put(w, units, 2), WF_STORE_OK);
    CHECK_INT(put_item(w, 2, wf_str("k"), wf_str("v")), WF_STORE_OK);
    CHECK_INT(put_item(w, 2, wf_str("l"), wf_str("v")), WF_STORE_OK);
    query = (wf_list_query_t) { .flow_no = 7, .limit = 10 };

#define STOPPED(want, call)                                                   \
    see_nothing();                                                            \
    seen.stop_at = 1;                                                         \
    CHECK_INT(call, want);                                                    \
    CHECK_INT(seen.calls, 1)

    STOPPED(WF_STORE_FAILED, w->type->scan_running(w->store, see_row, &seen,
                                                   &w->err));
    STOPPED(WF_STORE_FAILED, w->type->scan_names(w->store, see_row, &seen,
                                                 &w->err));
    STOPPED(WF_STORE_FAILED, w->type->scan_items(w->store, 2, see_bytes,
                                                 &seen, &w->err));
    STOPPED(WF_AGAIN, w->type->find(w->reader, 0, 7, wf_str("a"), see_row,
                                    &seen, &w->err));
    STOPPED(WF_AGAIN, w->type->chunks(w->reader, 0, 1, 1, see_bytes, &seen,
                                      &w->err));
    STOPPED(WF_AGAIN, w->type->list(w->reader, &query, see_row, &seen,
                                    &w->err));
    STOPPED(WF_AGAIN, w->type->item(w->reader, 2, wf_str("k"), see_bytes,
                                    &seen, &w->err));
    STOPPED(WF_AGAIN, w->type->items(w->reader, 2, wf_str("k"), 9, see_bytes,
                                     &seen, &w->err));
#undef STOPPED

    CHECK_INT(put_item(w, 2, wf_str("k"), wf_str("w")), WF_STORE_OK);
    w->type->rest(w->store);
}


static inline void
case_reopened_is_the_same(world_t *w)
{
    wf_store_unit_t  units[2];

    units[0] = unit_new(41, 7, "a");
    units[1] = unit_new(42, 7, "b");
    CHECK_INT(put(w, units, 2), WF_STORE_OK);
    CHECK_INT(put_item(w, 1, wf_str("k"), wf_str("v")), WF_STORE_OK);
    w->type->rest(w->store);
    CHECK_INT(reopen(w), WF_STORE_OK);
    CHECK_INT(w->exec_no, 42);
    CHECK_INT(find(w, 7, "b"), WF_OK);
    CHECK_SEEN("42/7/b s1 100-0 due 500 seq 1 [h][t]\n");
    scan_items(w, 1);
    CHECK_SEEN("k=v;");
}


typedef struct {
    size_t  head, tail, chunk;
} sizes_t;


static inline wf_rc_t
see_sizes(void *data, const wf_store_row_t *row)
{
    ((sizes_t *) data)->head = row->head.len;
    ((sizes_t *) data)->tail = row->tail.len;

    return row->head.data[row->head.len - 1] == 'x' ? WF_OK : WF_ERROR;
}


static inline wf_rc_t
see_chunk_size(void *data, wf_str_t key, wf_str_t value)
{
    ((sizes_t *) data)->chunk = value.len;

    return key.len == 0 ? WF_OK : WF_ERROR;
}


static inline void
case_big_ones_fit(world_t *w)
{
    static uint8_t   bytes[600 * 1024];
    sizes_t          sizes;
    wf_store_unit_t  unit;

    memset(bytes, 'x', sizeof(bytes));
    unit = unit_new(1, 7, "big");
    unit.head = (wf_str_t) { 300 * 1024, bytes };
    unit.tail = (wf_str_t) { 200 * 1024, bytes };
    unit.chunk = (wf_str_t) { sizeof(bytes), bytes };
    CHECK_INT(put(w, &unit, 1), WF_STORE_OK);
    CHECK_INT(w->type->find(w->reader, 0, 7, wf_str("big"), see_sizes,
                            &sizes, &w->err), WF_OK);
    CHECK_INT(w->type->chunks(w->reader, 0, 1, 1, see_chunk_size, &sizes,
                              &w->err), WF_OK);
    CHECK_INT(sizes.head, 300 * 1024);
    CHECK_INT(sizes.tail, 200 * 1024);
    CHECK_INT(sizes.chunk, 600 * 1024);
}


/* A reader that came first sees what comes later, at once. */
static inline void
case_readers_may_come_first(world_t *w)
{
    wf_store_t       *store;
    uint64_t          epoch, exec_no;
    wf_append_t       append;
    wf_list_query_t   query;
    wf_store_unit_t   unit;

    query = (wf_list_query_t) { .flow_no = 7, .limit = 10 };
    see_nothing();
    CHECK_INT(w->type->list(w->reader, &query, see_name, &seen, &w->err),
              WF_OK);
    CHECK_SEEN("");

    CHECK_INT(w->type->open(w->place, 2, &epoch, &exec_no, &store, &w->err),
              WF_STORE_OK);
    unit = unit_new(1, 7, "a");
    append = (wf_append_t) { .epoch = epoch, .units = &unit,
                             .unit_count = 1 };
    CHECK_INT(w->type->append(store, &append, &w->err), WF_STORE_OK);
    CHECK_INT(w->type->list(w->reader, &query, see_name, &seen, &w->err),
              WF_OK);
    CHECK_SEEN("a ");
    w->type->close(store);
}


/* Every allocation fails once: a named error, and nothing half done. */
static inline void
case_memory_runs_out(world_t *w)
{
    uint64_t           n;
    wf_rc_t            rc;
    wf_list_query_t    query;
    wf_store_unit_t    unit;
    wf_store_status_t  status;

    unit = unit_new(1, 7, "a");

    for (n = 1, status = WF_STORE_FAILED; status != WF_STORE_OK; n++) {
        wf_arena_fail_after(n);
        status = put(w, &unit, 1);
        wf_arena_fail_after(0);
        CHECK(status == WF_STORE_OK || status == WF_STORE_FAILED);
        CHECK_INT(find(w, 7, "a"), status == WF_STORE_OK ? WF_OK
                                                         : WF_DECLINED);
    }

    for (n = 1, status = WF_STORE_FAILED; status != WF_STORE_OK; n++) {
        wf_arena_fail_after(n);
        status = put_item(w, 2, wf_str("k"), wf_str("v"));
        wf_arena_fail_after(0);
        CHECK_INT(scan_items(w, 2)[0] == 'k', status == WF_STORE_OK);
    }

    for (n = 1, status = WF_STORE_FAILED; status != WF_STORE_OK; n++) {
        wf_arena_fail_after(n);
        status = erase_item(w, 2, wf_str("k"), true);
        wf_arena_fail_after(0);
    }

    query = (wf_list_query_t) { .flow_no = 7, .limit = 10 };

    for (n = 1, rc = WF_ERROR; rc != WF_OK; n++) {
        see_nothing();
        wf_arena_fail_after(n);
        rc = w->type->list(w->reader, &query, see_name, &seen, &w->err);
        wf_arena_fail_after(0);
        CHECK(rc == WF_OK || rc == WF_ERROR);
    }

    CHECK_SEEN("a ");
}


static inline void
case_memory_runs_out_at_opening(world_t *w)
{
    wf_rc_t            rc;
    uint64_t           n, epoch, exec_no;
    wf_store_t        *store;
    wf_store_reader_t *reader;
    wf_store_status_t  status;

    store = NULL;
    reader = NULL;

    for (n = 1, status = WF_STORE_FAILED; status != WF_STORE_OK; n++) {
        wf_arena_fail_after(n);
        status = w->type->open(w->place, 1, &epoch, &exec_no, &store,
                               &w->err);
        wf_arena_fail_after(0);
        CHECK(status == WF_STORE_OK || status == WF_STORE_FAILED);
    }

    for (n = 1, rc = WF_ERROR; rc != WF_OK; n++) {
        wf_arena_fail_after(n);
        rc = w->type->reader_open(w->place, 3, &reader, &w->err);
        wf_arena_fail_after(0);
        CHECK(rc == WF_OK || rc == WF_ERROR);
    }

    w->type->reader_close(reader);
    w->type->close(store);
}


#define STORE_CASES(one)                                                      \
    one(epoch_rises)                                                          \
    one(new_is_found)                                                         \
    one(update_keeps_the_head)                                                \
    one(chunks_from_the_middle)                                               \
    one(new_without_events)                                                   \
    one(old_epoch_is_fenced)                                                  \
    one(all_or_nothing)                                                       \
    one(names_are_bytes)                                                      \
    one(items_come_by_key)                                                    \
    one(items_are_erased)                                                     \
    one(items_apply_in_order)                                                 \
    one(erased_are_gone)                                                      \
    one(erased_with_their_group)                                              \
    one(wiped_is_empty)                                                       \
    one(running_come_by_due_time)                                             \
    one(callbacks_can_stop)                                                   \
    one(reopened_is_the_same)                                                 \
    one(big_ones_fit)                                                         \
    one(readers_may_come_first)                                               \
    one(memory_runs_out)                                                      \
    one(memory_runs_out_at_opening)

/* The test that includes us knows world_begin() and world_end(). */
#define STORE_CASE(id)                                                        \
    TEST(id)                                                                  \
    {                                                                         \
        world_t  w;                                                           \
                                                                              \
        world_begin(&w);                                                      \
        case_##id(&w);                                                        \
        world_end(&w);                                                        \
    }


#endif /* WF_STORE_CASES_H */
