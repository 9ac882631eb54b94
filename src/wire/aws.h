
/*
 * Amazon's JSON protocols inside of wire: what aws_json.c, the readers of
 * inputs and the writers of answers share.  Nobody outside of this room
 * includes this.
 */

#ifndef WF_AWS_H
#define WF_AWS_H


#include "wire/aws_arn.h"
#include "wire/aws_walk.h"
#include "wire/wire.h"


typedef struct wf_aws_service_s    wf_aws_service_t;
typedef struct wf_aws_operation_s  wf_aws_operation_t;

typedef enum {
    WF_AWS_STRING = 0,
    WF_AWS_ENUM,                    /* number: which value */
    WF_AWS_BOOLEAN,
    WF_AWS_INTEGER,
    WF_AWS_LONG,
    WF_AWS_FLOAT,                   /* text: the number's */
    WF_AWS_TIMESTAMP,               /* number: ms */
    WF_AWS_LIST,                    /* text: as it came; these three */
    WF_AWS_MAP,
    WF_AWS_STRUCTURE
} wf_aws_kind_t;

#define WF_AWS_NONE  INT64_MIN

typedef struct {
    const char  *name;
    uint8_t      kind;              /* wf_aws_kind_t */
    bool         is_sensitive;
    int64_t      min;               /* WF_AWS_NONE: no bound */
    int64_t      max;
    uint16_t     first;             /* STRUCTURE: first member; LIST, MAP:
                                       type of what is in it */
    uint16_t     count;             /* STRUCTURE: members */
    const char  *text;              /* STRING: pattern or rule; ENUM: "A, B";
                                       STRUCTURE: not NULL: a union */
} wf_aws_type_t;

#define WF_AWS_INSIDE  UINT8_MAX    /* no argument of its own */

typedef struct {
    wf_str_t     name;
    uint16_t     type;
    bool         is_required;
    uint8_t      arg;               /* wf_arg_id_t */
} wf_aws_member_t;

/* The tables of one service (aws_NAME.def). */
typedef struct {
    const wf_aws_type_t    *types;
    const wf_aws_member_t  *members;
} wf_aws_model_t;

/* What a request needs until its answer is written; in the call's arena. */
typedef struct {
    const wf_aws_service_t    *service;
    const wf_aws_operation_t  *operation;   /* NULL: unknown */
    wf_str_t   region;
    wf_str_t   account;
    wf_str_t   resource;            /* the ARN that it is about, as it came */
    wf_str_t   asked;               /* the same in the form of policies */
    wf_str_t   fault;               /* a message too long for wf_error_t */
    int64_t    now_ms;              /* when it came */
    bool       is_late;             /* what it is about only actions know: they
                                       ask the policy */
    bool       is_plain;            /* not in our protocol at all */
} wf_aws_state_t;

struct wf_aws_operation_s {
    wf_str_t   action;
    uint16_t   input;               /* its type */

    /* Before bounds are looked at; the body is JSON.  NULL: nothing. */
    wf_rc_t  (*check)(wf_message_t *message, wf_error_t *err);
    /* From names and ARNs among the arguments to what they name. */
    wf_rc_t  (*resolve)(wf_message_t *message, wf_args_t *args,
        wf_error_t *err);
    void     (*encode)(wf_buf_t *buf, const wf_message_t *message,
        const wf_reply_t *reply);
};

struct wf_aws_service_s {
    wf_str_t   target;              /* "AWSStepFunctions." */
    wf_str_t   old_target;          /* of old clients; empty: none */
    wf_str_t   path;                /* of other protocols of the service;
                                       empty: none */
    wf_str_t   signing_name;        /* "states" */
    const wf_aws_model_t      *model;
    const wf_aws_operation_t  *operations;
    uint32_t   operation_count;
    size_t     body_max;            /* bytes */
};

extern const wf_aws_service_t  wf_aws_sfn;
extern const wf_aws_service_t  wf_aws_swf;

/*
 * Members of the input into args, which get texts of their own in the
 * message's arena.  WF_ERROR: VALIDATION (the whole message is in
 * state->fault), SERIALIZATION, INTERNAL.
 */
wf_rc_t wf_aws_read(wf_message_t *message, wf_args_t *args, wf_error_t *err);

/* Which of "A, B" it is; -1: none. */
int64_t wf_aws_choice(const char *choices, wf_str_t text);

/* An empty text of that type is as good as none. */
bool wf_aws_may_be_empty(const wf_aws_type_t *type);

/* aws_pattern.c: pattern: of a model, or the name of a rule.  NULL: the text
 * is as it says; else what it must be, in words. */
const char *wf_aws_mismatch(const char *pattern, wf_str_t text);

/*
 * aws_tidy.c: a checked value of that type again: without members that are
 * unknown, null or as good as absent; of a union the member that it names.
 */
void wf_aws_tidy(wf_buf_t *buf, const wf_aws_model_t *model,
    const wf_aws_type_t *type, wf_str_t raw);

/* sigv4.c */
wf_rc_t wf_aws_verify(wf_message_t *message,
    const wf_credentials_t *credentials, wf_error_t *err);
/* Of the credential scope; empty: there is none. */
wf_str_t wf_aws_scope_region(const wf_message_t *message);

/* aws_error.c */
unsigned wf_aws_encode_error(wf_buf_t *buf, const wf_message_t *message,
    const wf_error_t *err);
wf_str_t wf_aws_error_code(const wf_message_t *message,
    const wf_error_t *err);

static inline const wf_aws_state_t *
wf_aws_state(const wf_message_t *message)
{
    return message->state;
}


#endif /* WF_AWS_H */
