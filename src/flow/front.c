
/*
 * What the dialects share.  Owns the spellings of states.def and small
 * readers of values; holds no rule of one dialect.
 */

#include "flow/front.h"

#include "base/timefmt.h"


static const struct {
    const char  *names[WF_DIALECT_CFL + 1];
} states[WF_STATE_END] = {
#define STATE(symbol, number, fdl, cfl, enter, on_input, resume)              \
    [number] = { { [WF_DIALECT_FDL] = fdl, [WF_DIALECT_CFL] = cfl } },
#include "flow/states.def"
#undef STATE
};


wf_rc_t
wf_front_expr(wf_front_t *front, const wf_value_t *value, wf_expr_kind_t kind,
    const char *what, wf_expr_t **expr, wf_error_t *err)
{
    if (value->type != WF_STRING) {
        return wf_refuse(err, value->mark, "'%s' must be a string", what);
    }

    if (wf_expr_compile(front->arena, kind, value->u.string, expr, err)
        != WF_OK)
    {
        return wf_refuse_wrap(err, value->mark, what);
    }

    return WF_OK;
}


wf_rc_t
wf_front_time(const wf_value_t *value, const char *what, int64_t *ms,
    wf_error_t *err)
{
    if (wf_time_parse(value->u.string, ms) != WF_OK) {
        return wf_refuse(err, value->mark,
                         "'%s' must be an RFC 3339 time such as "
                         "2024-01-31T08:00:00Z, not '%.*s'",
                         what, wf_quoted(value->u.string));
    }

    return WF_OK;
}


void *
wf_front_array(wf_front_t *front, uint32_t count, size_t size,
    wf_error_t *err)
{
    void  *array;

    array = wf_arena_calloc(front->arena, count * size);

    if (array == NULL) {
        (void) wf_refuse_oom(err);
    }

    return array;
}


wf_rc_t
wf_front_fork(wf_front_t *front, wf_node_t *node, uint32_t count,
    wf_error_t *err)
{
    node->u.fork.scopes = wf_front_array(front, count, sizeof(uint32_t), err);
    node->u.fork.count = count;

    return node->u.fork.scopes ? WF_OK : WF_ERROR;
}


wf_rc_t
wf_front_retriers(wf_front_t *front, wf_node_t *node, uint32_t count,
    wf_error_t *err)
{
    node->retriers = wf_front_array(front, count, sizeof(wf_retrier_t), err);
    node->retrier_count = count;

    return node->retriers ? WF_OK : WF_ERROR;
}


wf_rc_t
wf_front_catchers(wf_front_t *front, wf_node_t *node, uint32_t count,
    wf_error_t *err)
{
    node->catchers = wf_front_array(front, count, sizeof(wf_catcher_t), err);
    node->catcher_count = count;

    return node->catchers ? WF_OK : WF_ERROR;
}


wf_str_t
wf_front_string(const wf_value_t *value)
{
    return value ? value->u.string : wf_str("");
}


int64_t
wf_front_int(const wf_value_t *value, int64_t otherwise)
{
    return value ? value->u.number.integer : otherwise;
}


/* WF_STATE_END: none. */
static wf_state_type_t
type_find(wf_dialect_t dialect, wf_str_t spelling)
{
    unsigned     type;
    const char  *name;

    for (type = 1; type < WF_STATE_END; type++) {
        name = wf_front_state_name(dialect, type);

        if (name[0] != '\0' && wf_str_eq(spelling, wf_str_of(name))) {
            break;
        }
    }

    return type;
}


wf_rc_t
wf_front_type(wf_dialect_t dialect, const wf_value_t *item,
    wf_state_type_t *type, wf_error_t *err)
{
    const char        *key, *noun;
    const wf_value_t  *value;

    key = dialect == WF_DIALECT_FDL ? "type" : "Type";
    noun = dialect == WF_DIALECT_FDL ? "step" : "state";

    if (item->type != WF_OBJECT) {
        return wf_refuse(err, item->mark, "a %s must be a mapping", noun);
    }

    value = wf_value_get(item, wf_str_of(key));

    if (value == NULL) {
        return wf_refuse(err, item->mark, "a %s needs '%s'", noun, key);
    }

    if (value->type != WF_STRING) {
        return wf_refuse(err, value->mark, "'%s' must be a string", key);
    }

    *type = type_find(dialect, value->u.string);

    if (*type == WF_STATE_END) {
        return wf_refuse(err, value->mark, "unknown %s type '%.*s'", noun,
                         wf_quoted(value->u.string));
    }

    return WF_OK;
}


const char *
wf_front_state_name(wf_dialect_t dialect, wf_state_type_t type)
{
    const char  *name;

    /* both spell them alike */

    if (dialect == WF_DIALECT_ASL) {
        dialect = WF_DIALECT_CFL;
    }

    name = type < WF_STATE_END ? states[type].names[dialect] : NULL;

    return name ? name : "";
}
