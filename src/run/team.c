#include "run/team.h"

#include "base/clock.h"
#include "base/affinity.h"
#include "exact/modes.h"
#include "run/team_slots.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

/*
 * What the parallel region reduces: the sums of a thread, in memory that its team made before. A
 * thread takes the next slot, rather than the one of its number: a region within a region has the
 * same numbers again.
 */
struct total {
    struct team *team;
    struct tally tally;
};

static void total_init(struct total *total, struct team *team)
{
    *total = (struct total){team, team_slot(team, atomic_fetch_add(&team->taken, 1))};
    sums_clear(&team->term->results->layout, total->tally.total);
}

static void total_add(struct total *into, const struct total *from)
{
    const modes before = modes_default();
    sums_merge(&into->team->term->results->layout, into->tally.total, from->tally.total);
    modes_restore(before);
}

#pragma omp declare reduction(+ : struct total : total_add(&omp_out, &omp_in))                     \
    initializer(total_init(&omp_priv, omp_orig.team))

/*
 * The frontier makes what is done of a stopped round a run of first chunks, without a hole. It
 * counts the chunks up to the last one begun, and holds a bit that says "no further". Both are in
 * one word, so that no thread can begin a chunk beyond a frontier that has just been closed; a
 * thread that holds a chunk within it does that chunk first.
 */
#define CLOSED 1u

static void frontier_close(_Atomic uint64_t *frontier)
{
    atomic_fetch_or(frontier, CLOSED);
}

/* May chunk c be worked on? If so the frontier includes it from now on. */
static bool frontier_enter(_Atomic uint64_t *frontier, uint64_t c)
{
    uint64_t seen = atomic_load(frontier);
    while (seen >> 1 <= c) {
        if (seen & CLOSED)
            return false;
        if (atomic_compare_exchange_weak(frontier, &seen, (c + 1) << 1))
            break;
    }
    return true;
}

int team_threads_limit(const char **what)
{
#ifdef _OPENMP
    *what = "OMP_THREAD_LIMIT";
    return omp_get_thread_limit();
#else
    *what = "a build without OpenMP";
    return 1;
#endif
}

int team_default_threads(void)
{
#ifdef _OPENMP
    const int threads = omp_get_max_threads(), limit = omp_get_thread_limit();
    return threads < 1 ? 1 : threads < limit ? threads : limit; /* huge ones come out negative */
#else
    return 1;
#endif
}

bool team_inside(void)
{
#ifdef _OPENMP
    return omp_in_parallel() != 0;
#else
    return false;
#endif
}

#ifdef _OPENMP
/* The settings that decide on the size of a team and on its CPUs, as far as they are set. */
static void find_reasons(char *text, size_t room)
{
    static const char *const names[] = {"OMP_DYNAMIC", "OMP_MAX_ACTIVE_LEVELS", "OMP_PROC_BIND",
                                        "OMP_PLACES",  "GOMP_CPU_AFFINITY",     "KMP_AFFINITY"};
    *text = '\0';
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const char *const value = getenv(names[k]);
        const size_t length = strlen(text);
        if (value)
            snprintf(text + length, room - length, "%s%s=%.64s", length ? " " : " (", names[k],
                     value);
    }
    if (*text)
        snprintf(text + strlen(text), room - strlen(text), ")");
}

/* Counts the CPUs that `seen`, one for each, has not counted yet. */
static int count_new(atomic_bool *seen, size_t room)
{
    int *const cpus = calloc(room, sizeof *cpus), added = 0;
    const size_t count = cpus ? affinity_allowed(cpus, room) : 0;
    for (size_t k = 0; k < count; k++)
        added += !atomic_exchange(&seen[cpus[k]], true);
    free(cpus);
    return added;
}

/* Starts a team to see how many threads it has, and which CPUs. */
static void look(int threads, struct team_start *start)
{
    enum { CPUS = 8192 };
    int team = 1, cpus = 0;
    atomic_bool *const seen = calloc(CPUS, sizeof *seen);
    if (!seen)
        return;
#pragma omp parallel num_threads(threads) reduction(+ : cpus)
    {
        cpus += count_new(seen, CPUS);
        if (omp_get_thread_num() == 0)
            team = omp_get_num_threads();
    }
    free(seen);
    start->threads = team;
    start->cpus = cpus > 0 ? cpus : start->cpus;
}

#endif

void team_start(int threads, struct team_start *start)
{
    *start = (struct team_start){.threads = 1, .cpus = 1};
#ifdef _OPENMP
    start->threads = threads;
    start->cpus = omp_get_num_procs();
    find_reasons(start->why, sizeof start->why);
    if (*start->why)
        look(threads, start);
#else
    (void)threads;
#endif
}

void team_unbind(void)
{
#ifdef _OPENMP
    cpu_set_t all;
    CPU_ZERO(&all);
    for (int place = 0; place < omp_get_num_places(); place++) {
        const int count = omp_get_place_num_procs(place);
        int *const processors = calloc((size_t)count + 1, sizeof *processors);
        if (!processors)
            return;
        omp_get_place_proc_ids(place, processors);
        for (int k = 0; k < count; k++)
            CPU_SET((size_t)processors[k], &all);
        free(processors);
    }
    if (CPU_COUNT(&all) > 0)
        sched_setaffinity(0, sizeof all, &all);
#endif
}

void team_each(int threads, size_t count, void (*work)(void *context, size_t k), void *context)
{
    (void)threads; /* unused without OpenMP */
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (size_t k = 0; k < count; k++)
        work(context, k);
}

const char *team_openmp_version(void)
{
#ifdef _OPENMP
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
    return TEXT(_OPENMP);
#else
    return "none";
#endif
}

static int thread_number(void)
{
#ifdef _OPENMP
    return omp_get_thread_num();
#else
    return 0;
#endif
}

/* Whether OpenMP may take fewer threads than it is asked for; returns whether it did. */
static int set_dynamic(int dynamic)
{
#ifdef _OPENMP
    const int before = omp_get_dynamic();
    omp_set_dynamic(dynamic);
    return before;
#else
    return dynamic;
#endif
}

static uint64_t nothing_ahead(const struct engine *engine)
{
    (void)engine;
    return 0;
}

static enum status do_round(struct engine *engine, struct window *window, const struct order *order,
                            struct sums *total, struct outcome *outcome)
{
    struct team *const team = (struct team *)engine;
    window_cut(window, order->terms, order->grain);
    const struct team_outcome done =
        team_compute(team, window, order->limit_ns ? clock_ns() + order->limit_ns : 0, total);
    *outcome = (struct outcome){done.busy_ns, done.terms, done.fault, false, 0};
    outcome->misfit = !window_settle(window, done.chunks_done, &outcome->misfit_job);
    return STATUS_OK;
}

static enum status flush(struct engine *engine)
{
    struct team *const team = (struct team *)engine;
    return team->trace ? trace_flush(team->trace) : STATUS_OK;
}

static enum status end(struct engine *engine, enum status status, struct engine_thread **threads)
{
    *threads = calloc((size_t)engine->threads, sizeof **threads);
    if (!*threads)
        return status ? status
                      : error_set(STATUS_FAILED, "out of memory for %d threads", engine->threads);
    team_tell((struct team *)engine, *threads);
    return status;
}

/* Starts the threads of a team and parts them (affinity), unless OpenMP has bound them. Once. */
static void part(struct team *team)
{
#ifdef _OPENMP
    const size_t threads = (size_t)team->engine.threads;
    int *const order = team->parted ? NULL : calloc(threads, sizeof *order);
    const bool bound = omp_get_proc_bind() != omp_proc_bind_false;
    const size_t places = order && !bound ? affinity_order(order, threads) : 0;
    if (places > 1) {
#pragma omp parallel num_threads(team->engine.threads)
        affinity_place(order[(size_t)omp_get_thread_num() % places]);
    }
    free(order);
#endif
    team->parted = true;
}

enum status team_open(struct team *team, const struct team_spec *spec)
{
    *team = (struct team){
        .engine =
            {
                .threads = spec->serial ? 1 : spec->threads,
                .own_threads = spec->serial ? 1 : spec->threads,
                .parts = 1,
                .serial = spec->serial,
                .ahead = nothing_ahead,
                .round = do_round,
                .collect = team_collect,
                .flush = flush,
                .end = end,
            },
        .term = spec->term,
        .control = spec->control,
        .trace = spec->trace,
    };
    const size_t size = (size_t)team->engine.threads * sizeof *team->workers;
    team->workers = aligned_alloc(_Alignof(struct worker), size);
    if (!team->workers)
        return error_set(STATUS_FAILED, "out of memory for %d threads", team->engine.threads);
    for (int thread = 0; thread < team->engine.threads; thread++)
        team->workers[thread] = (struct worker){0};
    if (!team_make_slots(team, spec->most_keys))
        return error_set(STATUS_FAILED, "out of memory for %d threads", team->engine.threads);
    if (spec->at_once && team->engine.threads > 1)
        part(team);
    return STATUS_OK;
}

void team_tell(const struct team *team, struct engine_thread *threads)
{
    for (int thread = 0; thread < team->engine.threads; thread++) {
        threads[thread].busy_ns = team->workers[thread].busy_ns;
        threads[thread].terms = team->workers[thread].terms;
    }
}

void team_close(struct team *team)
{
    team_free_slots(team);
    free(team->workers);
    *team = (struct team){0};
}

/*
 * Works on chunk c, begun at `begin_ns`, and books it. False at a fault, or where the round has
 * found enough hits. OpenMP's threads are also the host's: they may flush subnormals to zero.
 */
static bool work(struct team *team, struct window *window, size_t c, const struct term *term,
                 uint64_t begin_ns, const struct tally *tally)
{
    const int thread = thread_number();
    struct worker *const worker = &team->workers[thread];
    struct chunk_fault fault = {0};
    const modes before = modes_default();
    const bool added = chunk_add(window, c, term, tally, &fault);
    modes_restore(before);
    if (!added) {
        if (!worker->fault.fault.kind || c < worker->fault_chunk) {
            worker->fault = fault;
            worker->fault_chunk = c;
        }
        return false;
    }
    const uint64_t end_ns = clock_ns(), terms = chunk_terms(window, c);
    worker->busy_ns += end_ns - begin_ns;
    worker->terms += terms;
    if (team->trace)
        trace_event(team->trace, thread, window->run_base + chunk_first_job(window, c), terms,
                    begin_ns, end_ns);
    return !tally->hits || team_count_hits(team, window, c);
}

/* What the team has done since team_open, and the first fault. */
static struct worker sum_up(const struct team *team)
{
    struct worker all = {0};
    for (int thread = 0; thread < team->engine.threads; thread++) {
        const struct worker *const one = &team->workers[thread];
        all.busy_ns += one->busy_ns;
        all.terms += one->terms;
        if (one->fault.fault.kind &&
            (!all.fault.fault.kind || one->fault_chunk < all.fault_chunk)) {
            all.fault = one->fault;
            all.fault_chunk = one->fault_chunk;
        }
    }
    return all;
}

/*
 * The parallel region. Shared and only read: the window's jobs and the term. Written without a
 * race: a chunk's edge and the sums of jobs within it (one chunk, one thread), a worker's own line.
 * The frontier is atomic, and so are the counts of slots and of hits. `total` is a reduction, exact
 * and so the same whatever the order.
 *
 * schedule(dynamic), since terms differ in cost; monotonic, since what is done of a stopped round
 * is its first chunks. Rejected: static (uneven), guided (its first chunks are too long where cost
 * grows), tasks (a queue entry a chunk), a barrier a job (idle threads).
 */
struct team_outcome team_compute(struct team *team, struct window *window, uint64_t deadline_ns,
                                 struct sums *sums)
{
    const struct term *const term = team->term;
    for (int thread = 0; thread < team->engine.threads; thread++)
        team->workers[thread].fault.fault.kind = TERM_FINE;
    const struct worker before = sum_up(team);
    const size_t chunks = window->chunks;
    const int threads = team->engine.threads;
    struct control *const control = team->control;
    const bool parallel = !team->engine.serial && chunks > 1;
    struct total total = {.team = team, .tally.total = sums};
    _Atomic uint64_t frontier = 0;
    atomic_store(&team->taken, 0);
    team_empty_hits(team);
    (void)threads, (void)parallel; /* unused without OpenMP */
    const int dynamic = set_dynamic(0);
    if (parallel)
        part(team);

#pragma omp parallel for reduction(+ : total) schedule(monotonic : dynamic) num_threads(threads)   \
    if (parallel)
    for (size_t c = 0; c < chunks; c++) {
        const uint64_t now_ns = clock_ns();
        const bool enough = (deadline_ns && now_ns >= deadline_ns) || control_checkpoint(control);
        if (control_stop(control) || (enough && c > 0))
            frontier_close(&frontier);
        if (frontier_enter(&frontier, c) && !work(team, window, c, term, now_ns, &total.tally))
            frontier_close(&frontier);
    }

    const struct worker after = sum_up(team);
    set_dynamic(dynamic);
    return (struct team_outcome){
        .chunks_done = after.fault.fault.kind ? after.fault_chunk : atomic_load(&frontier) >> 1,
        .busy_ns = after.busy_ns - before.busy_ns,
        .terms = after.terms - before.terms,
        .fault = after.fault,
    };
}
