
/*
 * Free lists by size class.  Owns one arena; knows nobody.  Under ASan what
 * was given back is poisoned, so that whoever still uses it is found.
 */

#include "shard/slab.h"


#if defined(__SANITIZE_ADDRESS__)
#define SLAB_ASAN  1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLAB_ASAN  1
#endif
#endif

#ifdef SLAB_ASAN
#include <sanitizer/asan_interface.h>
#define hide(thing, size)  ASAN_POISON_MEMORY_REGION(thing, size)
#define show(thing, size)  ASAN_UNPOISON_MEMORY_REGION(thing, size)
#else
#define hide(thing, size)
#define show(thing, size)
#endif


wf_rc_t
wf_slab_init(wf_slab_t *slab)
{
    memset(slab, 0, sizeof(wf_slab_t));
    slab->arena = wf_arena_create(0);

    return slab->arena ? WF_OK : WF_ERROR;
}


void
wf_slab_done(wf_slab_t *slab)
{
    wf_arena_free(slab->arena);
    memset(slab, 0, sizeof(wf_slab_t));
}


static size_t
class_of(size_t size)
{
    wf_assert(size > 0 && size <= WF_SLAB_MAX);

    return (size - 1) / WF_SLAB_STEP;
}


void *
wf_slab_alloc(wf_slab_t *slab, size_t size)
{
    void    *thing;
    size_t   no;

    no = class_of(size);
    thing = slab->spare[no];

    if (thing == NULL) {
        return wf_arena_calloc(slab->arena, (no + 1) * WF_SLAB_STEP);
    }

    show(thing, (no + 1) * WF_SLAB_STEP);
    memcpy(&slab->spare[no], thing, sizeof(void *));
    memset(thing, 0, size);

    return thing;
}


void
wf_slab_free(wf_slab_t *slab, void *thing, size_t size)
{
    size_t  no;

    no = class_of(size);
    memcpy(thing, &slab->spare[no], sizeof(void *));
    slab->spare[no] = thing;
    hide(thing, (no + 1) * WF_SLAB_STEP);
}
