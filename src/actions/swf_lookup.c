
/*
 * What deciders and starts name: types of a domain of SWF, as the catalogue
 * has them (swf 4, 5).  Reads what the worker does not remember, all in one
 * go; writes nothing.
 */

#include "actions/jobs.h"
#include "actions/place.h"
#include "actions/swf_types.h"
#include "wire/aws_walk.h"


/* A type that is not remembered. */
typedef struct {
    uint32_t   index;
    wf_str_t   key;
    wf_str_t   body;                /* data == NULL: there is none */
} sought_t;

typedef struct {
    wf_job_t   job;
    uint64_t   version;             /* of the catalogue, when it was asked */
    wf_go_pt   go;
    sought_t  *sought;
    uint32_t   count;
    uint32_t   at;                  /* in the thread */
} lookup_t;


int64_t
wf_swf_number(wf_str_t record, const char *member)
{
    size_t    i;
    int64_t   number;
    wf_str_t  raw;

    raw = wf_aws_member(record, wf_str_of(member));

    for (number = 0, i = 0; i < raw.len && i < 18; i++) {

        if (raw.data[i] < '0' || raw.data[i] > '9') {
            return 0;
        }

        number = 10 * number + raw.data[i] - '0';
    }

    return number;
}


void
wf_swf_domain_read(const wf_flow_t *flow, wf_swf_domain_state_t *domain)
{
    domain->retention = wf_aws_member(flow->attributes, wf_str("retention"));
    domain->deprecated_ms = wf_swf_number(flow->attributes, "deprecatedMs");
    domain->types_ms = wf_swf_number(flow->attributes, "typesMs");
}


int64_t
wf_swf_type_deprecated(const wf_swf_domain_state_t *domain, wf_str_t body)
{
    int64_t  own_ms;

    own_ms = wf_swf_number(body, "deprecatedMs");

    if (own_ms != 0) {
        return own_ms;
    }

    return domain->types_ms >= wf_swf_number(body, "registeredMs")
           ? domain->types_ms : 0;
}


wf_str_t
wf_swf_type_key(wf_arena_t *arena, wf_str_t flow, bool is_workflow,
    const wf_str_t *name, const wf_str_t *version)
{
    wf_buf_t  key;

    wf_buf_init(&key, arena, flow.len + 3 + (name ? name->len + 1 : 0)
                             + (version ? version->len : 0));
    wf_buf_str(&key, flow);
    wf_buf_byte(&key, WF_NOTE_MARK);
    wf_buf_byte(&key, is_workflow ? 'w' : 'a');
    wf_buf_byte(&key, WF_NOTE_MARK);

    if (name) {
        wf_buf_str(&key, *name);
        wf_buf_byte(&key, WF_NOTE_MARK);
    }

    if (version) {
        wf_buf_str(&key, *version);
    }

    return key.failed ? wf_str_none : wf_buf_done(&key);
}


/*
 * Answers.  Until the domain was ever deprecated it needs no reading.
 */

/* WF_ERROR: no memory. */
static wf_rc_t
type_fill(wf_life_t *life, wf_swf_type_t *type, wf_str_t body)
{
    wf_str_t         defaults;
    wf_swf_domain_state_t  domain;

    wf_swf_domain_read(&life->revision->flow, &domain);
    defaults = wf_aws_member(body, wf_str("defaults"));
    type->is_there = true;
    type->is_deprecated = wf_swf_type_deprecated(&domain, body) != 0;
    type->defaults = wf_arena_copy(life->call->arena, defaults);

    return type->defaults.data ? WF_OK : WF_ERROR;
}


const wf_swf_type_t *
wf_swf_types_answer(wf_life_t *life)
{
    return life->types;
}


/*
 * In the reader thread
 */

static wf_rc_t
lookup_keep(void *data, wf_str_t key, wf_str_t value)
{
    lookup_t   *lookup;
    wf_note_t   note;
    sought_t   *sought;

    (void) key;

    lookup = data;
    sought = &lookup->sought[lookup->at];

    if (wf_note_decode(value, &note) != WF_OK) {
        wf_error_set(&lookup->job.read.err, WF_E_INTERNAL,
                     "a note is damaged");
        return WF_ERROR;
    }

    sought->body = note.body;

    return wf_job_copy(&lookup->job.read, &sought->body);
}


static void
lookup_run(wf_read_t *read, const wf_store_type_t *type,
    wf_store_reader_t *reader)
{
    lookup_t  *lookup;

    lookup = read->data;
    read->rc = reader ? WF_OK : WF_ERROR;

    for (lookup->at = 0; read->rc == WF_OK && lookup->at < lookup->count;
         lookup->at++)
    {
        read->rc = type->item(reader, WF_ITEM_NOTE,
                              lookup->sought[lookup->at].key, lookup_keep,
                              lookup, &read->err);

        if (read->rc == WF_DECLINED) {
            read->rc = WF_OK;
        }
    }
}


/*
 * Back in the worker
 */

static void
lookup_done(wf_life_t *life, int64_t now_ms)
{
    wf_rc_t    rc;
    wf_go_pt   go;
    uint32_t   i;
    lookup_t  *lookup;
    sought_t  *sought;

    if (wf_job_failed(life)) {
        return;
    }

    rc = WF_OK;
    lookup = (lookup_t *) life->job;
    go = lookup->go;

    for (i = 0; i < lookup->count && rc == WF_OK; i++) {
        sought = &lookup->sought[i];
        wf_catalog_learn(life->call->desk->catalog, sought->key,
                         lookup->version, sought->body.data != NULL,
                         sought->body);

        if (sought->body.data) {
            rc = type_fill(life, &life->types[sought->index], sought->body);
        }
    }

    wf_job_drop(life->job);
    life->job = NULL;

    if (rc != WF_OK) {
        wf_life_no_memory(life);
        return;
    }

    go(life, now_ms);
}


/* WF_ERROR: no memory. */
static wf_rc_t
sought_add(wf_life_t *life, lookup_t *lookup, uint32_t index)
{
    sought_t  *sought;

    sought = &lookup->sought[lookup->count++];
    sought->index = index;
    sought->key = life->types[index].key;

    return wf_job_copy(&lookup->job.read, &sought->key);
}


/* For what is not remembered: room for as many.  NULL: no memory. */
static lookup_t *
lookup_create(wf_life_t *life, uint32_t count, wf_go_pt go)
{
    lookup_t   *lookup;
    wf_port_t  *port;

    port = life->call->desk->port;
    lookup = (lookup_t *) wf_job_create(sizeof(lookup_t), lookup_run);

    if (lookup == NULL) {
        return NULL;
    }

    lookup->go = go;
    lookup->version = port->catalog_version(port);
    lookup->sought = wf_arena_calloc(lookup->job.read.arena,
                                     count * sizeof(sought_t));

    if (lookup->sought == NULL) {
        wf_job_drop(&lookup->job);
        return NULL;
    }

    return lookup;
}


/* WF_AGAIN: it has to be read. */
static wf_rc_t
type_recall(wf_life_t *life, wf_swf_type_t *type)
{
    wf_rc_t   rc;
    wf_str_t  body;

    type->is_there = false;
    type->key = wf_swf_type_key(life->call->arena, life->revision->flow.name,
                                type->is_workflow, &type->name,
                                &type->version);

    if (type->key.data == NULL) {
        return WF_ERROR;
    }

    rc = wf_catalog_body(life->call->desk->catalog, type->key, &body);

    return rc == WF_OK ? type_fill(life, type, body) : rc;
}


void
wf_swf_types_look(wf_life_t *life, wf_swf_type_t *types, uint32_t count,
    wf_go_pt go, int64_t now_ms)
{
    wf_rc_t    rc;
    uint32_t   i;
    lookup_t  *lookup;

    rc = WF_OK;
    lookup = NULL;
    life->types = types;

    for (i = 0; i < count && rc != WF_ERROR; i++) {
        rc = type_recall(life, &types[i]);

        if (rc != WF_AGAIN) {
            continue;
        }

        if (lookup == NULL) {
            lookup = lookup_create(life, count - i, go);
        }

        rc = lookup ? sought_add(life, lookup, i) : WF_ERROR;
    }

    if (rc == WF_ERROR) {

        if (lookup) {
            wf_job_drop(&lookup->job);
        }

        wf_life_no_memory(life);
        return;
    }

    if (lookup == NULL) {
        go(life, now_ms);
        return;
    }

    wf_job_drop(life->job);
    wf_job_run(life, &lookup->job, lookup_done);
}
