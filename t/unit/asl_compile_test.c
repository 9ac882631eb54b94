
/*
 * State machines in the Amazon States Language: what is refused, in which
 * words and where; every recorded definition is taken; memory that runs out.
 */

#include "flow/diagnostics.h"

#include "base/json.h"
#include "flow_case.h"


#define REFUSED_MIN  60         /* cases; a cut file must not pass */
#define RECORDED_MIN 200


static wf_str_t
text_of(wf_arena_t *arena, const wf_value_t *value)
{
    wf_buf_t  buf;

    if (value->type == WF_STRING) {
        return value->u.string;
    }

    wf_buf_init(&buf, arena, 0);
    wf_json_print(&buf, value);

    return wf_buf_done(&buf);
}


static wf_mode_t
mode_of(const wf_value_t *item)
{
    const wf_value_t  *value;

    value = wf_value_get(item, wf_str("type"));

    return value && wf_str_eq(value->u.string, wf_str("EXPRESS"))
           ? WF_MODE_EXPRESS : WF_MODE_STANDARD;
}


static void
refused_check(wf_arena_t *arena, const wf_value_t *item)
{
    uint32_t                i;
    wf_str_t                text;
    wf_error_t              err;
    wf_program_t           *program;
    const wf_value_t       *want, *row;
    wf_diagnostics_t        list;
    const wf_diagnostic_t  *entry;

    wf_error_clear(&err);
    list = (wf_diagnostics_t) { .arena = arena };
    text = text_of(arena, wf_value_get(item, wf_str("definition")));
    want = wf_value_get(item, wf_str("diagnostics"));

    CHECK_INT(wf_asl_compile(text, mode_of(item), &program, &list, &err),
              WF_OK);
    CHECK(program == NULL);

    if (list.error_count != want->count) {
        printf("# %.*s\n", (int) text.len, (const char *) text.data);
    }

    CHECK_INT(list.error_count, want->count);

    entry = list.first;

    for (i = 0; i < want->count && entry; i++, entry = entry->next) {
        row = want->u.items[i];
        CHECK_STR(wf_str_of(entry->code), row->u.items[0]->u.string);
        CHECK_STR(entry->message, row->u.items[1]->u.string);
        CHECK_STR(entry->location, row->u.items[2]->u.string);
    }
}


TEST(refused)
{
    uint32_t     i;
    wf_str_t     text;
    wf_error_t   err;
    wf_value_t  *list;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    text = case_read(arena, "t/cases/asl_refused.json");
    CHECK_INT(wf_json_parse(arena, text, &list, &err), WF_OK);
    printf("# %u refusals\n", list->count);
    CHECK(list->count >= REFUSED_MIN);

    for (i = 0; i < list->count; i++) {
        refused_check(arena, list->u.items[i]);
    }

    wf_arena_free(arena);
}


/* Of one recorded execution; true: there was one. */
static bool
recorded_check(wf_arena_t *arena, const char *path)
{
    wf_buf_t           buf;
    wf_str_t           text, id;
    wf_error_t         err;
    wf_value_t        *item;
    wf_program_t      *program;
    const wf_value_t  *kind, *definition;
    wf_diagnostics_t   list;

    wf_error_clear(&err);
    CHECK_INT(wf_json_parse(arena, case_read(arena, path), &item, &err),
              WF_OK);
    kind = wf_value_get(item, wf_str("kind"));
    definition = wf_value_get(item, wf_str("definition"));
    id = wf_value_get(item, wf_str("id"))->u.string;

    if (!wf_str_eq(kind->u.string, wf_str("execution")) || !definition) {
        return false;
    }

    text = text_of(arena, definition);
    list = (wf_diagnostics_t) { .arena = arena };
    CHECK_INT(wf_asl_compile(text, mode_of(item), &program, &list, &err),
              WF_OK);

    if (program) {
        wf_program_release(program);
        return true;
    }

    wf_buf_init(&buf, arena, 0);
    wf_diagnostics_print(&buf, &list);
    printf("# %.*s: %.*s\n", (int) id.len, (const char *) id.data,
           (int) buf.len, (const char *) buf.data);
    CHECK(program != NULL);

    return true;
}


TEST(recorded)
{
    char         path[512];
    glob_t       found;
    size_t       i;
    unsigned     count;
    wf_arena_t  *arena;

    (void) snprintf(path, sizeof(path), "%s/conformance/sfn/cases/*.json",
                    case_shared());

    if (glob(path, 0, NULL, &found) != 0) {
        printf("# %s: not there, skipped\n", path);
        return;
    }

    arena = wf_arena_create(0);
    count = 0;

    for (i = 0; i < found.gl_pathc; i++) {
        wf_arena_reset(arena);
        count += recorded_check(arena, found.gl_pathv[i]);
    }

    printf("# %u recorded definitions\n", count);
    CHECK(count >= RECORDED_MIN);
    wf_arena_free(arena);
    globfree(&found);
}


/* One variable more than a state may refer to is a mistake of its author. */
TEST(too_many_variables)
{
    uint32_t           i, count;
    wf_buf_t           text;
    wf_error_t         err;
    wf_arena_t        *arena;
    wf_program_t      *program;
    wf_diagnostics_t   list;

    for (count = WF_VARIABLE_NAMES_MAX; count <= WF_VARIABLE_NAMES_MAX + 1;
         count++)
    {
        arena = wf_arena_create(0);
        list = (wf_diagnostics_t) { .arena = arena };
        wf_error_clear(&err);
        program = NULL;
        wf_buf_init(&text, arena, 0);
        wf_buf_text(&text, "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":"
                    "\"Pass\",\"Parameters\":{");

        for (i = 0; i < count; i++) {
            wf_buf_str(&text, i ? wf_str(",\"k") : wf_str("\"k"));
            wf_buf_uint(&text, i);
            wf_buf_text(&text, ".$\":\"$v");
            wf_buf_uint(&text, i);
            wf_buf_byte(&text, '"');
        }

        wf_buf_text(&text, "},\"End\":true}}}");
        CHECK_INT(wf_asl_compile(wf_buf_done(&text), WF_MODE_STANDARD,
                                 &program, &list, &err), WF_OK);
        CHECK((program == NULL) == (count > WF_VARIABLE_NAMES_MAX));
        CHECK_INT(list.error_count, count - WF_VARIABLE_NAMES_MAX);

        if (list.first) {
            CHECK_STR(list.first->message,
                      wf_str("The state refers to more than 1000 variables"));
            CHECK_STR(list.first->location, wf_str("/States/A"));
        }

        if (program) {
            wf_program_release(program);
        }

        wf_arena_free(arena);
    }
}


/* Whatever allocation fails, nothing leaks and nothing is said. */
TEST(out_of_memory)
{
    uint64_t           n;
    wf_rc_t            rc;
    wf_error_t         err;
    wf_arena_t        *arena;
    wf_program_t      *program;
    wf_diagnostics_t   list;

    static const char  text[] =
        "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Map\","
        "\"ItemProcessor\":{\"StartAt\":\"B\",\"States\":{\"B\":"
        "{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::lambda:invoke\","
        "\"Parameters\":{\"x.$\":\"States.Format('{}', $.y)\"},"
        "\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"Next\":\"C\"}],"
        "\"End\":true},\"C\":{\"Type\":\"Fail\"}}},\"End\":true}}}";

    for (n = 1; ; n++) {
        arena = wf_arena_create(0);
        list = (wf_diagnostics_t) { .arena = arena };
        wf_error_clear(&err);
        program = NULL;
        wf_arena_fail_after(n);
        rc = wf_asl_compile(wf_str_of(text), WF_MODE_STANDARD, &program,
                            &list, &err);
        wf_arena_fail_after(0);

        if (rc == WF_OK) {
            CHECK(program != NULL);
            wf_program_release(program);
            wf_arena_free(arena);
            break;
        }

        CHECK_INT(err.code, WF_E_INTERNAL);
        wf_arena_free(arena);
    }

    CHECK(n > 3);
}


UNIT_MAIN()
