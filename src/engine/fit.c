
/*
 * Does a replayed state belong to a program?  Replay knows no program; before
 * the first step every number is looked up here, so that handlers need not.
 */

#include "engine/step.h"
#include "flow/program_asl.h"


#define BIT(type)  (1u << WF_STATE_##type)

/* What kind of node a branch stands at in this phase; 0: any. */
static const uint32_t  types[WF_PHASE_ENDED + 1] = {
    [WF_PHASE_WAITING] = BIT(WAIT),
    [WF_PHASE_OPENED] = BIT(MAP),
    [WF_PHASE_SCHEDULED] = BIT(TASK),
    [WF_PHASE_CALLED] = BIT(TASK),
    [WF_PHASE_SUBMITTED] = BIT(TASK),
    [WF_PHASE_FORKING] = BIT(PARALLEL) | BIT(MAP),
    [WF_PHASE_FORKED] = BIT(PARALLEL) | BIT(MAP),
    [WF_PHASE_JOINED] = BIT(PARALLEL) | BIT(MAP),
    [WF_PHASE_ANSWERED] = BIT(TASK),
    [WF_PHASE_RETURNED] = BIT(CHOICE),
    [WF_PHASE_BROKEN] = BIT(TASK) | BIT(PARALLEL) | BIT(MAP),
    [WF_PHASE_BACKOFF] = BIT(TASK) | BIT(PARALLEL) | BIT(MAP)
};


static bool
is_node(const wf_program_t *program, uint32_t no)
{
    return no == WF_NONE || no < program->node_count;
}


static bool
fork_fits(const wf_fork_t *fork, const wf_node_t *node)
{
    if (fork == NULL) {
        return true;
    }

    if (fork->items == NULL) {
        return node->type == WF_STATE_PARALLEL
               && fork->count == node->u.fork.count;
    }

    return node->type == WF_STATE_MAP
           && node->u.fork.count == 1
           && (fork->run != NULL) == (node->u.fork.distributed != NULL
                                      || (node->asl
                                          && node->asl->is_distributed));
}


/* What a redrive would take up again: its fork, where it could not go on. */
static bool
stalled_fits(const wf_branch_t *branch, const wf_program_t *program)
{
    uint32_t          no;
    const wf_node_t  *node;

    if (branch->stalled == NULL) {
        return true;
    }

    no = branch->node == WF_NONE ? branch->failed : branch->node;

    if (no == WF_NONE) {
        return false;
    }

    node = &program->nodes[no];

    return (types[WF_PHASE_FORKING] & 1u << node->type) != 0
           && fork_fits(branch->stalled, node);
}


static bool
frames_fit(const wf_branch_t *branch, const wf_program_t *program)
{
    const wf_frame_t  *frame;

    for (frame = branch->frame; frame; frame = frame->outer) {
        if (!is_node(program, frame->owner)
            || !is_node(program, frame->after)
            || frame->scope >= program->scope_count)
        {
            return false;
        }

        if (program->dialect == WF_DIALECT_FDL
            && frame->input->type != WF_OBJECT)
        {
            return false;
        }
    }

    return true;
}


/* What a scope of generation 2 amounts to is an object: at its end, and about
 * to be. */
static bool
end_fits(const wf_branch_t *branch, const wf_program_t *program)
{
    const wf_value_t  *value;

    if (program->dialect != WF_DIALECT_CFL || branch->frame == NULL) {
        return true;
    }

    value = NULL;

    if (branch->phase == WF_PHASE_READY && branch->node == WF_NONE) {
        value = branch->frame->input;

    } else if (branch->phase == WF_PHASE_SUCCEEDED
               && branch->next == WF_NONE)
    {
        value = branch->output;
    }

    return value == NULL || value->type == WF_OBJECT;
}


static bool
branch_fits(const wf_branch_t *branch, const wf_program_t *program)
{
    uint32_t          allowed;
    const wf_node_t  *node;

    if (!is_node(program, branch->node)
        || !is_node(program, branch->next)
        || !is_node(program, branch->failed)
        || !frames_fit(branch, program)
        || !end_fits(branch, program)
        || !stalled_fits(branch, program))
    {
        return false;
    }

    if (program->dialect == WF_DIALECT_FDL
        && branch->phase == WF_PHASE_SUCCEEDED
        && branch->output->type != WF_OBJECT)
    {
        return false;
    }

    allowed = types[branch->phase];

    /* any state of the Amazon States Language may break */

    if (allowed == 0
        || (program->dialect == WF_DIALECT_ASL
            && branch->phase == WF_PHASE_BROKEN))
    {
        return true;
    }

    node = &program->nodes[branch->node];

    if (program->dialect == WF_DIALECT_FDL && branch->input
        && branch->input->type != WF_OBJECT)
    {
        return false;
    }

    return (allowed & 1u << node->type) != 0 && fork_fits(branch->fork, node);
}


bool
wf_exec_fits(const wf_exec_t *exec, const wf_program_t *program)
{
    uint32_t                  i;
    const wf_roster_entry_t  *entry;

    if (exec->swf != NULL || program->dialect == WF_DIALECT_SWF) {
        return exec->swf != NULL && program->dialect == WF_DIALECT_SWF;
    }

    if (exec->is_asl != (program->dialect == WF_DIALECT_ASL)
        || exec->scope >= program->scope_count
        || !branch_fits(&exec->branch, program))
    {
        return false;
    }

    for (i = 0; i < exec->branches.count; i++) {
        entry = &exec->branches.entries[i];

        if (entry->branch && !branch_fits(entry->branch, program)) {
            return false;
        }
    }

    return true;
}
