
/*
 * What is said of paths that lead nowhere and of other faults of the Amazon
 * States Language (asl.md 4, 7): in the service's words, Jayway's included,
 * and with Java's way to print values.  Never evaluates anything.
 */

#include "base/json.h"
#include "expr/asl.h"


#define PROVIDER  "com.jayway.jsonpath.spi.json.JacksonJsonProvider"


/* Java nests as deep as the value does: WF_DEPTH_MAX. */
void
asl_java_print(wf_buf_t *buf, const wf_value_t *value)
{
    uint32_t  i;

    if (value->type == WF_STRING) {
        wf_buf_str(buf, value->u.string);
        return;
    }

    if (value->type != WF_ARRAY && value->type != WF_OBJECT) {
        wf_json_print(buf, value);
        return;
    }

    wf_buf_byte(buf, value->type == WF_ARRAY ? '[' : '{');

    for (i = 0; i < value->count; i++) {
        if (i) {
            wf_buf_text(buf, ", ");
        }

        if (value->type == WF_ARRAY) {
            asl_java_print(buf, value->u.items[i]);
            continue;
        }

        wf_buf_str(buf, value->u.members[i].key);
        wf_buf_byte(buf, '=');
        asl_java_print(buf, value->u.members[i].value);
    }

    wf_buf_byte(buf, value->type == WF_ARRAY ? ']' : '}');
}


static const char *
java_class(const wf_value_t *value)
{
    static const char *const  classes[] = {
        [WF_NULL] = "null",
        [WF_BOOL] = "java.lang.Boolean",
        [WF_NUMBER] = "java.lang.Double",
        [WF_STRING] = "java.lang.String",
        [WF_ARRAY] = "java.util.ArrayList",
        [WF_OBJECT] = "java.util.LinkedHashMap"
    };

    if (value->type == WF_NUMBER && value->is_integer) {
        return value->u.number.integer >= INT32_MIN
               && value->u.number.integer <= INT32_MAX
               ? "java.lang.Integer" : "java.lang.Long";
    }

    return classes[value->type];
}


/* ['name'] or [3] */
static void
segment_print(wf_buf_t *buf, const jsonpath_segment_t *segment)
{
    const jsonpath_selector_t  *selector;

    selector = &segment->selectors[0];

    if (selector->kind == JSONPATH_INDEX) {
        wf_buf_byte(buf, '[');
        wf_buf_int(buf, selector->u.index);
        wf_buf_byte(buf, ']');
        return;
    }

    wf_buf_text(buf, "['");
    wf_buf_str(buf, selector->u.name);
    wf_buf_text(buf, "']");
}


static void
segments_print(wf_buf_t *buf, const jsonpath_t *path, uint32_t from,
    uint32_t end)
{
    uint32_t  i;

    for (i = from; i < end; i++) {
        segment_print(buf, &path->segments[i]);
    }
}


/* "$" and the segments before end. */
static void
path_print(wf_buf_t *buf, const jsonpath_t *path, uint32_t end)
{
    wf_buf_byte(buf, '$');
    segments_print(buf, path, 0, end);
}


/* How far the definite part leads, and the value there. */
static uint32_t
walk_far(const jsonpath_t *path, const wf_value_t **value)
{
    uint32_t           i;
    const wf_value_t  *next;

    for (i = 0; i < path->plain; i++) {
        next = jsonpath_step(&path->segments[i], *value);

        if (next == NULL) {
            break;
        }

        *value = next;
    }

    return i;
}


static void
explain(wf_buf_t *buf, const jsonpath_t *path, const wf_value_t *value)
{
    uint32_t                    at;
    const jsonpath_selector_t  *selector;

    at = walk_far(path, &value);

    if (at == path->plain) {
        wf_buf_text(buf, "No results for path: ");
        wf_buf_str(buf, path->text);
        return;
    }

    selector = &path->segments[at].selectors[0];

    if (selector->kind == JSONPATH_NAME && value->type != WF_OBJECT) {
        wf_buf_text(buf, "Expected to find an object with property ");
        segment_print(buf, &path->segments[at]);
        wf_buf_text(buf, " in path ");
        path_print(buf, path, at);
        wf_buf_text(buf, " but found '");
        wf_buf_str(buf, wf_str_of(java_class(value)));
        wf_buf_text(buf, "'. This is not a json object according to the "
                    "JsonProvider: '" PROVIDER "'.");

    } else if (selector->kind == JSONPATH_NAME && at + 1 < path->plain) {
        wf_buf_text(buf, "Missing property in path ");
        path_print(buf, path, at + 1);

    } else if (selector->kind == JSONPATH_INDEX && value->type == WF_NULL) {
        wf_buf_text(buf, "The path ");
        path_print(buf, path, at);
        wf_buf_text(buf, " is null");

    } else if (selector->kind == JSONPATH_INDEX && value->type != WF_ARRAY) {
        wf_buf_text(buf, "Filter: ");
        segments_print(buf, path, at, path->plain);
        wf_buf_text(buf, " can only be applied to arrays. Current context "
                    "is: ");
        asl_java_print(buf, value);

    } else {
        wf_buf_text(buf, "No results for path: ");
        path_print(buf, path, path->plain);
    }
}


wf_rc_t
asl_fault(fdl_eval_t *eval, wf_buf_t *text, const char *name)
{
    if (text->failed) {
        return fdl_oom(eval->err);
    }

    eval->env->fault = wf_buf_done(text);
    wf_error_args(eval->err, WF_E_INVALID_ARGUMENT, eval->env->fault,
                  wf_str_of(name));
    return WF_ERROR;
}


/* What the path was applied to; of a variable that is not there: the input. */
static const wf_value_t *
applied_to(asl_eval_t *asl)
{
    const wf_value_t  *root;

    static const wf_value_t  null = { .type = WF_NULL };

    if (jsonpath_root(&asl->eval, asl->missing, &root) != WF_OK
        || root == NULL)
    {
        root = asl->eval.env->roots[WF_ROOT_SELF];
    }

    return root ? root : &null;
}


static bool
is_unknown_variable(asl_eval_t *asl)
{
    const wf_value_t  *root;

    return asl->missing->root == JSONPATH_VARIABLE
           && jsonpath_root(&asl->eval, asl->missing, &root) == WF_OK
           && root == NULL;
}


static void
print_applied_to(asl_eval_t *asl, wf_buf_t *buf)
{
    wf_buf_byte(buf, '\'');
    wf_json_print(buf, applied_to(asl));
    wf_buf_byte(buf, '\'');
}


wf_rc_t
asl_fault_path(asl_eval_t *asl)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, asl->eval.arena, 256);
    wf_buf_text(&buf, "Invalid path '");
    wf_buf_str(&buf, asl->missing->text);
    wf_buf_text(&buf, "' : ");

    if (is_unknown_variable(asl)) {
        wf_buf_text(&buf, "Variable '");
        wf_buf_str(&buf, asl->missing->variable);
        wf_buf_text(&buf, "' not found");

    } else {
        explain(&buf, asl->missing, applied_to(asl));
    }

    return asl_fault(&asl->eval, &buf, "");
}


/* The step is named as it is written, an index as its number. */
wf_rc_t
asl_fault_reference(asl_eval_t *asl)
{
    uint32_t                    at;
    wf_buf_t                    buf;
    const wf_value_t           *value;
    const jsonpath_selector_t  *selector;

    value = applied_to(asl);
    at = is_unknown_variable(asl) ? asl->missing->plain
                                  : walk_far(asl->missing, &value);

    wf_buf_init(&buf, asl->eval.arena, 256);
    wf_buf_text(&buf, "Unable to apply step \"");

    if (at == asl->missing->plain) {
        wf_buf_str(&buf, asl->missing->text);

    } else {
        selector = &asl->missing->segments[at].selectors[0];

        if (selector->kind == JSONPATH_INDEX) {
            wf_buf_int(&buf, selector->u.index);

        } else {
            wf_buf_str(&buf, selector->u.name);
        }
    }

    wf_buf_text(&buf, "\" to input ");
    wf_json_print(&buf, applied_to(asl));

    return asl_fault(&asl->eval, &buf, "States.ReferencePathConflict");
}


wf_rc_t
asl_fault_field(asl_eval_t *asl, wf_str_t field)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, asl->eval.arena, 256);
    wf_buf_text(&buf, "The JSONPath '");
    wf_buf_str(&buf, asl->missing->text);
    wf_buf_text(&buf, "' specified for the field '");
    wf_buf_str(&buf, field);
    wf_buf_text(&buf, "' could not be found in the input ");
    print_applied_to(asl, &buf);

    return asl_fault(&asl->eval, &buf, "");
}


/* The whole call is named, however deep inside it the fault is. */
wf_rc_t
asl_fault_call(asl_eval_t *asl, wf_str_t call)
{
    wf_buf_t  buf;

    wf_buf_init(&buf, asl->eval.arena, 256);
    wf_buf_text(&buf, "The function '");
    wf_buf_str(&buf, call);
    wf_buf_text(&buf, "' had the following error: ");

    if (asl->missing == NULL) {
        wf_buf_str(&buf, wf_error_arg(asl->eval.err, 0));
        return asl_fault(&asl->eval, &buf, "States.IntrinsicFailure");
    }

    wf_buf_text(&buf, "The JsonPath argument for the field '");
    wf_buf_str(&buf, asl->missing->text);
    wf_buf_text(&buf, "' could not be found in the input ");
    print_applied_to(asl, &buf);

    return asl_fault(&asl->eval, &buf, "");
}


wf_rc_t
asl_fault_choice(asl_eval_t *asl)
{
    wf_buf_t  buf;

    asl->eval.env->is_missing = true;

    wf_buf_init(&buf, asl->eval.arena, 128);
    wf_buf_text(&buf, "Invalid path '");
    wf_buf_str(&buf, asl->missing->text);
    wf_buf_text(&buf, "': The choice state's condition path references an "
                "invalid value.");

    return asl_fault(&asl->eval, &buf, "");
}
