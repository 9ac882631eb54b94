
/*
 * Seeds.  sim [first [count]] lives that many lives and prints one line; one
 * seed alone (count 1) with -v tells its story.  A seed that fails prints its
 * number and what went wrong, then its log.
 */

#include <stdlib.h>

#include "t/sim/sim.h"


#define EVENTS_MAX   2000000    /* of one life: more means it never rests */
#define CALM_MS      20000      /* chaos ends */
#define HEALED_MS    10800000   /* by then everything must be over: sub-flows
                                   that wait, 16 deep, tried again and again */
#define YEARS_MS     (25ll * 366 * 86400 * 1000)    /* the same where nobody
                                   ever answers: a year each, and what they
                                   start on their last day */


static bool
is_over(void)
{
    return sim.is_calm && sim_clients_idle() && sim_world_is_whole()
           && sim_audit_all_over();
}


/* What comes next may be the end of a year. */

static bool
is_calm_next(void)
{
    wf_heap_node_t  *node;

    node = wf_heap_min(&sim.events);

    return node == NULL || node->due_ms > CALM_MS;
}


/* The end state, as a number. */

static uint64_t
live(uint64_t seed)
{
    uint64_t  hash;

    sim_world_open(seed);
    sim_audit_open();
    sim_services_open();
    sim_clients_open();

    while (!is_over() && sim.trouble[0] == '\0') {
        if (!sim.is_calm && is_calm_next()) {
            sim_say("calm");
            sim_world_calm();
            continue;
        }

        if (!sim_world_step()) {
            sim_failed("nothing will ever happen");
        }

        if (sim.event_count % 16 == 0) {
            sim_audit_live();
        }

        if (sim.event_count > EVENTS_MAX) {
            sim_failed("it never rests");
        }

        if (sim.time_ms > (sim.is_long ? YEARS_MS : HEALED_MS)) {
            sim_calendar_say();
            sim_failed("it never ends: %s", !sim_calendar_is_over()
                       ? "schedules" : sim_clients_idle()
                       ? "executions" : "calls");
        }
    }

    sim_audit_end();
    hash = sim_audit_hash();
    sim_services_close();
    sim_clients_close();
    sim_world_close();

    return hash;
}


static bool
live_well(uint64_t seed)
{
    char      trouble[sizeof(sim.trouble)];
    bool      again;
    uint64_t  hash;

    hash = live(seed);

    if (sim.trouble[0] == '\0' && seed % 5 == 0 && live(seed) != hash) {
        snprintf(sim.trouble, sizeof(sim.trouble), "two lives, two ends");
    }

    if (sim.trouble[0] == '\0') {
        return true;
    }

    memcpy(trouble, sim.trouble, sizeof(trouble));
    printf("# seed %llu: %s\n", (unsigned long long) seed, trouble);

    again = !sim_verbose;
    sim_verbose = true;

    if (again) {
        live(seed);
    }

    sim_verbose = false;

    return false;
}


int
main(int argc, char **argv)
{
    uint64_t  seed, first, count, bad, executions, gone, kills;

    if (argc > 1 && strcmp(argv[1], "-v") == 0) {
        sim_verbose = true;
        argc--;
        argv++;
    }

    first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    count = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    bad = executions = gone = kills = 0;

    printf("1..1\n");

    for (seed = first; seed < first + count && bad < 3; seed++) {
        bad += !live_well(seed);
        executions += sim_audit_count();
        gone += sim_audit_gone();
        kills += sim.kills + sim.powers;
    }

    printf("# %llu calls (%llu refused), %llu executions, %llu crashes\n",
           (unsigned long long) sim_calls_done,
           (unsigned long long) sim_calls_failed,
           (unsigned long long) executions, (unsigned long long) kills);
    printf("# %llu calls of services, %llu reports taken, %llu fires, "
           "%llu Express kept\n",
           (unsigned long long) sim_services_called,
           (unsigned long long) sim_reports_taken,
           (unsigned long long) sim_fires,
           (unsigned long long) sim_expresses);
    printf("# %llu executions erased, %llu redrives, %llu by map runs\n",
           (unsigned long long) gone, (unsigned long long) sim_redrives,
           (unsigned long long) sim_child_redrives);
    printf("%sok 1 - sim: %llu seeds from %llu\n", bad ? "not " : "",
           (unsigned long long) (seed - first), (unsigned long long) first);

    return bad != 0;
}
