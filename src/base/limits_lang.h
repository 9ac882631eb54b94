
/*
 * Limits of what users write: values, expressions, programs.  Part of
 * limits.h, which is what to include.
 */

#ifndef WF_LIMITS_LANG_H
#define WF_LIMITS_LANG_H


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
                                                   state */
#define WF_EXPR_STEP_PRICE         5            /* ns that one should take */
#define WF_EXPR_NS_MAX             3000000      /* of a processor, for all
                                                   expressions of one state */
#define WF_EXPR_LOOK_STEPS         8192         /* then the clock is asked */
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
#define WF_BEARERS_MAX             1000         /* tokens that a worker keeps */
#define WF_JOB_ASK_MS_MIN          1000         /* until a job is asked about */
#define WF_JOB_ASK_MS_MAX          30000        /* ... after a while */
#define WF_JOB_ANSWER_MS           60000        /* that an answer may take */
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


#endif /* WF_LIMITS_LANG_H */
