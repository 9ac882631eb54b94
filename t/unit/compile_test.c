
/*
 * Text in, program or refusal out: the table of refusals, the written cases,
 * limits, and memory that runs out.
 */

#include "flow/compile.c"

#include <ctype.h>

#include "base/json.h"
#include "flow_case.h"


#define REFUSED_MIN  200        /* cases; a cut file must not pass */


typedef struct {
    wf_mode_t     mode;
    unsigned      line;
    unsigned      column;
    char          piece[256];
    unsigned      number;       /* line of the case, for messages */
} refused_t;


static char *
line_cut(char **rest)
{
    char  *line, *end;

    line = *rest;
    end = strchr(line, '\n');

    if (end) {
        *end = '\0';
        *rest = end + 1;

    } else {
        *rest = line + strlen(line);
    }

    return line;
}


static bool
header_parse(const char *line, refused_t *refused)
{
    int  used;

    line += sizeof("=== ") - 1;
    refused->mode = WF_MODE_STANDARD;

    if (strncmp(line, "express ", 8) == 0) {
        refused->mode = WF_MODE_EXPRESS;
        line += 8;
    }

    used = 0;

    if (sscanf(line, "%u:%u%n", &refused->line, &refused->column, &used)
        != 2)
    {
        return false;
    }

    line += used;

    while (*line == ' ') {
        line++;
    }

    (void) snprintf(refused->piece, sizeof(refused->piece), "%s", line);

    return true;
}


static void
refused_check(const refused_t *refused, const char *text)
{
    char           place[64];
    wf_error_t     err;
    wf_program_t  *program;

    wf_error_clear(&err);

    if (wf_compile(wf_str_of(text), refused->mode, &program, &err) == WF_OK) {
        unit_failed("refused.txt", refused->number, "accepted");
        wf_program_release(program);
        return;
    }

    (void) snprintf(place, sizeof(place), "line %u, column %u: ",
                    refused->line, refused->column);

    if (err.code != WF_E_INVALID_ARGUMENT
        || strncmp(err.arg[0], place, strlen(place)) != 0
        || strstr(err.arg[0], refused->piece) == NULL)
    {
        unit_failed("refused.txt", refused->number, err.arg[0]);
    }
}


TEST(refusals)
{
    char        *rest, *line, *text, *end;
    bool         open;
    unsigned     number, count;
    wf_str_t     file;
    refused_t    refused;
    wf_arena_t  *arena;

    arena = wf_arena_create(0);
    file = case_read(arena, "t/cases/refused.txt");
    CHECK(file.data != NULL);
    rest = file.data ? (char *) file.data : "";
    text = wf_arena_calloc(arena, file.len + 1);
    end = text;
    number = 0;
    count = 0;
    open = false;

    while (*rest) {
        number++;
        line = line_cut(&rest);

        if (line[0] == '#') {
            continue;
        }

        if (strncmp(line, "=== ", 4) != 0) {
            end += sprintf(end, "%s\n", line);
            continue;
        }

        if (open) {
            refused_check(&refused, text);
        }

        end = text;
        *end = '\0';
        open = true;
        count++;
        refused.number = number;
        CHECK(header_parse(line, &refused));
    }

    if (open) {
        refused_check(&refused, text);
    }

    printf("# %u refusals\n", count);
    CHECK(count >= REFUSED_MIN);
    wf_arena_free(arena);
}


TEST(examples)
{
    unsigned  gen1, gen2;

    gen1 = case_examples("gen1/*.yaml");
    gen2 = case_examples("gen2/*.yaml");
    printf("# %u definitions of generation 1, %u of generation 2\n", gen1,
           gen2);
    CHECK(gen1 == 0 || gen1 >= 26);
    CHECK(gen2 == 0 || gen2 >= 4);
}


static void
written_case(const wf_value_t *item)
{
    uint32_t           i;
    const char        *id;
    wf_program_t      *program;
    const wf_value_t  *value;

    value = wf_value_get(item, wf_str("id"));
    id = (const char *) value->u.string.data;
    value = wf_value_get(item, wf_str("definition"));
    program = case_compile(value->u.string, WF_MODE_STANDARD, id);

    if (program) {
        wf_program_release(program);
    }

    value = wf_value_get(item, wf_str("childFlows"));

    for (i = 0; value && i < value->count; i++) {
        program = case_compile(value->u.members[i].value->u.string,
                               WF_MODE_STANDARD, id);
        if (program) {
            wf_program_release(program);
        }
    }
}


TEST(written_cases)
{
    char         path[512];
    uint32_t     i;
    wf_str_t     text;
    wf_error_t   err;
    wf_value_t  *list;
    wf_arena_t  *arena;

    (void) snprintf(path, sizeof(path), "%s/examples/fdl/cases/cases.json",
                    case_shared());
    arena = wf_arena_create(0);
    text = case_read(arena, path);

    if (text.data == NULL) {
        printf("# %s: not there, skipped\n", path);
        wf_arena_free(arena);
        return;
    }

    CHECK_INT(wf_json_parse(arena, text, &list, &err), WF_OK);
    CHECK(list->count >= 20);

    for (i = 0; i < list->count; i++) {
        written_case(list->u.items[i]);
    }

    wf_arena_free(arena);
}


/* Refusals leave the output alone; the same text compiles the same. */
TEST(output_untouched_on_refusal)
{
    wf_error_t     err;
    wf_program_t  *program;

    program = (wf_program_t *) &err;
    CHECK_INT(wf_compile(wf_str("type: flow"), WF_MODE_STANDARD, &program,
                         &err), WF_ERROR);
    CHECK(program == (wf_program_t *) &err);
}


/* A refusal in the middle of 10,000 steps comes at once. */
TEST(large)
{
    size_t         i;
    wf_buf_t       text;
    wf_arena_t    *arena;
    wf_program_t  *program;

    arena = wf_arena_create(0);
    wf_buf_init(&text, arena, 1 << 20);
    wf_buf_text(&text, "version: v1\ntype: flow\nsteps:\n");

    for (i = 0; i < WF_NODES_MAX; i++) {
        wf_buf_text(&text, "- {type: pass, name: n");
        wf_buf_uint(&text, i);
        wf_buf_text(&text, "}\n");
    }

    program = case_compile(wf_buf_done(&text), WF_MODE_STANDARD, "large");

    if (program) {
        CHECK_INT(program->node_count, WF_NODES_MAX);
        CHECK_INT(program->nodes[0].next, 1);
        CHECK_INT(program->nodes[WF_NODES_MAX - 1].next, WF_NONE);
        wf_program_release(program);
    }

    wf_buf_text(&text, "- {type: pass, name: more}\n");

    {
        wf_error_t  err;

        CHECK_INT(wf_compile(wf_buf_done(&text), WF_MODE_STANDARD, &program,
                             &err), WF_ERROR);
        CHECK(strstr(err.arg[0], "line 10004, column 3: more than 10000"));
    }

    wf_arena_free(arena);
}


/* Each of these states needs far more memory than text. */
TEST(swollen)
{
    size_t         i;
    wf_buf_t       text;
    wf_arena_t    *arena;
    wf_error_t     err;
    wf_program_t  *program;

    arena = wf_arena_create(0);
    wf_buf_init(&text, arena, 1 << 20);
    wf_buf_text(&text, "m: &m \"[1");

    for (i = 0; i < 6000; i++) {
        wf_buf_text(&text, ",$Input.a");
    }

    wf_buf_text(&text,
                "]\"\nType: StateMachine\nSpecVersion: v1\nName: f\n"
                "StartAt: n0\nStates:\n");

    for (i = 0; i < 70; i++) {
        wf_buf_text(&text, "- {Type: Pass, Name: n");
        wf_buf_uint(&text, i);
        wf_buf_text(&text, ", OutputConstructor: {x.$: *m}, End: true}\n");
    }

    CHECK_INT(wf_compile(wf_buf_done(&text), WF_MODE_STANDARD, &program,
                         &err),
              WF_ERROR);
    CHECK(strstr(err.arg[0], "the definition takes more than 64 MB of memory"));
    wf_arena_free(arena);
}


/* The n-th allocation fails, for every n: a named error, nothing lost. */
/* A domain of SWF: a program of nothing, which CreateFlow does not take. */
TEST(decider)
{
    size_t         i;
    wf_error_t     err;
    wf_program_t  *program;

    static const char *const  refused[] = {
        "{\"Decider\":\"SWF\",\"x\":1}", "{\"Decider\":\"swf\"}",
        "{\"Decider\":1}"
    };

    wf_error_clear(&err);
    CHECK(wf_compile(wf_str("{\"Decider\":\"SWF\"}"), WF_MODE_STANDARD,
                     &program, &err) == WF_OK);
    CHECK_INT(program->dialect, WF_DIALECT_SWF);
    CHECK_INT(program->node_count, 0);
    CHECK_INT(program->scope_count, 1);
    CHECK(wf_compile_allowed(program, 0, &err) == WF_ERROR);
    wf_program_release(program);

    for (i = 0; i < wf_countof(refused); i++) {
        CHECK(wf_compile(wf_str_of(refused[i]), WF_MODE_STANDARD, &program,
                         &err) == WF_ERROR);
        CHECK_INT(err.code, WF_E_INVALID_ARGUMENT);
    }
}


static void
torture(const char *path)
{
    wf_rc_t        rc;
    uint64_t       n;
    wf_str_t       text;
    wf_error_t     err;
    wf_arena_t    *arena;
    wf_program_t  *program;

    arena = wf_arena_create(0);
    text = case_read(arena, path);
    CHECK(text.data != NULL);

    for (n = 1; n < 100000; n++) {
        wf_error_clear(&err);
        wf_arena_fail_after(n);
        rc = wf_compile(text, WF_MODE_STANDARD, &program, &err);
        wf_arena_fail_after(0);

        if (rc == WF_OK) {
            wf_program_release(program);
            break;
        }

        if (err.code != WF_E_INTERNAL) {
            unit_failed(path, (int) n, err.arg[0]);
        }
    }

    CHECK(n > 20 && n < 100000);
    wf_arena_free(arena);
}


TEST(torture_memory)
{
    torture("t/cases/flows/fdl_order.yaml");
    torture("t/cases/flows/fdl_choice.yaml");
    torture("t/cases/flows/fdl_task.yaml");
    torture("t/cases/flows/fdl_fork.yaml");
    torture("t/cases/flows/cfl_states.yaml");
    torture("t/cases/flows/cfl_task.yaml");
    torture("t/cases/flows/cfl_fork.yaml");
    torture("t/cases/flows/cfl_map_run.yaml");
}


UNIT_MAIN()
