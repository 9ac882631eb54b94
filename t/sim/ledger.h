
/*
 * Tasks of an execution as its events tell them; for the auditor.
 */

#ifndef WF_SIM_LEDGER_H
#define WF_SIM_LEDGER_H


#include "t/sim/sim.h"


typedef struct sim_ledger_s  sim_ledger_t;
typedef struct sim_links_s   sim_links_t;
typedef struct sim_debt_s    sim_debt_t;

typedef enum {
    SIM_DEBT_OPEN = 0,
    SIM_DEBT_PAID,
    SIM_DEBT_FAILED,
    SIM_DEBT_GIVEN_UP
} sim_debt_state_t;

/* A task: somebody is to be called, and to answer. */
struct sim_debt_s {
    uint64_t      task;
    uint32_t      branch;
    uint8_t       state;            /* sim_debt_state_t */
    bool          is_item;          /* of a map run */
    uint32_t      place;            /* ... which */
    bool          is_taken;
    bool          is_read;          /* the auditor's: output was looked at */
    int64_t       due_ms;           /* 0: none */
    int64_t       ended_ms;         /* of the world */
    uint64_t      event_id;         /* of its end; 0: none */
    wf_str_t      output;           /* PAID: JSON text */
    sim_debt_t   *next;
};


sim_ledger_t *sim_ledger_create(void);
/* In order.  NULL, or what is wrong. */
const char *sim_ledger_read(sim_ledger_t *ledger, wf_str_t chunk);
const char *sim_ledger_compare(const sim_ledger_t *ledger,
    const wf_exec_t *exec);
const sim_debt_t *sim_ledger_find(const sim_ledger_t *ledger, uint64_t task);
sim_debt_t *sim_ledger_debts(const sim_ledger_t *ledger);

/* links.c: what is shown, and what it follows.  NULL, or what is wrong. */
sim_links_t *sim_links_create(void);
const char *sim_links_read(sim_links_t *links, const wf_event_t *event);


#endif /* WF_SIM_LEDGER_H */
