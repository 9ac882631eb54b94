
/*
 * Templates of the Amazon States Language (asl.md 4, 9): JSON with paths and
 * intrinsic calls under keys that end in ".$", or with JSONata expressions in
 * strings that are {% ... %}.  What is constant becomes one value, which is
 * shared; the rest is built anew around it.
 */

#include "expr/asl.h"


typedef enum {
    TEMPLATE_CONSTANT = 0,
    TEMPLATE_EXPR,
    TEMPLATE_ARRAY,
    TEMPLATE_OBJECT
} template_kind_t;

struct asl_template_s {
    uint8_t             kind;       /* template_kind_t */
    wf_str_t            key;        /* as a member of its object */
    wf_str_t            label;      /* as written: with ".$" */
    const wf_value_t   *value;      /* TEMPLATE_CONSTANT */
    wf_expr_t          *expr;       /* TEMPLATE_EXPR */
    asl_template_t    **items;      /* containers */
    uint32_t            count;
};

/* Where a walk stands, from the leaf to the root; it lives on the stack. */
typedef struct place_s  place_t;

struct place_s {
    const place_t      *above;
    wf_str_t            key;        /* data NULL: an item */
    uint32_t            index;
    uint32_t            depth;
};

typedef struct {
    wf_arena_t         *arena;
    wf_error_t         *err;
    bool                is_jsonata;
} rules_t;

typedef struct {
    fdl_eval_t          eval;
    bool                is_jsonata;
} fill_t;


static asl_template_t *walk(const rules_t *rules, const wf_value_t *value,
    const place_t *place);
static wf_rc_t fill(fill_t *fill, const asl_template_t *template,
    const place_t *place, const wf_value_t **value);


/* "/a/0/b", after what buf has. */
static void
place_print(wf_buf_t *buf, const place_t *place)
{
    if (place == NULL) {
        return;
    }

    place_print(buf, place->above);
    wf_buf_byte(buf, '/');

    if (place->key.data) {
        wf_buf_str(buf, place->key);

    } else {
        wf_buf_uint(buf, place->index);
    }
}


/* NULL; about the value at place. */
static asl_template_t *
refuse(const rules_t *rules, wf_str_t reason, const place_t *place)
{
    wf_buf_t  where;

    wf_buf_init(&where, rules->arena, 64);
    place_print(&where, place);

    if (where.failed) {
        fdl_oom(rules->err);

    } else {
        wf_error_args(rules->err, WF_E_INVALID_ARGUMENT, reason,
                      wf_buf_done(&where));
    }

    return NULL;
}


static asl_template_t *
make(const rules_t *rules, template_kind_t kind, uint32_t count)
{
    asl_template_t  *template;

    template = wf_arena_calloc(rules->arena, sizeof(asl_template_t));

    if (template) {
        template->kind = kind;
        template->items = wf_arena_alloc(rules->arena,
                                         count * sizeof(asl_template_t *));
    }

    if (template == NULL || template->items == NULL) {
        fdl_oom(rules->err);
        return NULL;
    }

    return template;
}


static asl_template_t *
make_constant(const rules_t *rules, const wf_value_t *value)
{
    asl_template_t  *template;

    template = make(rules, TEMPLATE_CONSTANT, 0);

    if (template == NULL) {
        return NULL;
    }

    template->value = wf_value_copy(rules->arena, value);

    if (template->value == NULL) {
        fdl_oom(rules->err);
        return NULL;
    }

    return template;
}


/* WF_DECLINED: err says what is wrong with the text. */
static wf_rc_t
make_expr(const rules_t *rules, wf_expr_kind_t kind, wf_str_t text,
    asl_template_t **template)
{
    *template = make(rules, TEMPLATE_EXPR, 0);

    if (*template == NULL) {
        return WF_ERROR;
    }

    if (wf_expr_compile(rules->arena, kind, text, &(*template)->expr,
                        rules->err)
        == WF_OK)
    {
        return WF_OK;
    }

    return rules->err->code == WF_E_INTERNAL ? WF_ERROR : WF_DECLINED;
}


static bool
has_suffix(wf_str_t key)
{
    return key.len >= 2 && key.data[key.len - 2] == '.'
           && key.data[key.len - 1] == '$';
}


/* place is the object's: the service names it, not the member. */
static asl_template_t *
walk_suffix(const rules_t *rules, const wf_member_t *member,
    const place_t *place)
{
    wf_rc_t          rc;
    wf_buf_t         buf;
    asl_template_t  *item;

    item = NULL;
    rc = WF_DECLINED;

    if (member->value->type == WF_STRING && member->key.len > 2) {
        rc = make_expr(rules, WF_EXPR_ASL_VALUE, member->value->u.string,
                       &item);
    }

    if (rc != WF_DECLINED) {
        return rc == WF_OK ? item : NULL;
    }

    wf_buf_init(&buf, rules->arena, 128);
    wf_buf_text(&buf, "The value for the field '");
    wf_buf_str(&buf, fdl_clip(member->key));
    wf_buf_text(&buf, "' must be a valid JSONPath or a valid intrinsic "
                "function call");

    if (buf.failed) {
        fdl_oom(rules->err);
        return NULL;
    }

    return refuse(rules, wf_buf_done(&buf), place);
}


/* What stands between {% and %}. */
static bool
jsonata_text(const wf_value_t *value, wf_str_t *text)
{
    wf_str_t  whole;

    whole = value->u.string;

    if (value->type != WF_STRING || whole.len < 4
        || !wf_str_starts(whole, wf_str("{%"))
        || whole.data[whole.len - 2] != '%'
        || whole.data[whole.len - 1] != '}')
    {
        return false;
    }

    *text = (wf_str_t) { whole.len - 4, whole.data + 2 };
    return true;
}


static asl_template_t *
walk_scalar(const rules_t *rules, const wf_value_t *value,
    const place_t *place)
{
    wf_rc_t          rc;
    wf_str_t         text;
    asl_template_t  *template;

    if (!rules->is_jsonata || !jsonata_text(value, &text)) {
        return make_constant(rules, value);
    }

    rc = make_expr(rules, WF_EXPR_JSONATA, text, &template);

    if (rc == WF_DECLINED) {
        return refuse(rules, wf_error_arg(rules->err, 0), place);
    }

    return rc == WF_OK ? template : NULL;
}


/* Containers of constants only become one constant. */
static asl_template_t *
finish(const rules_t *rules, asl_template_t *template)
{
    uint32_t         i;
    wf_rc_t          rc;
    wf_value_t      *value, *below;
    asl_template_t  *item;

    for (i = 0; i < template->count; i++) {
        if (template->items[i]->kind != TEMPLATE_CONSTANT) {
            return template;
        }
    }

    value = template->kind == TEMPLATE_ARRAY
            ? wf_value_array(rules->arena, template->count)
            : wf_value_object(rules->arena, template->count);

    rc = value ? WF_OK : WF_ERROR;

    for (i = 0; rc == WF_OK && i < template->count; i++) {
        item = template->items[i];
        below = fdl_share(item->value);

        rc = template->kind == TEMPLATE_ARRAY
             ? wf_value_push(rules->arena, value, below)
             : wf_value_set(rules->arena, value, item->key, below);
    }

    if (rc != WF_OK) {
        fdl_oom(rules->err);
        return NULL;
    }

    template->kind = TEMPLATE_CONSTANT;
    template->value = value;

    return template;
}


static asl_template_t *
walk_array(const rules_t *rules, const wf_value_t *value,
    const place_t *place)
{
    uint32_t         i;
    place_t          below;
    asl_template_t  *template, *item;

    template = make(rules, TEMPLATE_ARRAY, value->count);

    for (i = 0; template && i < value->count; i++) {
        below = (place_t) { place, wf_str_none, i,
                            place ? place->depth + 1 : 1 };
        item = walk(rules, value->u.items[i], &below);

        if (item == NULL) {
            return NULL;
        }

        template->items[template->count++] = item;
    }

    return template ? finish(rules, template) : NULL;
}


static wf_rc_t
name(const rules_t *rules, asl_template_t *item, wf_str_t key, bool is_path)
{
    item->label = wf_arena_copy(rules->arena, key);

    if (item->label.data == NULL) {
        return fdl_oom(rules->err);
    }

    item->key = item->label;
    item->key.len -= is_path ? 2 : 0;

    return WF_OK;
}


static asl_template_t *
walk_object(const rules_t *rules, const wf_value_t *value,
    const place_t *place)
{
    bool                is_path;
    place_t             below;
    uint32_t            i;
    asl_template_t     *template, *item;
    const wf_member_t  *member;

    template = make(rules, TEMPLATE_OBJECT, value->count);

    for (i = 0; template && i < value->count; i++) {
        member = &value->u.members[i];
        is_path = !rules->is_jsonata && has_suffix(member->key);

        below = (place_t) { place, member->key, 0,
                            place ? place->depth + 1 : 1 };

        item = is_path ? walk_suffix(rules, member, place)
                       : walk(rules, member->value, &below);

        if (item == NULL || name(rules, item, member->key, is_path) != WF_OK)
        {
            return NULL;
        }

        template->items[template->count++] = item;
    }

    return template ? finish(rules, template) : NULL;
}


static asl_template_t *
walk(const rules_t *rules, const wf_value_t *value, const place_t *place)
{
    if (place && place->depth > WF_DEPTH_MAX) {
        return refuse(rules, wf_str("The value is nested too deep"), place);
    }

    if (value->type == WF_OBJECT) {
        return walk_object(rules, value, place);
    }

    if (value->type == WF_ARRAY) {
        return walk_array(rules, value, place);
    }

    return walk_scalar(rules, value, place);
}


wf_rc_t
asl_template_compile(wf_arena_t *arena, const wf_value_t *value,
    bool is_jsonata, asl_template_t **template, wf_error_t *err)
{
    rules_t          rules;
    asl_template_t  *made;

    rules = (rules_t) { arena, err, is_jsonata };
    made = walk(&rules, value, NULL);

    if (made == NULL) {
        return WF_ERROR;
    }

    *template = made;
    return WF_OK;
}


/* The field that messages name: a key as it is written, or, for JSONata, the
 * way from the state's field. */
static wf_rc_t
field_name(fill_t *fill, const asl_template_t *template,
    const place_t *place, wf_str_t *field)
{
    wf_buf_t  buf;

    if (!fill->is_jsonata) {
        *field = template->label;
        return WF_OK;
    }

    wf_buf_init(&buf, fill->eval.arena, 64);
    wf_buf_str(&buf, *field);
    place_print(&buf, place);

    *field = wf_buf_done(&buf);
    return buf.failed ? fdl_oom(fill->eval.err) : WF_OK;
}


static wf_rc_t
fill_expr(fill_t *fill, const asl_template_t *template, const place_t *place,
    const wf_value_t **value)
{
    wf_rc_t    rc;
    wf_str_t   outer;
    wf_env_t  *env;

    env = fill->eval.env;
    outer = env->field;

    if (field_name(fill, template, place, &env->field) != WF_OK) {
        return WF_ERROR;
    }

    rc = wf_expr_eval(fill->eval.arena, template->expr, env, value,
                      fill->eval.err);
    env->field = outer;

    /* What is shared here may stand deeper than where it was found. */

    return rc == WF_OK && place
           ? fdl_weigh(&fill->eval, *value, place->depth) : rc;
}


static wf_rc_t
fill_array(fill_t *filler, const asl_template_t *template,
    const place_t *place, const wf_value_t **value)
{
    place_t            below;
    uint32_t           i;
    wf_value_t        *array;
    const wf_value_t  *item;

    array = wf_value_array(filler->eval.arena, template->count);

    for (i = 0; i < template->count; i++) {
        below = (place_t) { place, wf_str_none, i,
                            place ? place->depth + 1 : 1 };

        if (fill(filler, template->items[i], &below, &item) != WF_OK
            || fdl_charge(&filler->eval, FDL_COST_NODE) != WF_OK)
        {
            return WF_ERROR;
        }

        if (wf_value_push(filler->eval.arena, array, fdl_share(item))
            != WF_OK)
        {
            return fdl_oom(filler->eval.err);
        }
    }

    *value = array;
    return array ? WF_OK : fdl_oom(filler->eval.err);
}


static wf_rc_t
fill_object(fill_t *filler, const asl_template_t *template,
    const place_t *place, const wf_value_t **value)
{
    place_t                below;
    uint32_t               i;
    wf_value_t            *object;
    const wf_value_t      *member;
    const asl_template_t  *item;

    object = wf_value_object(filler->eval.arena, template->count);

    for (i = 0; i < template->count; i++) {
        item = template->items[i];
        below = (place_t) { place, item->key, 0,
                            place ? place->depth + 1 : 1 };

        if (fill(filler, item, &below, &member) != WF_OK
            || fdl_charge(&filler->eval, FDL_COST_MADE) != WF_OK)
        {
            return WF_ERROR;
        }

        if (wf_value_set(filler->eval.arena, object, item->key,
                         fdl_share(member))
            != WF_OK)
        {
            return fdl_oom(filler->eval.err);
        }
    }

    *value = object;
    return object ? WF_OK : fdl_oom(filler->eval.err);
}


static wf_rc_t
fill(fill_t *filler, const asl_template_t *template, const place_t *place,
    const wf_value_t **value)
{
    switch ((template_kind_t) template->kind) {

    case TEMPLATE_CONSTANT:
        *value = template->value;
        return WF_OK;

    case TEMPLATE_EXPR:
        return fill_expr(filler, template, place, value);

    case TEMPLATE_ARRAY:
        return fill_array(filler, template, place, value);

    default:
        return fill_object(filler, template, place, value);
    }
}


wf_rc_t
asl_template_fill(wf_arena_t *arena, const asl_template_t *template,
    bool is_jsonata, wf_env_t *env, const wf_value_t **value, wf_error_t *err)
{
    fill_t             filler;
    const wf_value_t  *result;

    filler.eval = (fdl_eval_t) { arena, env, err, NULL };
    filler.is_jsonata = is_jsonata;

    if (fill(&filler, template, NULL, &result) != WF_OK) {
        return WF_ERROR;
    }

    *value = result;
    return WF_OK;
}


wf_rc_t
asl_template_variables(wf_arena_t *arena, const asl_template_t *template,
    wf_value_t *names)
{
    wf_rc_t   rc;
    uint32_t  i;

    if (template->kind == TEMPLATE_EXPR) {
        return wf_expr_variables(arena, template->expr, names);
    }

    if (template->kind == TEMPLATE_CONSTANT) {
        return WF_OK;
    }

    rc = WF_OK;

    for (i = 0; rc == WF_OK && i < template->count; i++) {
        rc = asl_template_variables(arena, template->items[i], names);
    }

    return rc;
}
