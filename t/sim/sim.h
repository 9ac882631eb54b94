
/*
 * The simulator: one seed, one life.  Real desks, shards and engine, under a
 * fake port over a store in memory that fails on demand.
 *
 *   world.c     time, workers, messages, reads, appends, leases
 *   port.c      the fake port
 *   chaos.c     what goes wrong
 *   clients.c   random calls; flows.c, machines.c, random flows
 *   services.c  what tasks call
 *   auditor.c   a second, simpler opinion of what should have been
 *   ledger.c    the same for the tasks of an execution; links.c, for what a
 *               state machine's history shows; families.c, between
 *               executions; issues.c, versions and aliases; calendar.c,
 *               schedules
 *   sim.c       seeds
 */

#ifndef WF_SIM_H
#define WF_SIM_H


#include <stdio.h>

#include "actions/desk.h"
#include "shard/buggify.h"
#include "shard/inside.h"
#include "shard/notice.h"
#include "store/store_memory.h"


#define SIM_WORKERS  3
#define SIM_SHARDS   3
#define SIM_CLIENTS  5
#define SIM_NOBODY   UINT32_MAX
#define SIM_START_MS 1700000000000ll

typedef enum {
    SIM_READ_RUN = 0,
    SIM_READ_DONE,
    SIM_APPEND_RUN,
    SIM_APPEND_DONE,
    SIM_MESSAGE,
    SIM_REPLY,
    SIM_TURN,
    SIM_TICK,
    SIM_OPEN,
    SIM_OWNER,
    SIM_CLOSED,
    SIM_ABANDON,
    SIM_RESTART,
    SIM_CLIENT,
    SIM_SERVICE,
    SIM_REPORT,
    SIM_CHAOS,
    SIM_EVENTS
} sim_event_type_t;

typedef struct sim_event_s  sim_event_t;
struct letter_s;

struct sim_event_s {
    wf_heap_node_t   node;          /* first; due in sim.time_ms */
    uint8_t          type;
    uint32_t         worker;
    uint32_t         life;          /* of the worker; other: it died */
    uint32_t         shard_no;
    wf_read_t       *read;
    wf_shard_t      *shard;
    uint64_t         epoch;         /* of the shard that is meant */
    wf_batch_t      *batch;
    wf_ticket_t      ticket;
    wf_str_t         message;
    wf_outbound_t   *out;
    struct letter_s *letter;
    bool             failed;
    wf_error_t       err;
    sim_event_t     *next;
};

typedef struct {
    wf_port_t            port;      /* first */
    bool                 is_alive;
    bool                 is_dying;  /* its port is deaf */
    uint32_t             life;
    wf_desk_t           *desk;
    wf_store_reader_t   *reader;
    wf_shard_t          *shards[SIM_SHARDS];
    wf_store_t          *stores[SIM_SHARDS];
    bool                 turn_posted;
    int64_t              armed_ms;  /* 0: not */
    sim_event_t         *alarm;     /* that rings for it */
} sim_worker_t;

typedef struct {
    uint32_t             owner;     /* worker; SIM_NOBODY */
    bool                 is_opening;
} sim_lease_t;

typedef struct sim_entry_s  sim_entry_t;

struct sim_entry_s {
    uint32_t         shard_no;
    uint64_t         flow_no;
    wf_str_t         bytes;
    wf_str_t         name;
    sim_entry_t     *next;
};

/* Names an attempt. */
typedef struct {
    uint32_t             shard_no;
    uint64_t             exec_no;
    uint64_t             task;
} sim_task_id_t;

/* What a service adds to its answer, so that it is known again. */
#define SIM_TAG      "made for "
#define SIM_TAG_LEN  64

/* How the executions are named that a service starts to be called back. */
#define SIM_CALLER   "caller-"

typedef struct {
    uint64_t             seed;
    uint64_t             random;
    uint64_t             rare;          /* of wf_buggify() alone */
    wf_arena_t          *arena;         /* whole life */
    wf_memory_t         *memory;
    wf_store_reader_t   *reader;        /* the auditor's */
    wf_heap_t            events;
    sim_event_t         *spare;
    int64_t              time_ms;
    int64_t              skew_ms;       /* of the clock */
    uint64_t             event_count;
    uint32_t             worker_count;
    uint32_t             shard_count;
    sim_worker_t         workers[SIM_WORKERS];
    sim_lease_t          leases[SIM_SHARDS];
    sim_entry_t         *index;
    uint64_t             catalog_version;
    bool                 is_calm;       /* no more chaos */
    bool                 is_quiet;      /* clients ask no more */
    bool                 is_long;       /* a life of years */
    wf_retention_t       retention;
    int64_t              owner_wait_ms;
    int64_t              latest_ms;     /* that any clock has shown */
    uint32_t             crash_percent; /* after an append */
    uint64_t             crash_append;  /* after that one; 0: none */
    uint64_t             append_count;
    uint32_t             kills, powers, faults, moves, drains, jumps;
    char                 trouble[512];  /* what went wrong first */
} sim_t;

extern sim_t  sim;
extern bool   sim_verbose;


/* world.c */
uint64_t sim_random(void);
uint32_t sim_below(uint32_t n);             /* 0 .. n - 1 */
bool sim_chance(uint32_t percent);
int64_t sim_clock(void);
void sim_failed(const char *format, ...) __attribute__((format(printf, 1, 2)));
void sim_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
sim_event_t *sim_post(sim_event_type_t type, uint32_t worker,
    int64_t delay_ms);
void sim_world_open(uint64_t seed);
bool sim_world_step(void);                  /* false: nothing will happen */
void sim_world_calm(void);
bool sim_world_is_whole(void);              /* everybody alive and owning */
void sim_world_close(void);

void sim_event_free(sim_event_t *event);
uint32_t sim_worker_no(const sim_worker_t *worker);
void sim_worker_kill(uint32_t no);
void sim_lease_gone(uint32_t shard_no);     /* somebody will open it */

/* port.c */
void sim_port_init(uint32_t worker);
void sim_index_clear(uint32_t shard_no);

/* chaos.c */
void sim_chaos(void);

/* clients.c */
void sim_clients_open(void);
void sim_client_act(uint32_t client);
void sim_clients_lost(uint32_t worker);     /* before its desk goes */
bool sim_clients_idle(void);
void sim_clients_close(void);
extern uint64_t  sim_calls_done, sim_calls_failed;

/* flows.c */
wf_str_t sim_flow(uint32_t no, uint32_t count);     /* f<no> of count */

/* machines.c */
wf_str_t sim_machine(void);                 /* some state machine */

/* services.c */
void sim_services_open(void);
void sim_service_call(uint32_t worker, wf_outbound_t *out);
void sim_service_cancel(wf_outbound_t *out);
void sim_service_answer(uint32_t worker, wf_outbound_t *out);
void sim_tag(char tag[SIM_TAG_LEN], const sim_task_id_t *id);
void sim_service_report(struct letter_s *letter);
void sim_services_lost(uint32_t worker);    /* before its desk goes */
void sim_services_close(void);
extern uint64_t  sim_services_called, sim_reports_taken;
extern uint64_t  sim_expresses;             /* kept ones that were answered */
extern uint64_t  sim_redrives;              /* durable ones, */
extern uint64_t  sim_child_redrives;        /* of them by map runs */

/* auditor.c */
/* Some map run, or none at all. */
void sim_audit_some_failed(wf_str_t *flow, wf_str_t *execution);
void sim_audit_some_run(wf_str_t *flow, wf_str_t *execution, wf_str_t *run);
void sim_audit_open(void);
void sim_audit_append(uint32_t shard_no, const wf_append_t *append);
void sim_audit_unsure(uint32_t shard_no);   /* an append failed oddly */
void sim_audit_opened(uint32_t shard_no, wf_store_t *store);
                                            /* recovered: what is true? */
void sim_audit_publish(uint32_t shard_no, const wf_record_t *record);
void sim_audit_forget(uint32_t shard_no, uint64_t flow_no, wf_str_t name);
void sim_audit_notice(wf_str_t message);
void sim_audit_call(const wf_call_t *call, const char *action,
    int64_t begun_ms);                      /* sim.time_ms */
void sim_audit_task(const wf_task_t *task, bool is_owner);  /* is called */
void sim_audit_answered(const wf_task_t *task, bool is_owner);
void sim_audit_reported(const sim_task_id_t *id, uint64_t event_id,
    bool is_success);                       /* was accepted */
void sim_audit_live(void);                  /* replay against memory */
bool sim_audit_all_over(void);
void sim_audit_end(void);
uint64_t sim_audit_hash(void);

/* issues.c: for the auditor */
void sim_issues_open(void);
void sim_issues_append(const wf_store_item_t *item, bool is_unsure);
void sim_issues_scan(bool is_unsure);
void sim_issues_record(const wf_record_t *record);
void sim_issues_version(const wf_version_view_t *view, const char *action);
void sim_issues_alias(const wf_alias_view_t *view, const char *action);
uint32_t sim_audit_count(void);
uint32_t sim_audit_gone(void);              /* erased, of them */

/* calendar.c: for the auditor */
void sim_calendar_open(void);
void sim_calendar_append(const wf_store_item_t *item);
void sim_calendar_scan(bool unsure);
void sim_calendar_started(const wf_record_t *record);
bool sim_calendar_is_over(void);
void sim_calendar_say(void);                /* what is still owed */
void sim_calendar_answer(const wf_schedule_view_t *view, const char *action);
extern uint64_t  sim_fires;


#endif /* WF_SIM_H */
