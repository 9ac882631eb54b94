
/*
 * Effects: what the world must do, once a step's events are durable.
 */

#ifndef WF_EFFECT_H
#define WF_EFFECT_H


#include "base/arena.h"


/*
 * What the world must do, once the step's events are durable.  A task is
 * named by the seq of its TaskScheduled event: one number per attempt, and
 * with the execution's identity the key by which a receiver drops doubles.
 * Strings and text live in the step's arena.
 */
typedef enum {
    WF_EFFECT_CALL = 1,         /* call the service; answer with TASK_DONE */
    WF_EFFECT_CANCEL,           /* the task is given up: nobody waits for it;
                                   a SYNC child is to be stopped */
    WF_EFFECT_MESSAGE,          /* SWF: to another run; resource says what,
                                   child whom, params how; its answer is told
                                   as WF_SWF_ANSWER */
    WF_EFFECT_RUN               /* SWF: the next run, child: its name, params:
                                   its start; in the batch of this one's end */
} wf_effect_type_t;

typedef struct wf_effect_s  wf_effect_t;

struct wf_effect_s {
    uint8_t        type;        /* wf_effect_type_t */
    uint8_t        dialect;     /* wf_dialect_t */
    uint8_t        mode;        /* wf_task_mode_t */
    bool           is_action;   /* resource is an action, not an ARN */
    uint32_t       attempt;     /* 0: the first */
    uint64_t       task;
    uint64_t       seq;         /* of the event that makes it; 0: task's */
    int32_t        priority;    /* of an offer: higher ones first */
    int64_t        deadline_ms; /* 0: none */
    wf_str_t       resource;    /* ARN or action */
    wf_str_t       step;        /* its name */
    wf_str_t       params;      /* JSON text: gen 1 the serviceParams, or the
                                   step's input where there are none (and for
                                   functions); gen 2 the Parameters */
    bool           has_params;  /* gen 1: serviceParams were given */
    wf_str_t       token;       /* WF_CALL_SYNC and WF_CALL_TOKEN; else empty */
    wf_str_t       child;       /* a child of a map run: the execution's name;
                                   params: its input */
    uint32_t       scope;       /* ... and the scope that it runs */
    bool           is_redrive;  /* ... it was there, and is to go on */
    wf_str_t       job;         /* what the call began, JSON text: it is asked
                                   about, or stopped; empty: not begun */
    bool           is_activity; /* CALL: offered to whoever asks for it; done
                                   (SUBMITTED, {"workerName"}) means that one
                                   is there, then it is called once more */
    bool           is_started;  /* ... and that has been recorded: it is to be
                                   handed over; done means that it was */
    wf_str_t       test_case;   /* empty: none; a child's too */
    uint32_t       call_no;     /* ... and which call of the state this is */
    wf_effect_t   *next;
};


#endif /* WF_EFFECT_H */
