
/*
 * Finds a time zone's file among the system's (tzdata).  The only place that
 * knows where they are; what the bytes mean tz.c knows.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tz_file.h"


#define TZ_FOLDER  "/usr/share/zoneinfo/"


/* WF_DECLINED: none, or not a plain file of a possible size. */
static wf_rc_t
file_read(wf_arena_t *arena, const char *path, wf_str_t *bytes)
{
    int          fd;
    wf_rc_t      rc;
    ssize_t      n;
    uint8_t     *data;
    struct stat  st;

    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd == -1) {
        return errno == ENOENT || errno == ENOTDIR ? WF_DECLINED : WF_ERROR;
    }

    rc = WF_ERROR;

    if (fstat(fd, &st) == 0) {
        rc = WF_DECLINED;

        if (S_ISREG(st.st_mode) && st.st_size <= WF_TZ_BYTES_MAX) {
            data = wf_arena_alloc(arena, (size_t) st.st_size);
            n = data ? read(fd, data, (size_t) st.st_size) : -1;
            rc = n == -1 ? WF_ERROR : WF_OK;

            if (rc == WF_OK) {
                *bytes = (wf_str_t) { (size_t) n, data };
            }
        }
    }

    (void) close(fd);

    return rc;
}


static wf_rc_t
unknown(wf_str_t name, wf_error_t *err)
{
    wf_error_set(err, WF_E_INVALID_ARGUMENT,
                 "the time zone \"%.*s\" is not known.",
                 (int) wf_min(name.len, 2 * WF_TZ_NAME_LEN_MAX),
                 (const char *) name.data);
    return WF_ERROR;
}


static wf_rc_t
zone_load(wf_arena_t *arena, wf_str_t name, const wf_tz_t **tz,
    wf_str_t *text, wf_error_t *err)
{
    char      path[sizeof(TZ_FOLDER) + WF_TZ_NAME_LEN_MAX];
    wf_rc_t   rc;
    wf_str_t  bytes;

    if (wf_str_eq(name, wf_str("UTC"))) {
        *tz = NULL;
        *text = wf_str_none;
        return WF_OK;
    }

    if (!wf_tz_name_valid(name)) {
        return unknown(name, err);
    }

    (void) snprintf(path, sizeof(path), TZ_FOLDER "%.*s", (int) name.len,
                    (const char *) name.data);

    rc = file_read(arena, path, &bytes);

    if (rc == WF_DECLINED) {
        return unknown(name, err);
    }

    if (rc != WF_OK) {
        wf_error_set(err, WF_E_INTERNAL, "%s could not be read", path);
        return WF_ERROR;
    }

    if (wf_tz_parse(arena, bytes, tz, err) != WF_OK) {
        return err->code == WF_E_INTERNAL ? WF_ERROR : unknown(name, err);
    }

    *text = bytes;

    return WF_OK;
}


wf_rc_t
wf_tz_load(wf_arena_t *arena, wf_str_t name, const wf_tz_t **tz,
    wf_error_t *err)
{
    wf_str_t  bytes;

    return zone_load(arena, name, tz, &bytes, err);
}


wf_rc_t
wf_tz_read(wf_arena_t *arena, wf_str_t name, wf_str_t *bytes,
    wf_error_t *err)
{
    const wf_tz_t  *tz;

    return zone_load(arena, name, &tz, bytes, err);
}
