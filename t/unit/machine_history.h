
/*
 * The history of a state machine that a rig runs, as clients read it; ids must
 * have no gaps and follow earlier ones.
 */

#ifndef WF_MACHINE_HISTORY_H
#define WF_MACHINE_HISTORY_H


#include "engine_rig.h"
#include "flow/program_asl.h"
#include "wire/aws_history.h"


static inline wf_str_t
machine_type(uint8_t type)
{
    static const char *const  names[] = {
#define STATE(symbol, number, fdl, cfl, enter, on_input, resume)              \
        [number] = cfl,
#include "flow/states.def"
#undef STATE
    };

    return wf_str_of(names[type]);
}


typedef struct {
    rig_t       *rig;
    wf_value_t  *list;
} machine_history_t;


static inline bool
machine_each(void *data, const wf_event_t *event, wf_reader_t *reader)
{
    rig_t               *rig;
    wf_buf_t             buf;
    wf_value_t          *value;
    machine_history_t   *history;
    wf_event_view_t      view;
    const wf_node_t     *node;

    static const wf_history_frame_t  frame = {
        .place = {
            wf_str_init("us-east-1"), wf_str_init("123456789012"),
            wf_str_init("machine")
        },
        .role = wf_str_init("arn:aws:iam::123456789012:role/r"),
        .has_data = true
    };

    (void) reader;

    history = data;
    rig = history->rig;

    if (event->event_id == 0) {
        return true;
    }

    memset(&view, 0, sizeof(view));
    view.event = *event;

    if (strchr(wf_event_fields(event->type), 'N')) {
        node = &rig->program->nodes[event->node];
        view.step = node->name;
        view.type = machine_type(node->type);
        view.kind = node->asl->kind;
        view.service = node->asl->service;
        view.operation = node->asl->operation;
        view.resource = node->u.task.resource;
        view.label = node->asl->label;

        if (node->type != WF_STATE_TASK) {
            view.resource = wf_str_none;
        }
    }

    CHECK_INT(event->event_id, history->list->count + 1);
    CHECK(event->cause_id < event->event_id);
    wf_buf_init(&buf, rig->arena, 0);
    wf_aws_history_event(&buf, &frame, &view);
    CHECK(wf_json_parse(rig->arena, wf_buf_done(&buf), &value, &rig->err)
          == WF_OK);
    CHECK(wf_value_push(rig->arena, history->list, value) == WF_OK);

    return true;
}


/* All of it, as clients read it. */
static inline wf_value_t *
machine_history(rig_t *rig)
{
    machine_history_t  history;

    history = (machine_history_t) { rig, wf_value_array(rig->arena, 64) };
    rig_events(rig, machine_each, &history);

    return history.list;
}


#endif /* WF_MACHINE_HISTORY_H */
