
/*
 * ListOpen-, ListClosed-, CountOpen- and CountClosedWorkflowExecutions (swf
 * 13).  A reader thread looks through the domain's runs in the order of the
 * store; what does not pass the filter is dropped there, and the runs of the
 * page alone are read as a whole.
 *
 * A page's token is where it ended: "<time, ms> <name>".
 */

#include "actions/jobs.h"
#include "actions/place.h"
#include "actions/swf.h"
#include "actions/swf_sight.h"
#include "base/json.h"
#include "wire/aws_walk.h"


#define BATCH       1000            /* rows asked of the store at once */


/* closeStatusFilter, in the model's order. */
static const uint8_t  statuses[] = {
    WF_STATUS_SUCCEEDED, WF_STATUS_FAILED, WF_STATUS_CANCELED,
    WF_STATUS_STOPPED, WF_STATUS_CONTINUED, WF_STATUS_TIMED_OUT
};

typedef struct {
    int64_t    time_ms;             /* that orders */
    wf_str_t   name;
    uint64_t   exec_no;
} place_t;

typedef struct {
    wf_job_t         job;
    wf_list_query_t  query;
    bool             is_open;       /* else: closed ones */
    bool             is_reversed;
    bool             by_close;
    int64_t          closed_begin_ms;
    int64_t          closed_end_ms;
    wf_str_t         type_name;     /* empty: any; these three */
    wf_str_t         type_version;
    wf_str_t         tag;
    place_t          after;         /* name empty: from the beginning */
    uint32_t         limit;         /* 0: they are counted */
    uint32_t         shard_count;
    int64_t          now_ms;
    uint32_t         looked;
    uint32_t         seen;          /* of the batch */
    bool             is_repeat;     /* it begins with the last one's end */
    bool             is_truncated;
    uint64_t         total;
    place_t         *places;        /* one more than limit, in order */
    uint32_t         count;
    uint8_t          last[WF_EXECUTION_NAME_LEN_MAX];
    size_t           last_len;
    wf_run_view_t   *views;
    wf_str_t         next_token;
} runs_t;


/*
 * Filters
 */

static bool
is_text(wf_str_t raw, wf_str_t text)
{
    return raw.len > 0 && wf_walk_is(raw, text);
}


static bool
has_tag(wf_str_t list, wf_str_t tag)
{
    wf_str_t   one;
    wf_walk_t  walk;

    if (list.len == 0) {
        return false;
    }

    walk = wf_walk(list);
    wf_walk_enter(&walk);

    while (wf_walk_entry(&walk, &one)) {

        if (wf_walk_is(one, tag)) {
            return true;
        }
    }

    return false;
}


/* WF_DECLINED: it does not pass. */
static wf_rc_t
passes(runs_t *runs, const wf_store_row_t *row)
{
    wf_str_t     type;
    wf_record_t  record;

    if (!runs->is_open
        && runs->now_ms - row->stopped_ms >= wf_swf_kept_ms(row->name))
    {
        return WF_DECLINED;
    }

    if (runs->is_open != (row->status == WF_STATUS_RUNNING)
        || (runs->by_close && (row->stopped_ms < runs->closed_begin_ms
                               || row->stopped_ms > runs->closed_end_ms)))
    {
        return WF_DECLINED;
    }

    if (runs->type_name.len == 0 && runs->tag.len == 0) {
        return WF_OK;
    }

    if (wf_record_decode(row->head, wf_str_none, &record) != WF_OK) {
        wf_error_set(&runs->job.read.err, WF_E_INTERNAL,
                     "the record of an execution is damaged");
        return WF_ERROR;
    }

    type = wf_aws_member(record.input, wf_str("workflowType"));

    if ((runs->type_name.len > 0
         && !is_text(wf_aws_member(type, wf_str("name")), runs->type_name))
        || (runs->type_version.len > 0
            && !is_text(wf_aws_member(type, wf_str("version")),
                        runs->type_version))
        || (runs->tag.len > 0
            && !has_tag(wf_aws_member(record.input, wf_str("tagList")),
                        runs->tag)))
    {
        return WF_DECLINED;
    }

    return WF_OK;
}


/*
 * Order
 */

static bool
is_before(const runs_t *runs, const place_t *one, const place_t *other)
{
    if (one->time_ms != other->time_ms) {
        return runs->is_reversed ? one->time_ms < other->time_ms
                                 : one->time_ms > other->time_ms;
    }

    return wf_str_cmp(one->name, other->name) < 0;
}


/* WF_DECLINED: no later one can have a better place. */
static wf_rc_t
place_keep(runs_t *runs, const wf_store_row_t *row)
{
    uint32_t  at;
    place_t   place;

    place = (place_t) {
        .time_ms = runs->by_close ? row->stopped_ms : row->started_ms,
        .name = row->name,
        .exec_no = row->exec_no
    };

    if (runs->after.name.len > 0 && !is_before(runs, &runs->after, &place)) {
        return WF_OK;
    }

    for (at = runs->count; at > 0; at--) {

        if (!is_before(runs, &place, &runs->places[at - 1])) {
            break;
        }
    }

    if (at > runs->limit) {
        return runs->by_close || runs->is_reversed ? WF_OK : WF_DECLINED;
    }

    if (wf_job_copy(&runs->job.read, &place.name) != WF_OK) {
        return WF_ERROR;
    }

    runs->count -= runs->count > runs->limit;
    memmove(&runs->places[at + 1], &runs->places[at],
            (runs->count - at) * sizeof(place_t));
    runs->places[at] = place;
    runs->count++;

    return WF_OK;
}


static wf_rc_t
each_row(void *data, const wf_store_row_t *row)
{
    wf_rc_t   rc;
    runs_t   *runs;

    runs = data;
    runs->seen++;

    if (runs->is_repeat && runs->seen == 1
        && wf_str_eq(row->name, (wf_str_t) { runs->last_len, runs->last }))
    {
        return WF_OK;
    }

    wf_assert(row->name.len <= sizeof(runs->last));
    memcpy(runs->last, row->name.data, row->name.len);
    runs->last_len = row->name.len;

    if (++runs->looked > WF_SWF_LOOKED_MAX) {
        runs->is_truncated = true;
        return WF_DECLINED;
    }

    rc = passes(runs, row);

    if (rc != WF_OK) {
        return rc == WF_DECLINED ? WF_OK : rc;
    }

    runs->total++;

    return runs->limit > 0 ? place_keep(runs, row) : WF_OK;
}


/* Batch after batch, until no row is left. */
static wf_rc_t
collect(runs_t *runs, const wf_store_type_t *type, wf_store_reader_t *reader)
{
    wf_rc_t  rc;

    runs->query.limit = BATCH;

    for ( ;; ) {
        runs->seen = 0;
        rc = type->list(reader, &runs->query, each_row, runs,
                        &runs->job.read.err);

        if (rc == WF_DECLINED) {
            return WF_OK;
        }

        if (rc != WF_OK || runs->seen < runs->query.limit) {
            return rc;
        }

        runs->query.from = (wf_str_t) { runs->last_len, runs->last };
        runs->is_repeat = true;

        if (wf_job_copy(&runs->job.read, &runs->query.from) != WF_OK) {
            return WF_ERROR;
        }
    }
}


static wf_rc_t
views_read(runs_t *runs, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    wf_rc_t          rc;
    uint32_t         i, count;
    wf_buf_t         token;
    place_t         *place;
    wf_swf_place_t   run;

    run.flow_no = runs->query.flow_no;
    run.now_ms = runs->now_ms;

    for (i = 0, count = 0; i < runs->count && i < runs->limit; i++) {
        place = &runs->places[i];
        run.name = place->name;
        run.shard_no = wf_shard_of(run.flow_no, run.name, runs->shard_count);
        rc = wf_swf_see(&runs->job.read, type, reader, &run,
                        &runs->views[count]);

        if (rc == WF_ERROR) {
            return WF_ERROR;
        }

        count += rc == WF_OK;           /* else it was erased just now */
    }

    if (runs->count > runs->limit) {
        place = &runs->places[runs->limit - 1];
        wf_buf_init(&token, runs->job.read.arena, 32 + place->name.len);
        wf_buf_uint(&token, (uint64_t) place->time_ms);
        wf_buf_byte(&token, ' ');
        wf_buf_str(&token, place->name);
        runs->next_token = wf_buf_done(&token);

        if (token.failed) {
            return wf_job_no_memory(&runs->job.read);
        }
    }

    runs->count = count;

    return WF_OK;
}


static void
runs_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    runs_t  *runs;

    runs = read->data;
    read->rc = WF_ERROR;

    if (reader == NULL) {
        return;
    }

    read->rc = collect(runs, type, reader);

    if (read->rc == WF_OK && runs->limit > 0) {
        read->rc = views_read(runs, type, reader);
    }
}


/*
 * The call
 */

static void
runs_done(wf_life_t *life, int64_t now_ms)
{
    runs_t      *runs;
    wf_reply_t  *reply;

    (void) now_ms;

    if (wf_job_failed(life)) {
        return;
    }

    runs = (runs_t *) life->job;
    reply = &life->call->reply;

    if (runs->limit == 0) {
        reply->kind = WF_REPLY_COUNT;
        reply->count = (uint32_t) wf_min(runs->total, INT32_MAX);
        reply->is_truncated = runs->is_truncated;

    } else {
        reply->kind = WF_REPLY_RUNS;
        reply->count = runs->count;
        reply->u.runs = runs->views;
        reply->next_token = runs->next_token;
    }

    wf_life_done(life);
}


/* WF_DECLINED: the token is none. */
static wf_rc_t
after_read(runs_t *runs, const wf_life_t *life)
{
    size_t    i;
    wf_str_t  text;
    int64_t   time_ms;

    text = wf_arg(life, NEXT_TOKEN)->text;

    if (!wf_arg(life, NEXT_TOKEN)->present) {
        return WF_OK;
    }

    for (time_ms = 0, i = 0; i < text.len && i < 18; i++) {

        if (text.data[i] < '0' || text.data[i] > '9') {
            break;
        }

        time_ms = 10 * time_ms + text.data[i] - '0';
    }

    if (i == 0 || i + 1 >= text.len || text.data[i] != ' ') {
        return WF_DECLINED;
    }

    runs->after.time_ms = time_ms;
    runs->after.name = (wf_str_t) { text.len - i - 1, text.data + i + 1 };

    return wf_job_copy(&runs->job.read, &runs->after.name);
}


static int64_t
time_of(const wf_arg_t *arg, int64_t otherwise)
{
    return arg->present ? arg->number : otherwise;
}


static void
filter_read(runs_t *runs, const wf_life_t *life)
{
    const wf_arg_t  *status;

    status = wf_arg(life, CLOSE_STATUS);
    runs->query.flow_no = life->revision->flow.flow_no;
    runs->query.status = runs->is_open ? WF_STATUS_RUNNING : 0;
    runs->query.begin_ms = time_of(wf_arg(life, STARTED_BEGIN), INT64_MIN);
    runs->query.end_ms = time_of(wf_arg(life, STARTED_END), INT64_MAX);
    runs->by_close = wf_arg(life, CLOSED_BEGIN)->present
                     || wf_arg(life, CLOSED_END)->present;
    runs->closed_begin_ms = time_of(wf_arg(life, CLOSED_BEGIN), INT64_MIN);
    runs->closed_end_ms = time_of(wf_arg(life, CLOSED_END), INT64_MAX);
    runs->is_reversed = wf_arg(life, REVERSE_ORDER)->number;
    runs->shard_count = life->call->desk->settings.shard_count;

    if (status->present && status->number >= 0
        && (size_t) status->number < wf_countof(statuses))
    {
        runs->query.status = statuses[status->number];
    }
}


/* Copies, as the call may be gone before the job. */
static wf_rc_t
texts_read(runs_t *runs, const wf_life_t *life)
{
    wf_buf_t    prefix;
    wf_read_t  *read;

    read = &runs->job.read;
    runs->type_name = wf_arg(life, TYPE_NAME)->text;
    runs->type_version = wf_arg(life, TYPE_VERSION)->text;
    runs->tag = wf_arg(life, TAG)->text;

    if (wf_arg(life, WORKFLOW_ID)->present) {
        wf_buf_init(&prefix, read->arena, 64);
        wf_buf_str(&prefix, wf_arg(life, WORKFLOW_ID)->text);
        wf_buf_byte(&prefix, '/');
        runs->query.prefix = wf_buf_done(&prefix);

        if (prefix.failed) {
            return WF_ERROR;
        }
    }

    if (wf_job_copy(read, &runs->type_name) != WF_OK
        || wf_job_copy(read, &runs->type_version) != WF_OK
        || wf_job_copy(read, &runs->tag) != WF_OK)
    {
        return WF_ERROR;
    }

    if (runs->limit > 0) {
        runs->places = wf_arena_calloc(read->arena, (runs->limit + 2)
                                                    * sizeof(place_t));
        runs->views = wf_arena_calloc(read->arena, runs->limit
                                                   * sizeof(wf_run_view_t));

        if (runs->places == NULL || runs->views == NULL) {
            return WF_ERROR;
        }
    }

    return after_read(runs, life);
}


static void
look(wf_life_t *life, int64_t now_ms, bool is_open, bool counts)
{
    wf_rc_t   rc;
    runs_t   *runs;

    runs = (runs_t *) wf_job_create(sizeof(runs_t), runs_run);

    if (runs == NULL) {
        wf_life_no_memory(life);
        return;
    }

    runs->is_open = is_open;
    runs->now_ms = now_ms;
    runs->limit = counts ? 0 : (uint32_t) wf_arg(life, LIMIT)->number;
    filter_read(runs, life);
    rc = texts_read(runs, life);

    if (rc == WF_OK) {
        wf_job_run(life, &runs->job, runs_done);
        return;
    }

    wf_job_drop(&runs->job);

    if (rc == WF_DECLINED) {
        wf_life_fail(life, WF_E_INVALID_TOKEN, wf_str_none, wf_str_none);

    } else {
        wf_life_no_memory(life);
    }
}


static void
list_open(wf_life_t *life, int64_t now_ms)
{
    look(life, now_ms, true, false);
}


static void
list_closed(wf_life_t *life, int64_t now_ms)
{
    look(life, now_ms, false, false);
}


static void
count_open(wf_life_t *life, int64_t now_ms)
{
    look(life, now_ms, true, true);
}


static void
count_closed(wf_life_t *life, int64_t now_ms)
{
    look(life, now_ms, false, true);
}


void
wf_action_swf_list_open(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, list_open, now_ms);
}


void
wf_action_swf_list_closed(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, list_closed, now_ms);
}


void
wf_action_swf_count_open(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, count_open, now_ms);
}


void
wf_action_swf_count_closed(wf_life_t *life, int64_t now_ms)
{
    wf_swf_domain(life, count_closed, now_ms);
}
