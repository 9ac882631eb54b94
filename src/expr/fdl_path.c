
/*
 * Paths (fdl.md 1.5, 2.5): $Input.a[0]["b"][*].c.  Reads them and walks
 * them.  Which roots exist depends on the dialect; where a root's value
 * comes from is the environment's matter.  Walking shares values, only [*]
 * builds a list.
 */

#include "expr/fdl_parse.h"


typedef struct {
    wf_str_t       name;
    fdl_dialect_t  dialect;     /* other dialects: see roots_of[] */
    wf_root_t      root;
} root_name_t;

static const root_name_t  root_names[] = {
    { wf_str_init("$"),        FDL_CONDITION, WF_ROOT_SELF },
    { wf_str_init("$"),        FDL_SELF_PATH, WF_ROOT_SELF },
    { wf_str_init("$input"),   FDL_MAPPING,   WF_ROOT_INPUT },
    { wf_str_init("$local"),   FDL_MAPPING,   WF_ROOT_LOCAL },
    { wf_str_init("$context"), FDL_MAPPING,   WF_ROOT_CONTEXT },
    { wf_str_init("$Input"),   FDL_FULL,      WF_ROOT_INPUT },
    { wf_str_init("$Output"),  FDL_FULL,      WF_ROOT_OUTPUT },
    { wf_str_init("$Context"), FDL_FULL,      WF_ROOT_CONTEXT },
    { wf_str_init("$Global"),  FDL_FULL,      WF_ROOT_GLOBAL },
    { wf_str_init("$Item"),    FDL_FULL,      WF_ROOT_ITEM },
    { wf_str_init("$Env"),     FDL_FULL,      WF_ROOT_ENV }
};

/* What an unknown root could have been. */
static const char *const  roots_of[FDL_DIALECT_COUNT] = {
    [FDL_CONDITION] = "the step's input is $",
    [FDL_SELF_PATH] = "the step's input is $",
    [FDL_FULL] = "known are $Input, $Output, $Context, $Global, $Item, $Env",
    [FDL_MAPPING] = "known are $input, $local, $context",
    [FDL_RELATIVE] = "the path begins below the first argument"
};


static wf_rc_t
root_parse(fdl_parser_t *parser, wf_root_t *root)
{
    unsigned        i;
    wf_str_t        name;
    const uint8_t  *start;

    start = parser->pos;

    if (parser->pos < parser->end && *parser->pos == '$') {
        parser->pos++;
        name = fdl_name(parser);
        name = (wf_str_t) { name.len + 1, start };

        for (i = 0; i < wf_countof(root_names); i++) {
            if (root_names[i].dialect == parser->dialect
                && wf_str_eq(root_names[i].name, name))
            {
                *root = root_names[i].root;
                return WF_OK;
            }
        }

        name = fdl_clip(name);
        fdl_fail(parser, start, "unknown root '%.*s'; %s", (int) name.len,
                 name.data, roots_of[parser->dialect]);
        return WF_ERROR;
    }

    fdl_fail(parser, start, "a path is expected; %s",
             roots_of[parser->dialect]);
    return WF_ERROR;
}


static wf_rc_t
index_parse(fdl_parser_t *parser, fdl_segment_t *segment)
{
    uint64_t  index;

    segment->kind = FDL_ITEM;

    for (index = 0; parser->pos < parser->end && *parser->pos >= '0'
         && *parser->pos <= '9'; parser->pos++)
    {
        index = index * 10 + (*parser->pos - '0');
        index = wf_min(index, UINT32_MAX);
    }

    segment->index = (uint32_t) index;
    return WF_OK;
}


/* What stands behind "[" decides; the rest is refused with a reason. */
static wf_rc_t
bracket_parse(fdl_parser_t *parser, fdl_segment_t *segment)
{
    uint8_t         ch;
    const uint8_t  *open;

    open = parser->pos++;
    fdl_space(parser);

    ch = parser->pos < parser->end ? *parser->pos : '\0';

    if (ch >= '0' && ch <= '9') {
        return index_parse(parser, segment);
    }

    if (ch == '*') {
        parser->pos++;
        segment->kind = FDL_ALL;
        return WF_OK;
    }

    if (ch == '"' || ch == '`' || (ch == '\'' && parser->dialect >= FDL_FULL))
    {
        segment->kind = FDL_MEMBER;
        return fdl_string(parser, &segment->name);
    }

    fdl_fail(parser, open, "%s",
             ch == '-' ? "negative indexes are not supported"
             : ch == ':' ? "slices are not supported"
             : ch == '?' || ch == '(' ? "filters are not supported"
             : "an index, '*' or a quoted name must follow '['");
    return WF_ERROR;
}


static wf_rc_t
bracket_close(fdl_parser_t *parser)
{
    fdl_space(parser);

    if (parser->pos < parser->end && *parser->pos == ']') {
        parser->pos++;
        return WF_OK;
    }

    if (parser->pos < parser->end && *parser->pos == ':') {
        fdl_fail(parser, parser->pos, "slices are not supported");

    } else {
        fdl_fail(parser, parser->pos, "']' is expected");
    }

    return WF_ERROR;
}


static wf_rc_t
member_parse(fdl_parser_t *parser, fdl_segment_t *segment)
{
    uint8_t  ch;

    segment->kind = FDL_MEMBER;
    segment->name = fdl_name(parser);

    if (segment->name.len) {
        return WF_OK;
    }

    ch = parser->pos < parser->end ? *parser->pos : '\0';

    fdl_fail(parser, parser->pos, "%s",
             ch == '.' ? "'..' is not supported"
             : ch == '*' ? "'.*' is not supported; write '[*]'"
             : "a name must follow '.'; other names are written [\"...\"]");
    return WF_ERROR;
}


/* WF_DECLINED: no further segment.  bare: a name without "." may stand. */
static wf_rc_t
segment_parse(fdl_parser_t *parser, bool bare, fdl_segment_t *segment)
{
    uint8_t  ch;

    memset(segment, 0, sizeof(fdl_segment_t));
    ch = parser->pos < parser->end ? *parser->pos : '\0';

    if (ch == '[') {
        if (bracket_parse(parser, segment) != WF_OK) {
            return WF_ERROR;
        }

        return bracket_close(parser);
    }

    if (bare) {
        return member_parse(parser, segment);
    }

    if (ch != '.') {
        return WF_DECLINED;
    }

    parser->pos++;
    return member_parse(parser, segment);
}


static wf_rc_t
segment_add(fdl_parser_t *parser, fdl_path_t *path, uint32_t *size,
    const fdl_segment_t *segment)
{
    fdl_segment_t  *grown;

    if (path->count == *size) {
        *size = *size ? *size * 2 : 4;
        grown = wf_arena_alloc(parser->arena, *size * sizeof(fdl_segment_t));

        if (grown == NULL) {
            return fdl_oom(parser->err);
        }

        if (path->count) {
            memcpy(grown, path->segments,
                   path->count * sizeof(fdl_segment_t));
        }

        path->segments = grown;
    }

    if (segment->kind != FDL_ALL && path->plain == path->count) {
        path->plain++;
    }

    path->segments[path->count++] = *segment;
    return WF_OK;
}


fdl_path_t *
fdl_path_parse(fdl_parser_t *parser)
{
    bool            bare;
    wf_rc_t         rc;
    uint32_t        size;
    wf_root_t       root;
    fdl_path_t     *path;
    fdl_segment_t   segment;
    const uint8_t  *start;

    start = parser->pos;
    bare = parser->dialect == FDL_RELATIVE;
    root = WF_ROOT_SELF;
    size = 0;

    if (!bare && root_parse(parser, &root) != WF_OK) {
        return NULL;
    }

    path = wf_arena_calloc(parser->arena, sizeof(fdl_path_t));
    if (path == NULL) {
        fdl_oom(parser->err);
        return NULL;
    }

    path->root = root;

    for ( ;; ) {
        rc = segment_parse(parser, bare, &segment);

        if (rc == WF_DECLINED) {
            break;
        }

        if (rc != WF_OK
            || segment_add(parser, path, &size, &segment) != WF_OK)
        {
            return NULL;
        }

        bare = false;
    }

    path->text = (wf_str_t) { parser->pos - start, start };
    return path;
}


bool
fdl_path_starts(wf_str_t text)
{
    uint8_t          next;
    unsigned         i;
    const wf_str_t  *name;

    for (i = 0; i < wf_countof(root_names); i++) {
        name = &root_names[i].name;

        if (root_names[i].dialect != FDL_MAPPING
            || !wf_str_starts(text, *name))
        {
            continue;
        }

        next = text.len > name->len ? text.data[name->len] : '.';

        if (next == '.' || next == '[') {
            return true;
        }
    }

    return false;
}


static const wf_value_t *
step(const fdl_segment_t *segment, const wf_value_t *value)
{
    if (segment->kind == FDL_MEMBER) {
        return wf_value_get(value, segment->name);
    }

    if (value->type != WF_ARRAY || segment->index >= value->count) {
        return NULL;
    }

    return value->u.items[segment->index];
}


/* Along the segments before the first [*]; NULL: it leads nowhere. */
static const wf_value_t *
walk_plain(const fdl_path_t *path, const wf_value_t *value)
{
    uint32_t  i;

    for (i = 0; value && i < path->plain; i++) {
        value = step(&path->segments[i], value);
    }

    return value;
}


/* All matches of segments at and behind index, in order, into list. */
static wf_rc_t
collect(fdl_eval_t *eval, const fdl_path_t *path, uint32_t index,
    const wf_value_t *value, wf_value_t *list)
{
    uint32_t  i;

    if (fdl_charge(eval, FDL_COST_NODE) != WF_OK) {
        return WF_ERROR;
    }

    while (value && index < path->count
           && path->segments[index].kind != FDL_ALL)
    {
        value = step(&path->segments[index++], value);
    }

    if (value == NULL) {
        return WF_OK;
    }

    if (index == path->count) {
        return wf_value_push(eval->arena, list, fdl_share(value)) == WF_OK
               ? fdl_charge(eval, FDL_COST_MADE) : fdl_oom(eval->err);
    }

    if (value->type != WF_ARRAY && value->type != WF_OBJECT) {
        return WF_OK;
    }

    for (i = 0; i < value->count; i++) {
        if (collect(eval, path, index + 1,
                    value->type == WF_ARRAY ? value->u.items[i]
                                            : value->u.members[i].value,
                    list)
            != WF_OK)
        {
            return WF_ERROR;
        }
    }

    return WF_OK;
}


/* base is where walk_plain() has arrived. */
static wf_rc_t
walk_rest(fdl_eval_t *eval, const fdl_path_t *path, const wf_value_t *base,
    const wf_value_t **value)
{
    wf_value_t  *list;

    if (path->plain == path->count) {
        if (base == NULL) {
            eval->missing = path;
            return WF_DECLINED;
        }

        *value = base;
        return WF_OK;
    }

    list = wf_value_array(eval->arena, 0);
    if (list == NULL) {
        return fdl_oom(eval->err);
    }

    if (base && collect(eval, path, path->plain, base, list) != WF_OK) {
        return WF_ERROR;
    }

    *value = list;
    return WF_OK;
}


wf_rc_t
fdl_path_walk(fdl_eval_t *eval, const fdl_path_t *path,
    const wf_value_t *base, const wf_value_t **value)
{
    if (fdl_charge(eval, path->plain) != WF_OK) {
        return WF_ERROR;
    }

    return walk_rest(eval, path, walk_plain(path, base), value);
}


/* $Context is made when first asked for and kept in the environment. */
static wf_rc_t
context_fetch(fdl_eval_t *eval)
{
    wf_env_t  *env;

    env = eval->env;

    if (env->roots[WF_ROOT_CONTEXT] || env->context == NULL) {
        return WF_OK;
    }

    env->roots[WF_ROOT_CONTEXT] = env->context(env, eval->arena);

    return env->roots[WF_ROOT_CONTEXT] ? WF_OK : fdl_oom(eval->err);
}


static wf_rc_t
root_fetch(fdl_eval_t *eval, wf_root_t root, const wf_value_t **base)
{
    wf_env_t  *env;

    env = eval->env;

    if (env->roots[root] == NULL
        && (root == WF_ROOT_CONTEXT || root == WF_ROOT_ENV))
    {
        if (context_fetch(eval) != WF_OK) {
            return WF_ERROR;
        }

        if (root == WF_ROOT_ENV && env->roots[WF_ROOT_CONTEXT]) {
            env->roots[root] = wf_value_get(env->roots[WF_ROOT_CONTEXT],
                                            wf_str("Environment"));
        }
    }

    *base = env->roots[root];
    return WF_OK;
}


/*
 * In a choice branch of generation 1 a $local path that the branch's own
 * local does not resolve is looked up in the enclosing scopes (fdl.md 1.4).
 */
static const wf_value_t *
walk_outer(const fdl_eval_t *eval, const fdl_path_t *path)
{
    uint32_t           i;
    const wf_value_t  *value;

    for (i = 0; i < eval->env->outer_local_count; i++) {
        value = walk_plain(path, eval->env->outer_locals[i]);

        if (value) {
            return value;
        }
    }

    return NULL;
}


wf_rc_t
fdl_path_eval(fdl_eval_t *eval, const fdl_path_t *path,
    const wf_value_t **value)
{
    const wf_value_t  *base;

    if (fdl_charge(eval, path->plain) != WF_OK
        || root_fetch(eval, path->root, &base) != WF_OK)
    {
        return WF_ERROR;
    }

    base = walk_plain(path, base);

    if (base == NULL && path->root == WF_ROOT_LOCAL) {
        base = walk_outer(eval, path);
    }

    return walk_rest(eval, path, base, value);
}
