
/*
 * Time zones of schedules by name: few, so a list.  Everything lies in one
 * arena, for as long as the shard.
 */

#include "shard/zones.h"

#include "base/tz_file.h"


struct wf_zones_s {
    wf_arena_t  *arena;
    wf_zone_t   *first;
};


wf_zones_t *
wf_zones_create(void)
{
    wf_arena_t  *arena;
    wf_zones_t  *zones;

    arena = wf_arena_create(sizeof(wf_zones_t));
    zones = arena ? wf_arena_calloc(arena, sizeof(wf_zones_t)) : NULL;

    if (zones == NULL) {
        wf_arena_free(arena);
        return NULL;
    }

    zones->arena = arena;

    return zones;
}


void
wf_zones_free(wf_zones_t *zones)
{
    if (zones != NULL) {
        wf_arena_free(zones->arena);
    }
}


const wf_zone_t *
wf_zones_find(const wf_zones_t *zones, wf_str_t name)
{
    const wf_zone_t  *zone;

    for (zone = zones->first; zone != NULL; zone = zone->next) {
        if (wf_str_eq(zone->name, name)) {
            break;
        }
    }

    return zone;
}


static wf_zone_t *
zone_create(wf_zones_t *zones, wf_str_t name)
{
    wf_zone_t  *zone;

    zone = wf_arena_calloc(zones->arena, sizeof(wf_zone_t));

    if (zone == NULL) {
        return NULL;
    }

    zone->name = wf_arena_copy(zones->arena, name);

    return zone->name.data ? zone : NULL;
}


static void
zone_list(wf_zones_t *zones, wf_zone_t *zone)
{
    zone->next = zones->first;
    zones->first = zone;
}


const wf_zone_t *
wf_zones_add(wf_zones_t *zones, wf_str_t name, wf_str_t bytes)
{
    wf_error_t   err;
    wf_zone_t   *zone;

    zone = zone_create(zones, name);

    if (zone == NULL
        || wf_tz_parse(zones->arena, bytes, &zone->tz, &err) != WF_OK)
    {
        return NULL;
    }

    zone_list(zones, zone);

    return zone;
}


wf_rc_t
wf_zones_load(wf_zones_t *zones, wf_str_t name)
{
    wf_str_t     why;
    wf_error_t   err;
    wf_zone_t   *zone;

    if (wf_zones_find(zones, name) != NULL) {
        return WF_OK;
    }

    wf_error_clear(&err);
    zone = zone_create(zones, name);

    if (zone == NULL) {
        return WF_ERROR;
    }

    if (wf_tz_load(zones->arena, name, &zone->tz, &err) != WF_OK) {
        why = wf_arena_copy(zones->arena, wf_error_arg(&err, 0));

        if (why.data == NULL) {
            return WF_ERROR;
        }

        zone->why = (const char *) why.data;
    }

    zone_list(zones, zone);

    return WF_OK;
}
