
/*
 * Files that are damaged, empty, of a newer layout, or somebody else's: what
 * the SQLite store makes of them, and that it leaves them alone.
 */

#include "store/store_sqlite_layout.c"
#include "store/store_sqlite_read.h"
#include "store_world.h"


/* Started to be made, and killed: as good as not there. */
TEST(empty_file_is_a_new_one)
{
    world_t  w;

    world_begin(&w);
    world_close(&w);
    unlink(world_path(&w, "shard-000.db"));
    file_write(world_path(&w, "shard-000.db"), 0, "", 0);
    CHECK_INT(w.type->reader_open(w.place, 3, &w.reader, &w.err), WF_OK);
    CHECK_INT(find(&w, 7, "a"), WF_DECLINED);
    CHECK_INT(world_open(&w), WF_STORE_OK);
    CHECK_INT(w.epoch, 1);
    CHECK_INT(find(&w, 7, "a"), WF_DECLINED);
    world_end(&w);
}


TEST(garbage_is_refused)
{
    size_t       i;
    world_t      w;
    char         bytes[20000];
    const size_t sizes[] = { 10, 99, 511, 4096, 20000 };

    for (i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (char) (i * 131 + i / 7 + 1);
    }

    for (i = 0; i < wf_countof(sizes); i++) {
        world_begin(&w);
        world_close(&w);
        unlink(world_path(&w, "shard-000.db"));
        file_write(world_path(&w, "shard-000.db"), 0, bytes, sizes[i]);
        unusable(&w, WF_STORE_CORRUPT, "not a database");
        CHECK_INT(file_size(world_path(&w, "shard-000.db")), sizes[i]);
        world_end(&w);
    }
}


TEST(truncated_file_is_refused)
{
    off_t    size;
    world_t  w;

    world_filled(&w);
    size = file_size(world_path(&w, "shard-000.db"));

    for (size -= 4096; size > 0; size -= 4096) {
        CHECK_INT(truncate(world_path(&w, "shard-000.db"), size), 0);
        unusable(&w, WF_STORE_CORRUPT, "malformed");
    }

    world_end(&w);
}


TEST(damaged_pages_are_noticed)
{
    world_t      w;
    const char  *path;
    uint8_t      noise[4096];

    world_filled(&w);
    memset(noise, 0xa5, sizeof(noise));
    path = world_path(&w, "shard-000.db");

    /* the schema's page, behind the header */
    file_write(path, 100, noise, 500);
    unusable(&w, WF_STORE_CORRUPT, "malformed");
    world_end(&w);
}


TEST(damage_inside_is_noticed_where_it_is_read)
{
    off_t            size;
    world_t          w;
    uint8_t          noise[4096];
    wf_rc_t          rc;
    wf_store_unit_t  unit;

    world_filled(&w);
    memset(noise, 0xa5, sizeof(noise));
    size = file_size(world_path(&w, "shard-000.db"));

    for (size -= 4096; size >= 4096; size -= 4096) {
        file_write(world_path(&w, "shard-000.db"), size, noise, 4096);
    }

    CHECK_INT(w.type->reader_open(w.place, 3, &w.reader, &w.err), WF_OK);
    rc = find(&w, 7, "n1");
    CHECK_INT(rc, WF_ERROR);
    CHECK(strstr(w.err.arg[0], "malformed") != NULL);
    CHECK(w.reader->files[0].db == NULL);

    if (world_open(&w) == WF_STORE_OK) {
        unit = unit_new(1000, 7, "x");
        CHECK_INT(put(&w, &unit, 1), WF_STORE_CORRUPT);
    }

    world_end(&w);
}


static void
edit(world_t *w, const char *text)
{
    sqlite3  *db;

    CHECK_INT(sqlite3_open(world_path(w, "shard-000.db"), &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
}


TEST(newer_layout_is_refused)
{
    world_t  w;

    world_filled(&w);
    edit(&w, "PRAGMA user_version = 99");
    unusable(&w, WF_STORE_CORRUPT, "its layout 99 is newer than 1");
    world_end(&w);
}


TEST(strangers_are_left_alone)
{
    world_t  w;

    world_begin(&w);
    world_close(&w);
    unlink(world_path(&w, "shard-000.db"));
    edit(&w, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
    unusable(&w, WF_STORE_CORRUPT, "not a shard's");
    CHECK_INT(file_size(world_path(&w, "shard-000.db-wal")), -1);
    world_end(&w);

    world_filled(&w);
    edit(&w, "PRAGMA application_id = 17");
    unusable(&w, WF_STORE_CORRUPT, "not a shard's");
    world_end(&w);
}


TEST(copies_of_other_shards_are_refused)
{
    world_t      w;
    uint64_t     epoch, exec_no;
    wf_store_t  *other;

    world_filled(&w);
    CHECK_INT(w.type->open(w.place, 1, &epoch, &exec_no, &other, &w.err),
              WF_STORE_OK);
    w.type->close(other);
    unlink(world_path(&w, "shard-000.db"));
    CHECK_INT(link(world_path(&w, "shard-001.db"),
                   world_path(&w, "shard-000.db")), 0);
    unusable(&w, WF_STORE_CORRUPT, "it is the file of shard 1");
    world_end(&w);
}


TEST(halves_that_do_not_fit_are_refused)
{
    world_t  w;

    world_filled(&w);
    edit(&w, "DELETE FROM chunks WHERE id >= 200 << 20");
    CHECK_INT(world_open(&w), WF_STORE_CORRUPT);
    CHECK(strstr(w.err.arg[0], "its last execution is 200, but its last "
                               "events are of 199") != NULL);
    edit(&w, "DELETE FROM meta WHERE name = 'epoch'");
    CHECK_INT(world_open(&w), WF_STORE_CORRUPT);
    CHECK(strstr(w.err.arg[0], "lost its \"epoch\"") != NULL);
    world_end(&w);
}


UNIT_MAIN()
