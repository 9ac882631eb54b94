
/*
 * A world on disk for tests of the SQLite store: a directory of its own
 * that is removed again, and what happens to files in this world.
 */

#ifndef WF_STORE_WORLD_H
#define WF_STORE_WORLD_H


#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_cases.h"


static inline char *
dir_create(void)
{
    char        *dir;
    const char  *base;

    base = getenv("TMPDIR");
    dir = malloc(PATH_MAX);
    snprintf(dir, PATH_MAX, "%s/store-XXXXXX", base && *base ? base : "/tmp");

    if (mkdtemp(dir) == NULL) {
        perror(dir);
        exit(2);
    }

    return dir;
}


static inline void
dir_remove(char *dir)
{
    DIR            *d;
    char            path[PATH_MAX + 300];
    struct dirent  *entry;

    d = opendir(dir);

    while (d && (entry = readdir(d)) != NULL) {
        snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);

        if (entry->d_name[0] != '.' && unlink(path) != 0) {
            rmdir(path);
        }
    }

    if (d) {
        closedir(d);
    }

    CHECK_INT(rmdir(dir), 0);
    free(dir);
}


/* Shard 0 is open for writing, a reader for three. */
static inline void
world_begin(world_t *w)
{
    memset(w, 0, sizeof(world_t));
    w->type = &wf_store_sqlite;
    w->place = dir_create();
    CHECK_INT(w->type->open(w->place, 0, &w->epoch, &w->exec_no, &w->store,
                            &w->err), WF_STORE_OK);
    CHECK_INT(w->type->reader_open(w->place, 3, &w->reader, &w->err), WF_OK);
}


static inline void
world_end(world_t *w)
{
    if (w->reader) {
        w->type->reader_close(w->reader);
    }

    if (w->store) {
        w->type->close(w->store);
    }

    dir_remove(w->place);
}


/* Only files, nobody has them open. */
static inline void
world_close(world_t *w)
{
    w->type->reader_close(w->reader);
    w->type->close(w->store);
    w->reader = NULL;
    w->store = NULL;
}


static inline const char *
world_path(world_t *w, const char *name)
{
    static char      paths[4][PATH_MAX + 64];
    static unsigned  next;
    char            *path;

    path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", (char *) w->place, name);

    return path;
}


/* Bytes in the middle of a file; creates it. */
static inline void
file_write(const char *path, off_t offset, const void *bytes, size_t len)
{
    int  fd;

    fd = open(path, O_WRONLY | O_CREAT, 0600);
    CHECK(fd != -1);
    CHECK_INT(pwrite(fd, bytes, len, offset), len);
    close(fd);
}


static inline off_t
file_size(const char *path)
{
    struct stat  st;

    return stat(path, &st) == 0 ? st.st_size : -1;
}


static inline void
file_copy(const char *from, const char *to)
{
    int      in, out;
    char     buf[65536];
    ssize_t  n;

    in = open(from, O_RDONLY);
    out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(in != -1 && out != -1);

    while ((n = read(in, buf, sizeof(buf))) > 0) {
        CHECK_INT(write(out, buf, (size_t) n), n);
    }

    close(in);
    close(out);
}


/* A few executions in a shard that nobody has open. */
static inline void
world_filled(world_t *w)
{
    uint32_t         i;
    char             names[200][8];
    wf_store_unit_t  units[200];

    world_begin(w);

    for (i = 0; i < 200; i++) {
        snprintf(names[i], sizeof(names[i]), "n%u", i);
        units[i] = unit_new(i + 1, 7, names[i]);
    }

    CHECK_INT(put(w, units, 200), WF_STORE_OK);
    world_close(w);
    CHECK(file_size(world_path(w, "shard-000.db")) > 4 * 4096);
}


static inline wf_store_status_t
world_open(world_t *w)
{
    wf_error_clear(&w->err);

    return w->type->open(w->place, 0, &w->epoch, &w->exec_no, &w->store,
                         &w->err);
}


/* The file cannot be used: writer and reader say so, and name it. */
static inline void
unusable(world_t *w, wf_store_status_t status, const char *why)
{
    wf_store_t  *store;

    store = NULL;
    wf_error_clear(&w->err);
    CHECK_INT(w->type->open(w->place, 0, &w->epoch, &w->exec_no, &store,
                            &w->err), status);
    CHECK(store == NULL);
    CHECK_INT(w->err.code, WF_E_INTERNAL);
    CHECK(strstr(w->err.arg[0], "/shard-000.db\": ") != NULL);

    if (strstr(w->err.arg[0], why) == NULL) {
        CHECK_STR(wf_error_arg(&w->err, 0), wf_str_of(why));
    }

    wf_error_clear(&w->err);
    CHECK_INT(w->type->reader_open(w->place, 3, &w->reader, &w->err), WF_OK);
    CHECK_INT(find(w, 7, "n1"), WF_ERROR);
    CHECK(strstr(w->err.arg[0], "cannot read") != NULL);
    CHECK(strstr(w->err.arg[0], "/shard-000.db\": ") != NULL);
    w->type->reader_close(w->reader);
    w->reader = NULL;
}


#endif /* WF_STORE_WORLD_H */
