
/*
 * Every limit of the house, with its reason.  Reaching one is an ordinary
 * error with a name, never a surprise.
 */

#ifndef WF_LIMITS_H
#define WF_LIMITS_H


#include "base/limits_lang.h"


/* API: cloudflow-api section 7. */
#define WF_NAME_LEN_MAX            128          /* bytes; flow, execution */
#define WF_FLOW_NAME_LEN_MAX       880          /* bytes; a domain's of SWF:
                                                   256 characters (of 3) behind
                                                   region and account */
#define WF_EXECUTION_NAME_LEN_MAX  1060         /* SWF: 256 characters of four
                                                   bytes, and a run's id */
#define WF_TOKEN_NAME_LEN_MAX      640          /* bytes; of a run of SWF: all
                                                   but names of long signs */
#define WF_STEP_NAME_LEN_MAX       128          /* code points would be kinder,
                                                   bytes * 4 are allowed */
#define WF_REQUEST_BYTES_MAX       (1024 * 1024) /* decoded parameters */
#define WF_RAW_REQUEST_BYTES_MAX   (4 * 1024 * 1024)
#define WF_PARAMS_MAX              1000         /* of one request */
#define WF_PARAM_VALUES_MAX        20000        /* JSON values in a body or a
                                                   parameter that is parsed in
                                                   the event loop */
#define WF_PAGE_BYTES_MAX          (768 * 1024) /* of a list's page,
                                                   at least one entry */
#define WF_ERROR_NAME_LEN_MAX      128          /* Error, characters */
#define WF_CAUSE_LEN_MAX           4096         /* Cause, characters */
#define WF_WAIT_SECONDS_MAX        60           /* DescribeExecution */
#define WF_LIST_LIMIT_DEFAULT      60
#define WF_LIST_LIMIT_MAX          1000         /* flows, events */
#define WF_EXECUTIONS_LIMIT_MAX    100
#define WF_FLOWS_MAX               10000        /* flows in one store */
#define WF_EXECUTIONS_RUNNING_MAX  10000        /* Standard ones in one store */
#define WF_ENVIRONMENT_MAX         100          /* variables of one flow */
#define WF_VERSIONS_MAX            1000         /* of one flow; ours */
#define WF_ALIASES_MAX             100          /* of one flow; ours */
#define WF_ROUTES_MAX              2            /* of one alias */
#define WF_WEIGHT_MAX              100          /* of one route */
#define WF_NOTES_MAX               50000        /* activities, tags; ours */
#define WF_NOTE_NAME_LEN_MAX       1860         /* bytes; a type's of SWF:
                                                   domain, name, version */
#define WF_TAGS_MAX                50           /* asl 19: of one resource */
#define WF_QUALIFIERS_KEPT_MAX     1000         /* a worker remembers */

/* Engine. */
#define WF_EVENTS_MAX              5000         /* visible history events */
#define WF_EVENTS_ASL_MAX          25000        /* of a state machine: asl 24 */
#define WF_REDRIVES_MAX            1000         /* of one execution: asl 18 */
#define WF_REDRIVE_MS_MAX          (14ll * 86400 * 1000)    /* after its end */
#define WF_REDRIVE_EVENTS          2            /* that must have room: it and
                                                   what comes of it */
#define WF_REDRIVES_KNOWN          10           /* by the token of the call, */
#define WF_REDRIVE_KNOWN_MS        (15 * 60 * 1000)     /* for that long */
#define WF_RETRIES_MAX             WF_EVENTS_MAX /* of one execution: what
                                                   fails before it is scheduled
                                                   leaves no visible event */
#define WF_STEP_EVENTS_MAX         256          /* then it yields */
#define WF_STEP_BYTES_MAX          (64 * 1024)  /* of events: then too */
#define WF_STEP_WORK_MAX           100000       /* of expressions: then too */
#define WF_STEP_LOOK_WORK          1024         /* then the clock is asked */
#define WF_TURN_NS_MAX             500000       /* of a processor: then no more
                                                   executions move in a turn */
#define WF_STEP_BYTES_PER_WORK     4            /* bytes of a value moved cost
                                                   as much as one of those */
#define WF_EXEC_GARBAGE_BYTES_MAX  (64 * 1024)  /* kept before compaction */
#define WF_EXEC_MOVED_BYTES_MAX    (512 * 1024) /* compacted in between; more
                                                   waits for the next turn */
#define WF_EXEC_BYTES_MAX          (64 * 1024 * 1024) /* of memory, alive */
#define WF_FORK_BYTES_MAX          (4 * 1024 * 1024) /* of a fork's items, and
                                                   of its results; ours */
#define WF_EXECUTION_MS_MAX        (365ull * 86400 * 1000)
#define WF_EXPRESS_MS_MAX          (300ull * 1000) /* of an Express one */
#define WF_EXPRESS_RUNNING_MAX     10000        /* of those that clients wait
                                                   for, per worker */
#define WF_EXPRESS_HISTORY_MAX     (2 * 1024 * 1024) /* bytes of events that are
                                                   to be written; then it is
                                                   stopped */
#define WF_CHILD_DEPTH_MAX         16           /* sub-flows in sub-flows */
#define WF_CHILD_RETRY_MS_MAX      10000        /* then its start is tried
                                                   again */

/* Amazon SWF: section 13 of its reference. */
#define WF_EVENTS_SWF_MAX          25000        /* then terminated, behind what
                                                   the last input made */
#define WF_SWF_OPEN_MAX            1000         /* of one run: activities,
                                                   timers, children, functions,
                                                   each */
#define WF_SWF_LAMBDA_SECONDS_MAX  900          /* of a function; the default */
#define WF_SWF_TEXT_LEN_MAX        32768        /* characters of a result */
#define WF_SWF_REASON_LEN_MAX      256          /* characters */
#define WF_SWF_RUN_ID_LEN          32           /* hexadecimal digits */

/* Shards. */
#define WF_SHARDS_MAX              64
#define WF_BATCH_UNITS_MAX         1000         /* then the batch is sealed */
#define WF_BATCH_BYTES_MAX         (8 * 1024 * 1024)
#define WF_RETENTION_MS            (90ll * 86400 * 1000)
#define WF_ERASE_MAX               250          /* executions by one batch */
#define WF_QUEUE_MAX               100000       /* inputs waiting on a load */
#define WF_OUTBOX_AWAY_MAX         64           /* deliveries at a time */
#define WF_TASKLIST_WORD_MAX       320          /* bytes of a poller's name:
                                                   80 characters */
#define WF_TASKLIST_NAME_MAX       4096         /* bytes; two names of SWF */
#define WF_BARRED_MAX              1024         /* stopped before they began;
                                                   the oldest are forgotten */

/* Schedules. */
#define WF_SCHEDULES_MAX           1000         /* of one flow; ours */
#define WF_SCHEDULE_GRACE_MS       60000        /* what is later than that is
                                                   not made up for */
#define WF_FIRES_AWAY_MAX          256          /* starts at a time */
#define WF_CRON_LEN_MAX            1024         /* bytes, prefix included */
#define WF_CRON_MINUTES_MAX        5256000      /* @every: ten years */
#define WF_CRON_YEARS_MAX          100          /* looked ahead for a date */
#define WF_TZ_NAME_LEN_MAX         64
#define WF_TZ_BYTES_MAX            (64 * 1024)  /* of a zone's file */

/* Access keys. */
#define WF_CREDENTIALS_BYTES_MAX   (1024 * 1024)    /* of their file */
#define WF_POLICY_BYTES_MAX        (64 * 1024)  /* of a policy's file */
#define WF_POLICY_PATTERNS_MAX     1000         /* of one key: actions and
                                                   resources together */
#define WF_POLICY_PATTERN_LEN_MAX  512          /* bytes of one */

/* Mock configurations. */
#define WF_MOCK_CONFIG_BYTES_MAX   (4 * 1024 * 1024) /* of the file */
#define WF_MOCK_ATTEMPTS_MAX       1000         /* of one response */

/* Token buckets. */
#define WF_BUCKET_SIZE_MAX         1000000
#define WF_BUCKET_RATE_MAX         1000000      /* a second */

/* Amazon SWF. */
#define WF_SWF_DOMAINS_MAX         10000        /* in one store; the service has
                                                   100 of an account */
#define WF_SWF_TYPES_MAX           10000        /* of one kind, of one domain */
#define WF_SWF_LOOKED_MAX          100000       /* runs that a list or a count
                                                   looks at */


#endif /* WF_LIMITS_H */
