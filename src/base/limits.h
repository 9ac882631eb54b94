
/*
 * Every limit of the house, with its reason.  Reaching one is an ordinary
 * error with a name, never a surprise.
 */

#ifndef WF_LIMITS_H
#define WF_LIMITS_H


/* API: cloudflow-api section 7. */
#define WF_NAME_LEN_MAX            128          /* bytes; flow, execution */
#define WF_FLOW_NAME_LEN_MAX       340          /* bytes; a state machine's:
                                                   80 characters (of 3) behind
                                                   region and account */
#define WF_EXECUTION_NAME_LEN_MAX  280          /* 80 characters, and a UUID */
#define WF_TOKEN_NAME_LEN_MAX      255          /* of a Standard execution */
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
#define WF_NOTE_NAME_LEN_MAX       400          /* bytes */
#define WF_TAGS_MAX                50           /* asl 19: of one resource */
#define WF_QUALIFIERS_KEPT_MAX     1000         /* a worker remembers */

/* Values. */
#define WF_DEPTH_MAX               100          /* nesting of a JSON value */
#define WF_NUMBER_LEN_MAX          256          /* characters of one number */
#define WF_NUMBER_PLACES_MAX       400          /* behind the point, printed */
#define WF_YAML_NODES_MAX          200000       /* after alias expansion */
#define WF_YAML_BYTES_MAX          (4 * 1024 * 1024)    /* of scalars, too */
#define WF_DATA_BYTES_CFL          (64 * 1024)  /* input, output: each */
#define WF_DATA_BYTES_ASL          (256 * 1024) /* input, output: each */
#define WF_DATA_BYTES_FDL          (32 * 1024)  /* input+output+local */
#define WF_VARIABLES_BYTES_ASL     (10 * 1024 * 1024)   /* of one scope */
#define WF_ERROR_LEN_ASL_MAX       256          /* characters */
#define WF_CAUSE_LEN_ASL_MAX       32768
#define WF_GLOBAL_KEY_LEN_MAX      128
#define WF_GLOBAL_BYTES_MAX        (256 * 1024) /* one global variable */
#define WF_GLOBALS_BYTES_MAX       (1024 * 1024) /* all of them; ours */
#define WF_GLOBALS_MAX             1000         /* variables; ours */

/* Expressions. */
#define WF_EXPR_LEN_MAX            (64 * 1024)
#define WF_EXPR_DEPTH_MAX          100          /* nesting of operators */
#define WF_EXPR_CALLS_MAX          10           /* nested function calls */
#define WF_PATH_NESTING_MAX        32           /* filters in filters of a
                                                   JSONPath, parentheses and
                                                   calls included */
#define WF_PATH_ARGS_MAX           64           /* of one of its functions */
#define WF_RANGE_ITEMS_MAX         1000         /* States.ArrayRange */
#define WF_INTRINSIC_TEXT_MAX      10000        /* characters; of digests and
                                                   base64 */
#define WF_VARIABLE_NAMES_MAX      1000         /* that one state refers to */
#define WF_EXPR_STEPS_MAX          500000       /* of all expressions of one
                                                   state, some 5 ns each */
#define WF_REGEX_MATCH_MAX         100000       /* PCRE2 match limit */
#define WF_REGEX_HEAP_KB_MAX       16384        /* PCRE2 heap limit */
#define WF_REGEX_LEN_MAX           4096         /* bytes of a pattern */
#define WF_PICTURE_WIDTH_MAX       1000         /* characters of a field that
                                                   a picture pads */
#define WF_PICTURE_PARTS_MAX       256          /* of a picture of a time */
#define WF_ROMAN_MAX               1000000.0    /* a thousand times M */

#define WF_JSONATA_NEST_MAX        200          /* of operands in a text */
#define WF_JSONATA_HEIGHT_MAX      500          /* of its tree: 1 + 1 + ... */
#define WF_JSONATA_DEPTH_MAX       2000         /* of evaluations, each at most
                                                   1 KB of the stack */
#define WF_JSONATA_BYTES_MAX       (64 * 1024 * 1024)   /* one evaluation */
#define WF_JSONATA_RANGE_MAX       10000000     /* items of [a..b] */

/* Programs. */
#define WF_NODES_MAX               10000
#define WF_PROGRAM_BYTES_MAX       (64 * 1024 * 1024)   /* of memory */
#define WF_SCOPE_DEPTH_MAX         32           /* nested scopes */
#define WF_SERVICE_ROUNDS_MAX      1000         /* of one call, as pages */
#define WF_XML_DEPTH_MAX           32           /* of a service's answer */
#define WF_DIAGNOSTICS_MAX         100          /* of one definition */
#define WF_DIAGNOSTIC_LEN_MAX      1024         /* bytes of its message */
#define WF_LOCATION_LEN_MAX        2048         /* bytes of its location */
#define WF_BRANCHES_ASL_MAX        1000         /* of a Parallel; ours */
#define WF_STATE_NAME_ASL_MAX      80           /* characters */
#define WF_VARIABLE_NAME_MAX       80           /* characters */
#define WF_LABEL_LEN_MAX           40           /* characters */
#define WF_SECONDS_ASL_MAX         99999999     /* asl 24 */
#define WF_MAX_DELAY_ASL_MAX       31622400     /* s; MaxDelaySeconds is less */
#define WF_RESOURCE_LEN_MAX        1024         /* bytes; resourceArn, Action */
#define WF_BRANCHES_FDL_MAX        100
#define WF_BRANCHES_CFL_MAX        50
#define WF_ALTERNATIVES_MAX        1000         /* of one choice */
#define WF_CONCURRENCY_FDL         100          /* iterations of a foreach */
#define WF_CONCURRENCY_CFL         40           /* of an inline Map */
#define WF_CONCURRENCY_ASL         40           /* of an inline Map */
#define WF_WAIT_SPEED_MAX          1000000      /* cloudflow_wait_speed */
#define WF_CONCURRENCY_MAP_RUN     300          /* children of a map run */
#define WF_CONCURRENCY_RUN_MAX     10000        /* ... if an operator allows */
#define WF_MAP_RUN_ITEMS_MAX       1000000
#define WF_RETRY_SECONDS_MAX       86400        /* one interval */
#define WF_RETRY_ATTEMPTS_MAX      1000000000
#define WF_RETRY_FACTOR_MAX        1000000
#define WF_WAIT_FDL_MAX            172800       /* s, two days */
#define WF_WAIT_CFL_MAX            300          /* s, Standard */
#define WF_WAIT_EXPRESS_MAX        20           /* s */
#define WF_TIMEOUT_FDL_MAX         INT32_MAX    /* s, step and flow */
#define WF_TIMEOUT_CFL_MAX         604800       /* s, Task */

/* Engine. */
#define WF_EVENTS_MAX              5000         /* visible history events */
#define WF_EVENTS_ASL_MAX          25000        /* of a state machine: asl 24 */
#define WF_REDRIVES_MAX            1000         /* of one execution: asl 18 */
#define WF_RETRIES_MAX             WF_EVENTS_MAX /* of one execution: what
                                                   fails before it is scheduled
                                                   leaves no visible event */
#define WF_STEP_EVENTS_MAX         256          /* then it yields */
#define WF_STEP_BYTES_MAX          (64 * 1024)  /* of events: then too */
#define WF_STEP_WORK_MAX           100000       /* of expressions: then too */
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

/* Token buckets. */
#define WF_BUCKET_SIZE_MAX         1000000
#define WF_BUCKET_RATE_MAX         1000000      /* a second */


#endif /* WF_LIMITS_H */
