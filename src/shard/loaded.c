
/*
 * Executions in memory.  Owns the list of those that may be put to rest: all
 * they know is durable, nothing waits for them.
 */

#include "shard/buggify.h"
#include "shard/tasks.h"


static void rest(wf_lives_t *lives, wf_loaded_t *loaded);


wf_loaded_t *
wf_loaded_create(wf_lives_t *lives, wf_live_t *live)
{
    wf_exec_t    *exec;
    wf_loaded_t  *loaded;

    exec = wf_exec_create();
    if (exec == NULL) {
        return NULL;
    }

    loaded = wf_arena_calloc(exec->home, sizeof(wf_loaded_t));
    if (loaded == NULL) {
        wf_exec_free(exec);
        return NULL;
    }

    loaded->live = live;
    loaded->exec = exec;
    loaded->last_result = &loaded->results;
    lives->loaded_count++;

    return loaded;
}


void
wf_loaded_free(wf_lives_t *lives, wf_loaded_t *loaded)
{
    wf_loaded_touch(lives, loaded);
    wf_tasks_drop(loaded);

    if (loaded->live != NULL && loaded->live->loaded == loaded) {
        loaded->live->loaded = NULL;
    }

    if (loaded->revision != NULL) {
        wf_revision_release(loaded->revision);
    }

    lives->loaded_count--;
    wf_exec_free(loaded->exec);
}


void
wf_loaded_touch(wf_lives_t *lives, wf_loaded_t *loaded)
{
    if (!loaded->is_clean) {
        return;
    }

    *(loaded->prev ? &loaded->prev->next : &lives->clean) = loaded->next;
    *(loaded->next ? &loaded->next->prev : &lives->last_clean) = loaded->prev;
    loaded->next = loaded->prev = NULL;
    loaded->is_clean = false;
    lives->clean_bytes -= loaded->size;
}


void
wf_loaded_settle(wf_lives_t *lives, wf_loaded_t *loaded)
{
    if (loaded->is_clean || loaded->pins > 0 || loaded->owes
        || loaded->tasks != NULL || loaded->results != NULL
        || loaded->live->phase != WF_LIVE_RUNNING
        || loaded->live->errand != NULL)
    {
        return;
    }

    loaded->size = wf_exec_size(loaded->exec);
    loaded->is_clean = true;
    loaded->next = NULL;
    loaded->prev = lives->last_clean;
    *(loaded->prev ? &loaded->prev->next : &lives->clean) = loaded;
    lives->last_clean = loaded;
    lives->clean_bytes += loaded->size;

    while (lives->clean != NULL
           && (lives->loaded_count > WF_LOADED_MAX
               || lives->clean_bytes > WF_LOADED_BYTES_MAX
               || wf_buggify(200)))
    {
        rest(lives, lives->clean);
    }
}


/* All that it knows is durable, its due time stays in the heap. */

static void
rest(wf_lives_t *lives, wf_loaded_t *loaded)
{
    wf_live_t  *live;

    live = loaded->live;
    wf_loaded_free(lives, loaded);
    wf_live_phase(lives, live, WF_LIVE_RESTING);
}
