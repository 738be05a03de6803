#include "team.h"

#include "clock.h"
#include "affinity.h"
#include "signals.h"

#include <locale.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#pragma omp declare reduction(+ : struct exact : exact_merge(&omp_out, &omp_in))                   \
    initializer(exact_init(&omp_priv, omp_orig.kind))

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

static int starting; /* the size of a team that has not started yet */

/* OpenMP ends the program by exit where it can't start a thread, and gives no remedy. */
static void on_exit_call(void)
{
    const char *const stack = getenv("OMP_STACKSIZE");
    if (starting)
        diag_error(STATUS_FAILED,
                   "OpenMP can't start %d threads%s%.64s; give each a stack of another size "
                   "(OMP_STACKSIZE=8M), or ask for fewer (--threads)",
                   starting, stack ? " with OMP_STACKSIZE=" : "", stack ? stack : "");
}
#endif

void team_start(int threads, struct team_start *start)
{
    *start = (struct team_start){.threads = 1, .cpus = 1};
#ifdef _OPENMP
    enum { CPUS = 8192 };
    int team = 1, cpus = 0;
    int *const order = calloc((size_t)threads, sizeof *order);
    atomic_bool *const seen = calloc(CPUS, sizeof *seen);
    const bool bound = omp_get_proc_bind() != omp_proc_bind_false;
    const size_t places = order && !bound ? affinity_order(order, (size_t)threads) : 0;
    if (order && seen) {
        starting = atexit(on_exit_call) == 0 ? threads : 0;
#pragma omp parallel num_threads(threads) reduction(+ : cpus)
        {
            const size_t thread = (size_t)omp_get_thread_num();
            if (places > 1)
                affinity_place(order[thread % places]);
            cpus += count_new(seen, CPUS);
            if (thread == 0)
                team = omp_get_num_threads();
        }
        starting = 0;
    }
    free(order);
    free(seen);
    start->threads = team;
    start->cpus = cpus > 0 ? cpus : omp_get_num_procs();
    find_reasons(start->why, sizeof start->why);
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

enum status team_open(struct team *team, int threads, bool serial, struct trace *trace)
{
    *team = (struct team){.threads = serial ? 1 : threads, .serial = serial, .trace = trace};
    team->workers =
        aligned_alloc(_Alignof(struct worker), (size_t)team->threads * sizeof *team->workers);
    if (!team->workers)
        return diag_error(STATUS_FAILED, "out of memory for %d threads", team->threads);
    for (int thread = 0; thread < team->threads; thread++)
        team->workers[thread] = (struct worker){0};
    return STATUS_OK;
}

void team_close(struct team *team)
{
    free(team->workers);
    *team = (struct team){0};
}

/* Works on chunk c, begun at `begin_ns`, and books it. False at a fault. */
static bool work(const struct team *team, struct window *window, size_t c, const struct term *term,
                 uint64_t begin_ns, struct exact *total)
{
    const int thread = thread_number();
    struct worker *const worker = &team->workers[thread];
    struct chunk_fault fault = {0};
    if (!chunk_add(window, c, term, total, &fault)) {
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
    return true;
}

/* What the team has done since team_open, and the first fault. */
static struct worker sum_up(const struct team *team)
{
    struct worker all = {0};
    for (int thread = 0; thread < team->threads; thread++) {
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
 * The frontier is atomic. `total` is a reduction, exact and so the same whatever the order.
 *
 * schedule(dynamic), since terms differ in cost; monotonic, since what is done of a stopped round
 * is its first chunks. Rejected: static (uneven), guided (its first chunks are too long where cost
 * grows), tasks (a queue entry a chunk), a barrier a job (idle threads).
 */
struct outcome team_compute(struct team *team, struct window *window, const struct term *term,
                            uint64_t deadline_ns, struct exact *sum)
{
    for (int thread = 0; thread < team->threads; thread++)
        team->workers[thread].fault.fault.kind = TERM_FINE;
    const struct worker before = sum_up(team);
    const size_t chunks = window->chunks;
    const int threads = team->threads;
    const bool parallel = !team->serial && chunks > 1;
    const locale_t own = uselocale(LC_GLOBAL_LOCALE); /* what the other threads have */
    struct exact total = *sum;
    _Atomic uint64_t frontier = 0;
    (void)threads, (void)parallel; /* unused without OpenMP */
    const int dynamic = set_dynamic(0);

#pragma omp parallel for reduction(+ : total) schedule(monotonic : dynamic) num_threads(threads)   \
    if (parallel)
    for (size_t c = 0; c < chunks; c++) {
        const uint64_t now_ns = clock_ns();
        const bool enough = (deadline_ns && now_ns >= deadline_ns) || signals_checkpoint();
        if (signals_stop() || (enough && c > 0))
            frontier_close(&frontier);
        if (frontier_enter(&frontier, c) && !work(team, window, c, term, now_ns, &total))
            frontier_close(&frontier);
    }

    const struct worker after = sum_up(team);
    uselocale(own);
    set_dynamic(dynamic);
    *sum = total;
    return (struct outcome){
        .chunks_done = after.fault.fault.kind ? after.fault_chunk : atomic_load(&frontier) >> 1,
        .busy_ns = after.busy_ns - before.busy_ns,
        .terms = after.terms - before.terms,
        .fault = after.fault,
    };
}
