
/*
 * The auditor from inside: what it knows of each execution.
 */

#ifndef WF_SIM_AUDITOR_H
#define WF_SIM_AUDITOR_H


#include "t/sim/ledger.h"


typedef struct row_s    row_t;
typedef struct past_s   past_t;

/* An end that was not the last one: it was redriven. */
struct past_s {
    wf_record_t    record;
    past_t        *next;
};

/* An execution as the store has it. */
struct row_s {
    uint32_t       shard_no;
    uint64_t       exec_no;
    uint64_t       flow_no;
    wf_str_t       name;
    wf_record_t    record;
    past_t        *pasts;
    wf_exec_t     *exec;            /* replayed */
    sim_ledger_t  *ledger;          /* the same, by our own reckoning */
    row_t         *parent;          /* whose task waits for its end */
    uint64_t       task;            /* of the parent */
    int64_t        due_ms;
    bool           is_seen;         /* by a scan */
    bool           is_gone;         /* kept long enough */
    int64_t        gone_ms;
    int64_t        forgotten_ms;    /* by the index, too; 0: not yet */
    row_t         *next;
};


/* auditor.c */
extern row_t  *sim_rows;
row_t *sim_row_by_no(uint32_t shard_no, uint64_t exec_no);
bool sim_flow_is_gone(uint64_t flow_no);

/* families.c */
void sim_families_open(void);
void sim_families_add(row_t *row);                  /* its record is there */
void sim_families_look(const row_t *row);           /* after all items */
void sim_families_item(uint32_t shard_no, const wf_store_item_t *item);
void sim_families_opened(uint32_t shard_no, wf_store_t *store);
bool sim_families_all_told(void);


#endif /* WF_SIM_AUDITOR_H */
