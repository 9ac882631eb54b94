
/*
 * Which run of a workflow is open.  Two chains over the same small thing, so
 * that what is told by a token need not know the run's name.
 */

#include "shard/open.h"
#include "shard/shard.h"


typedef struct {
    wf_link_t    number;            /* first */
    wf_link_t    workflow;
    wf_live_t   *live;
} open_t;

#define open_of_workflow(link)                                                \
    ((open_t *) ((uint8_t *) (link) - offsetof(open_t, workflow)))


static uint32_t
workflow_hash(uint64_t flow_no, wf_str_t workflow)
{
    return (uint32_t) wf_hash(wf_hash_secret() ^ flow_no, workflow);
}


static uint32_t
number_hash(uint64_t exec_no)
{
    return (uint32_t) wf_hash(wf_hash_secret(), (wf_str_t) {
                                  sizeof(exec_no), (uint8_t *) &exec_no });
}


wf_live_t *
wf_open_find(const wf_lives_t *lives, uint64_t flow_no, wf_str_t workflow)
{
    uint32_t    hash;
    wf_live_t  *live;
    wf_link_t  *link;

    hash = workflow_hash(flow_no, workflow);
    link = wf_table_chain(&lives->opens, hash);

    for ( /* void */ ; link != NULL; link = link->next) {
        live = open_of_workflow(link)->live;

        if (link->hash == hash && live->flow_no == flow_no
            && wf_str_eq(wf_swf_workflow(wf_live_name(live)), workflow))
        {
            return live;
        }
    }

    return NULL;
}


static open_t *
open_find(const wf_lives_t *lives, uint64_t exec_no)
{
    uint32_t    hash;
    wf_link_t  *link;

    hash = number_hash(exec_no);
    link = wf_table_chain(&lives->numbers, hash);

    for ( /* void */ ; link != NULL; link = link->next) {

        if (link->hash == hash && ((open_t *) link)->live->exec_no == exec_no)
        {
            return (open_t *) link;
        }
    }

    return NULL;
}


wf_live_t *
wf_open_number(const wf_lives_t *lives, uint64_t exec_no)
{
    open_t  *open;

    open = open_find(lives, exec_no);

    return open ? open->live : NULL;
}


wf_rc_t
wf_open_add(wf_lives_t *lives, wf_live_t *live)
{
    open_t    *open;
    wf_str_t   name;

    name = wf_live_name(live);

    if (!wf_swf_is_run(name)) {
        return WF_OK;
    }

    open = wf_slab_alloc(&lives->slab, sizeof(open_t));

    if (open == NULL) {
        return WF_ERROR;
    }

    open->live = live;

    if (wf_table_add(&lives->numbers, &open->number,
                     number_hash(live->exec_no))
        != WF_OK)
    {
        wf_slab_free(&lives->slab, open, sizeof(open_t));
        return WF_ERROR;
    }

    if (wf_table_add(&lives->opens, &open->workflow,
                     workflow_hash(live->flow_no, wf_swf_workflow(name)))
        != WF_OK)
    {
        wf_table_remove(&lives->numbers, &open->number);
        wf_slab_free(&lives->slab, open, sizeof(open_t));
        return WF_ERROR;
    }

    return WF_OK;
}


void
wf_open_remove(wf_lives_t *lives, wf_live_t *live)
{
    open_t  *open;

    if (!wf_swf_is_run(wf_live_name(live))) {
        return;
    }

    open = open_find(lives, live->exec_no);

    if (open) {
        wf_table_remove(&lives->numbers, &open->number);
        wf_table_remove(&lives->opens, &open->workflow);
        wf_slab_free(&lives->slab, open, sizeof(open_t));
    }
}
