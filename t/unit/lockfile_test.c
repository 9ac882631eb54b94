
/*
 * Lock files between processes.
 */

#include "unit.h"

#include "nginx/ngx_http_cloudflow_lockfile.c"

#include <signal.h>
#include <sys/wait.h>


typedef ngx_http_cloudflow_lockfile_t  file_t;

static char  place[] = "/tmp/lockfile_test.XXXXXX";


static wf_rc_t
lock(file_t *file)
{
    return ngx_http_cloudflow_lockfile_lock(file, place, 3, "lock");
}


static wf_rc_t
probe(file_t *file)
{
    return ngx_http_cloudflow_lockfile_probe(file, place, 3, "lock");
}


static void
place_remove(void)
{
    char  path[PATH_MAX];

    CHECK_INT(file_path(path, place, 3, "lock"), WF_OK);
    (void) unlink(path);
    CHECK_INT(rmdir(place), 0);
    strcpy(place + strlen(place) - 6, "XXXXXX");
}


TEST(one_holder)
{
    file_t  one, two;

    CHECK(mkdtemp(place) != NULL);
    one = two = ngx_http_cloudflow_lockfile_closed;

    CHECK_INT(probe(&two), WF_OK);
    CHECK_INT(lock(&one), WF_OK);
    CHECK_INT(lock(&one), WF_OK);
    CHECK_INT(probe(&one), WF_OK);
    CHECK_INT(lock(&two), WF_AGAIN);
    CHECK_INT(probe(&two), WF_AGAIN);
    CHECK(one.is_locked && !two.is_locked);

    ngx_http_cloudflow_lockfile_unlock(&one);
    CHECK_INT(probe(&two), WF_OK);
    CHECK_INT(lock(&two), WF_OK);
    CHECK_INT(lock(&one), WF_AGAIN);

    ngx_http_cloudflow_lockfile_close(&two);
    CHECK_INT(lock(&one), WF_OK);
    ngx_http_cloudflow_lockfile_close(&one);
    ngx_http_cloudflow_lockfile_close(&one);

    place_remove();
}


TEST(the_dead_hold_nothing)
{
    char    byte;
    int     pipes[2];
    pid_t   pid;
    file_t  file;

    CHECK(mkdtemp(place) != NULL);
    CHECK_INT(pipe(pipes), 0);
    file = ngx_http_cloudflow_lockfile_closed;

    pid = fork();

    if (pid == 0) {
        byte = lock(&file) == WF_OK;
        if (write(pipes[1], &byte, 1) == 1) {
            pause();
        }
    }

    CHECK_INT(read(pipes[0], &byte, 1), 1);
    CHECK_INT(byte, 1);
    CHECK_INT(lock(&file), WF_AGAIN);

    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);

    CHECK_INT(lock(&file), WF_OK);

    ngx_http_cloudflow_lockfile_close(&file);
    close(pipes[0]);
    close(pipes[1]);
    place_remove();
}


TEST(a_file_that_was_removed_protects_nothing)
{
    char    path[PATH_MAX];
    file_t  one, two;

    CHECK(mkdtemp(place) != NULL);
    CHECK_INT(file_path(path, place, 3, "lock"), WF_OK);
    one = two = ngx_http_cloudflow_lockfile_closed;

    CHECK_INT(probe(&one), WF_OK);
    CHECK_INT(unlink(path), 0);
    CHECK_INT(lock(&two), WF_OK);

    /* one still has the old file open, but locks what is there now. */
    CHECK_INT(lock(&one), WF_AGAIN);

    ngx_http_cloudflow_lockfile_close(&one);
    ngx_http_cloudflow_lockfile_close(&two);
    place_remove();
}


TEST(trouble)
{
    char    path[PATH_MAX];
    file_t  file;

    file = ngx_http_cloudflow_lockfile_closed;

    CHECK_INT(ngx_http_cloudflow_lockfile_lock(&file, "/nonexistent", 0,
                                               "lock"), WF_ERROR);
    CHECK_INT(errno, ENOENT);
    CHECK_INT(ngx_http_cloudflow_lockfile_probe(&file, "/nonexistent", 0,
                                                "lock"), WF_ERROR);

    memset(path, 'a', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    CHECK_INT(ngx_http_cloudflow_lockfile_lock(&file, path, 0, "lock"),
              WF_ERROR);
    CHECK_INT(errno, ENAMETOOLONG);
    CHECK_INT(file.fd, -1);
}


UNIT_MAIN()
