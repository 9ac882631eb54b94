
/*
 * What a task may call: the forms of resources and actions, and the task
 * modes that each service offers (fdl.md 1.3.1, 2.4.2).
 */

#ifndef WF_RESOURCE_H
#define WF_RESOURCE_H


#include "flow/program.h"


#define wf_mode_bit(mode)  (1u << (mode))
#define WF_MODES_ALL                                                          \
    (wf_mode_bit(WF_CALL_REQUEST) | wf_mode_bit(WF_CALL_SYNC)                 \
     | wf_mode_bit(WF_CALL_TOKEN))

/*
 * The modes of a generation-1 resourceArn; 0: begins with "acs:" but is of no
 * known kind.  Other texts are names configured by the operator: all modes.
 * Placeholders ${...} and <...> may stand anywhere inside a segment.
 */
uint32_t wf_resource_modes(wf_str_t arn);

/* The modes of "<service>:<Operation>"; 0: not of that form. */
uint32_t wf_action_modes(wf_str_t action);


#endif /* WF_RESOURCE_H */
