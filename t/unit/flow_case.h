
/*
 * Files of t/cases for the tests of the flow room.
 */

#ifndef WF_FLOW_CASE_H
#define WF_FLOW_CASE_H


#include <glob.h>

#include "flow/compile.h"
#include "unit.h"


/* The whole file, with a NUL behind it; data == NULL: cannot be read. */
static inline wf_str_t
case_read(wf_arena_t *arena, const char *path)
{
    long       size;
    FILE      *file;
    uint8_t   *data;
    wf_str_t   text;

    text = wf_str_none;
    file = fopen(path, "rb");

    if (file == NULL) {
        return text;
    }

    (void) fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    data = wf_arena_calloc(arena, size + 1);

    if (data && fread(data, 1, size, file) == (size_t) size) {
        text = (wf_str_t) { size, data };
    }

    (void) fclose(file);

    return text;
}


/* Compiles; a refusal is a failure of the test. */
static inline wf_program_t *
case_compile(wf_str_t text, wf_mode_t mode, const char *name)
{
    wf_error_t     err;
    wf_program_t  *program;

    wf_error_clear(&err);
    program = NULL;

    if (wf_compile(text, mode, &program, &err) != WF_OK) {
        unit_failed(name, 0, err.arg[0]);
        return NULL;
    }

    return program;
}


/* The pattern's definitions against the .dump beside each; their number. */
static inline unsigned
case_golden(const char *pattern)
{
    char           path[512];
    glob_t         found;
    size_t         i;
    unsigned       count;
    wf_buf_t       dump;
    wf_arena_t    *arena;
    wf_program_t  *program;

    if (glob(pattern, 0, NULL, &found) != 0) {
        return 0;
    }

    count = found.gl_pathc;
    arena = wf_arena_create(0);

    for (i = 0; i < found.gl_pathc; i++) {
        program = case_compile(case_read(arena, found.gl_pathv[i]),
                               WF_MODE_STANDARD, found.gl_pathv[i]);
        if (program == NULL) {
            continue;
        }

        wf_buf_init(&dump, arena, 0);
        wf_program_dump(&dump, program);
        (void) snprintf(path, sizeof(path), "%.*s.dump",
                        (int) strlen(found.gl_pathv[i]) - 5,
                        found.gl_pathv[i]);
        unit_check_str(wf_buf_done(&dump), case_read(arena, path), path, 0,
                       "program dump");
        wf_program_release(program);
    }

    wf_arena_free(arena);
    globfree(&found);

    return count;
}


/* Where the shared examples are, if anywhere. */
static inline const char *
case_shared(void)
{
    const char  *path;

    path = getenv("WF_SHARED");

    return path ? path : "../shared";
}


/* Everything that matches under the examples compiles; returns the number. */
static inline unsigned
case_examples(const char *pattern)
{
    char           path[512];
    glob_t         found;
    size_t         i;
    unsigned       count;
    wf_arena_t    *arena;
    wf_program_t  *program;

    (void) snprintf(path, sizeof(path), "%s/examples/fdl/%s", case_shared(),
                    pattern);

    if (glob(path, 0, NULL, &found) != 0) {
        printf("# %s: not there, skipped\n", path);
        return 0;
    }

    count = found.gl_pathc;
    arena = wf_arena_create(0);

    for (i = 0; i < found.gl_pathc; i++) {
        program = case_compile(case_read(arena, found.gl_pathv[i]),
                               WF_MODE_STANDARD, found.gl_pathv[i]);
        if (program) {
            wf_program_release(program);
        }
    }

    wf_arena_free(arena);
    globfree(&found);

    return count;
}


#endif /* WF_FLOW_CASE_H */
