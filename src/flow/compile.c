
/*
 * Definition text -> program: recognises the dialect, runs its front end,
 * verifies.  Owns the arena of a program until it is handed over; knows no
 * field but the dialects' markers (fdl.md 0.1).
 */

#include "flow/compile.h"

#include "base/json.h"
#include "base/yaml.h"
#include "flow/diagnostics.h"
#include "flow/front.h"


typedef wf_rc_t (*front_pt)(wf_front_t *front, const wf_value_t *root,
    wf_error_t *err);

static const struct {
    wf_str_t      key;
    wf_str_t      word;
    wf_dialect_t  dialect;
    front_pt      compile;
} markers[] = {
    { wf_str_init("type"), wf_str_init("flow"), WF_DIALECT_FDL,
      wf_dialect_fdl },
    { wf_str_init("Type"), wf_str_init("StateMachine"), WF_DIALECT_CFL,
      wf_dialect_cfl }
};


static wf_rc_t
marker_refuse(const wf_value_t *root, wf_error_t *err)
{
    size_t             i;
    const wf_value_t  *value;

    for (i = 0; i < wf_countof(markers); i++) {
        value = wf_value_get(root, markers[i].key);

        if (value && value->type != WF_STRING) {
            return wf_refuse(err, value->mark, "'%.*s' must be a string",
                             wf_quoted(markers[i].key));
        }

        if (value) {
            return wf_refuse(err, value->mark,
                             "unknown '%.*s' '%.*s'; a flow has 'type: flow' "
                             "or 'Type: StateMachine'",
                             wf_quoted(markers[i].key),
                             wf_quoted(value->u.string));
        }
    }

    return wf_refuse(err, root->mark,
                     "a flow needs 'type: flow' or 'Type: StateMachine'");
}


/* The first marker that fits, or wf_countof(markers). */
static size_t
marker_find(const wf_value_t *root)
{
    size_t             i;
    const wf_value_t  *value;

    for (i = 0; i < wf_countof(markers); i++) {
        value = wf_value_get(root, markers[i].key);

        if (value && value->type == WF_STRING
            && wf_str_eq(value->u.string, markers[i].word))
        {
            break;
        }
    }

    return i;
}


static wf_rc_t
compile(wf_arena_t *arena, wf_str_t text, wf_mode_t mode,
    wf_program_t **program, wf_error_t *err)
{
    size_t       i;
    wf_value_t  *root;
    wf_front_t   front;

    if (wf_yaml_parse(arena, text, &root, err) != WF_OK) {
        return WF_ERROR;
    }

    if (root->type != WF_OBJECT) {
        return wf_refuse(err, root->mark, "the definition must be a mapping");
    }

    i = marker_find(root);

    if (i == wf_countof(markers)) {
        return marker_refuse(root, err);
    }

    front.arena = arena;
    front.mode = mode;
    front.builder = wf_builder_create(arena, markers[i].dialect);

    if (front.builder == NULL) {
        return wf_refuse_oom(err);
    }

    if (markers[i].compile(&front, root, err) != WF_OK
        || wf_builder_finish(front.builder, err) != WF_OK)
    {
        return WF_ERROR;
    }

    *program = wf_builder_program(front.builder);

    if (mode == WF_MODE_EXPRESS
        && ((*program)->timeout_ms == 0
            || (*program)->timeout_ms > WF_EXPRESS_MS_MAX))
    {
        (*program)->timeout_ms = WF_EXPRESS_MS_MAX;
    }

    return WF_OK;
}


/*
 * A JSON object without a dialect's marker but with States by name is a state
 * machine in the Amazon States Language.  WF_DECLINED: it is none; WF_ERROR:
 * no memory, so nobody knows.
 */
static wf_rc_t
is_asl(wf_arena_t *arena, wf_str_t text, wf_error_t *err)
{
    size_t             i;
    wf_value_t        *root;
    const wf_value_t  *states;

    for (i = 0; i < text.len && strchr(" \t\r\n", text.data[i]); i++) {
        /* void */
    }

    if (i == text.len || text.data[i] != '{') {
        return WF_DECLINED;
    }

    if (wf_json_parse(arena, text, &root, err) != WF_OK) {

        if (err->code == WF_E_INTERNAL) {
            return WF_ERROR;
        }

        wf_error_clear(err);
        return WF_DECLINED;
    }

    states = wf_value_get(root, wf_str("States"));

    return states && states->type == WF_OBJECT
           && marker_find(root) == wf_countof(markers) ? WF_OK : WF_DECLINED;
}


/* One that was refused is stored by nobody: only its first fault is told. */
static wf_rc_t
compile_asl(wf_arena_t *arena, wf_str_t text, wf_mode_t mode,
    wf_program_t **program, wf_error_t *err)
{
    wf_diagnostics_t  list;

    list = (wf_diagnostics_t) { .arena = arena };

    if (wf_asl_compile(text, mode, program, &list, err) != WF_OK) {
        return WF_ERROR;
    }

    if (list.error_count) {
        wf_error_set(err, WF_E_INVALID_ARGUMENT, "%.*s at %.*s",
                     (int) list.first->message.len,
                     (const char *) list.first->message.data,
                     (int) list.first->location.len,
                     (const char *) list.first->location.data);
        return WF_ERROR;
    }

    return WF_OK;
}


wf_rc_t
wf_compile(wf_str_t text, wf_mode_t mode, wf_program_t **program,
    wf_error_t *err)
{
    wf_rc_t      rc;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);

    if (arena == NULL) {
        return wf_refuse_oom(err);
    }

    rc = is_asl(arena, text, err);

    if (rc != WF_DECLINED) {

        if (rc == WF_OK) {
            rc = compile_asl(arena, text, mode, program, err);
        }

        wf_arena_free(arena);

        return rc;
    }

    if (compile(arena, text, mode, program, err) != WF_OK) {
        wf_arena_free(arena);
        return WF_ERROR;
    }

    return WF_OK;
}


wf_rc_t
wf_compile_allowed(const wf_program_t *program, uint64_t max, wf_error_t *err)
{
    /* Step Functions compiles its own. */

    if (program->dialect == WF_DIALECT_ASL) {
        return wf_refuse(err, 0, "a flow needs 'type: flow' or "
                         "'Type: StateMachine'");
    }

    max = max ? max : WF_CONCURRENCY_MAP_RUN;

    if (program->run_concurrency <= max) {
        return WF_OK;
    }

    return wf_refuse(err, program->run_mark,
                     "the concurrency of a Map in distributed mode must be "
                     "from 1 to %u", (unsigned) max);
}
