
/*
 * The simulator's hook, and nothing else.
 */

#include "shard/buggify.h"


#ifdef WF_SIM

bool  (*wf_buggify_hook)(uint32_t per_mille);

#endif
