#include "cli/report.h"

#include "term/kernel.h"
#include "base/machine.h"
#include "base/number.h"
#include "cli/output.h"
#include "cli/report_npy.h"
#include "cli/report_row.h"
#include "run/team.h"
#include "cluster/ranks.h"
#include "task/names.h"
#include "cli/signals.h"

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

/* The last member of each document. */
#define VERSION_MEMBER "\"version\": \"%s\"\n"

/* Of the one report's results: too many to be cleared at each start. */
static char names[RESULTS_MAX][RESULT_NAME];

enum status report_flush(void)
{
    return output_flush();
}

/* It is flushed, so that the document can be ended at any time: a term may crash, or never return.
 */
static enum status begin_document(struct report *report)
{
    static char after[96]; /* a term that crashes has no time to put it together */
    snprintf(after, sizeof after, "\",\n" VERSION_MEMBER "}\n", machine_version());
    const bool written = fputs(report->quiet    ? "{\n"
                               : report->keyed  ? "{\n\"keys\": [\n"
                               : report->listed ? "{\n\"hits\": [\n"
                                                : "{\n\"jobs\": [\n",
                               stdout) >= 0;
    if (!report->to_file)
        signals_last_words(&(struct signals_last_words){
            .before_crash = report->quiet ? "\"error\": \"" : "],\n\"error\": \"",
            .before_stop = report->quiet ? "\"stopped\": \"" : "],\n\"stopped\": \"",
            .after = after,
        });
    return written ? report_flush() : output_check(false);
}

enum status report_begin(struct report *report, const struct options *options,
                         const struct term *term, const struct columns *columns)
{
    output_begin();
    *report = (struct report){
        .format = options->format,
        .quiet = options->quiet,
        .stats = options->stats,
        .to_file = options->output,
        .keyed = term->by_key != NULL,
        .listed = term->find != NULL,
        .hit_kind = term->hit_kind,
        .columns = columns,
        .label = columns_find(columns, (struct field){"run", strlen("run")}),
    };
    report->results = task_results(term, &report->count);
    report->names = names;
    const enum status status = names_make(names, report->results, report->count, term->names,
                                          report->keyed ? NULL : columns);
    if (status)
        return status;
    if (report->format == FORMAT_CSV)
        return output_check(report_row_header(report));
    if (report->format == FORMAT_JSON)
        return begin_document(report);
    return STATUS_OK;
}

enum status report_job(struct report *report, uint64_t run, const struct job *job,
                       const union value *values)
{
    if (report->quiet || report->keyed || report->listed)
        return STATUS_OK;
    if (report->format == FORMAT_NPY)
        return report_npy_row(report, run, job, values);
    const bool written = report_row(report, run, job, values);
    report->jobs++;
    return output_check(written);
}

enum status report_key(struct report *report, int64_t key, bool is_signed,
                       const union value *values)
{
    if (report->quiet)
        return STATUS_OK;
    if (report->format == FORMAT_NPY)
        return report_npy_key(report, key, is_signed, values);
    const bool written = report_row_key(report, key, is_signed, values);
    report->jobs++;
    return output_check(written);
}

enum status report_hit(struct report *report, struct job job, const struct hit *hit)
{
    if (report->quiet)
        return STATUS_OK;
    const bool written = report_row_hit(report, job, hit);
    report->jobs++;
    return output_check(written);
}

/*
 * The POP metrics, by their definitions (pop-coe.eu): load balance = mean / max of useful time over
 * threads, communication efficiency = max useful time / elapsed, parallel efficiency = their
 * product.
 */
struct efficiency {
    double parallel, balance, communication;
};

static struct efficiency efficiency(const struct summary *summary)
{
    double sum = 0, most = 0;
    for (int thread = 0; thread < summary->engine->threads; thread++) {
        const double busy = 1e-9 * (double)summary->threads[thread].busy_ns;
        sum += busy;
        most = busy > most ? busy : most;
    }
    if (most <= 0 || summary->seconds <= 0)
        return (struct efficiency){1, 1, 1};
    const double balance = sum / summary->engine->threads / most;
    const double communication = most / summary->seconds;
    return (struct efficiency){balance * communication, balance, communication};
}

/* How much faster than one thread whole jobs can get at the best: total / longest. */
static double whole_job_bound(const struct summary *summary)
{
    return summary->longest ? (double)summary->terms / (double)summary->longest : 1;
}

static double terms_per_second(const struct summary *summary)
{
    const uint64_t terms = summary->terms - summary->terms_before;
    return summary->seconds > 0 ? (double)terms / summary->seconds : 0;
}

static const char *mode(const struct summary *summary)
{
    return summary->engine->serial ? "for" : "omp";
}

static void print_stats(const struct summary *summary)
{
    const struct efficiency share = efficiency(summary);
    if (summary->has_data)
        printf("Data were ready in %.6f seconds, before that time\n", summary->data_seconds);
    printf("Terms per second %.4g, kernel %s%s\n", terms_per_second(summary), summary->term->kernel,
           summary->term->checked ? " (up to 30 times as long; unsigned arithmetic or --wrap needs "
                                    "no checks)"
                                  : "");
    if (summary->term->machine)
        printf("The term calls functions of this machine's libm: on others its last bits may "
               "differ\n");
    printf("Busy seconds per thread");
    for (int thread = 0; thread < summary->engine->threads; thread++)
        printf(" %.6f", 1e-9 * (double)summary->threads[thread].busy_ns);
    printf("\nParallel efficiency %.1f%% = load balance %.1f%% x communication efficiency %.1f%%\n",
           100 * share.parallel, 100 * share.balance, 100 * share.communication);
    printf("Whole jobs (--grain job) can be at most %.2f times as fast as one thread: total / "
           "longest job\n",
           whole_job_bound(summary));
}

/* "Time took using omp is T sum is S" */
static void print_time(const struct report *report, const char *how, double seconds,
                       const struct summary *summary)
{
    printf("Time took using %s is %.6f", how, seconds);
    for (size_t r = 0; r < report->count; r++) {
        char total[EXACT_TEXT];
        report_row_value(report, summary->totals, r, total);
        printf("%s %s is %s", r > 0 ? "," : "", report->names[r], total);
        if (summary->runs[r])
            printf(", %s_run is %" PRId64, report->names[r], summary->runs[r]);
    }
    putchar('\n');
}

static void print_text(const struct report *report, const struct summary *summary)
{
    if (summary->compared)
        print_time(report, "for", summary->serial_seconds, summary);
    print_time(report, mode(summary), summary->seconds, summary);
    if (summary->compared)
        printf("Speedup %.2fx on %d threads\n", summary->serial_seconds / summary->seconds,
               summary->engine->threads);
    if (report->stats)
        print_stats(summary);
}

/* A member of the document whose value is text. */
static void print_string(const char *key, const char *text)
{
    printf("\"%s\": ", key);
    report_row_string(text);
    fputs(",\n", stdout);
}

static void end_jobs(const struct report *report)
{
    signals_last_words(&(struct signals_last_words){0});
    if (!report->quiet)
        printf("],\n");
}

static void end_document(void)
{
    printf(VERSION_MEMBER "}\n", machine_version());
}

/* By name, but for the one sum, and the hits. */
static void print_totals(const struct report *report, const struct summary *summary)
{
    const bool single = report_row_is_single(report) || report->listed;
    printf(report->listed ? "\"count\": " : single ? "\"total\": " : "\"totals\": {");
    for (size_t r = 0; r < report->count; r++) {
        char total[EXACT_TEXT];
        const char *const quote =
            report_row_value(report, summary->totals, r, total) ? "\"" : ""; /* null has none */
        if (!single)
            printf("%s\"%s\": ", r > 0 ? ", " : "", report->names[r]);
        printf("%s%s%s", quote, total, quote);
        if (summary->runs[r])
            printf(", \"%s_run\": \"%" PRId64 "\"", report->names[r], summary->runs[r]);
    }
    printf(single ? ",\n" : "},\n");
}

static void print_json(const struct report *report, const struct summary *summary)
{
    const struct efficiency share = efficiency(summary);
    char name[MACHINE_NAME];
    end_jobs(report);
    print_totals(report, summary);
    printf("\"seconds\": %.9f,\n", summary->seconds);
    if (summary->compared)
        printf("\"serial_seconds\": %.9f,\n\"speedup\": %.6f,\n", summary->serial_seconds,
               summary->serial_seconds / summary->seconds);
    if (summary->ranks > 0)
        printf("\"ranks\": %d,\n", summary->ranks);
    printf("\"mode\": \"%s\",\n\"threads\": %d,\n\"terms\": \"%" PRIu64 "\",\n", mode(summary),
           summary->engine->threads, summary->terms);
    printf("\"terms_per_second\": %.6g,\n", terms_per_second(summary));
    printf("\"busy_seconds\": [");
    for (int thread = 0; thread < summary->engine->threads; thread++)
        printf("%s%.9f", thread ? ", " : "", 1e-9 * (double)summary->threads[thread].busy_ns);
    printf("],\n\"parallel_efficiency\": %.6f,\n\"load_balance\": %.6f,\n"
           "\"communication_efficiency\": %.6f,\n\"whole_job_bound\": %.6f,\n",
           share.parallel, share.balance, share.communication, whole_job_bound(summary));
    if (summary->skips)
        printf("\"skipped\": \"%" PRIu64 "\",\n", summary->skipped);
    if (summary->has_data)
        printf("\"data_seconds\": %.9f,\n", summary->data_seconds);
    if (summary->has_seed)
        printf("\"seed\": \"%" PRId64 "\",\n", summary->seed);
    print_string("term", summary->term->source);
    print_string("kernel", summary->term->kernel);
    printf("\"libm\": %s,\n", summary->term->machine ? "true" : "false");
    machine_host(name);
    print_string("host", name);
    machine_cpu(name);
    print_string("cpu", name);
    end_document();
}

enum status report_end(struct report *report, const struct summary *summary)
{
    const locale_t before = output_plain(); /* a term may have changed it */
    if (report->format == FORMAT_TEXT)
        print_text(report, summary);
    else if (report->format == FORMAT_JSON)
        print_json(report, summary);
    const enum status status =
        report->format == FORMAT_NPY ? report_npy_write(report) : output_check(true);
    uselocale(before);
    report_npy_clear();
    const enum status ended = output_end();
    return status ? status : ended;
}

enum status report_failure(struct report *report, enum status status)
{
    if (report->format == FORMAT_JSON) {
        end_jobs(report);
        print_string(status == STATUS_STOPPED ? "stopped" : "error", error_last().text);
        end_document();
    }
    report_npy_clear();
    return output_end();
}

enum status report_help(bool all)
{
    output_begin();
    options_help(all);
    return output_end();
}

enum status report_version(void)
{
    size_t count;
    const struct kernel *const kernel = kernel_list(&count);
    output_begin();
    printf("parsum %s\ncompiler %s\nflags %s\nOpenMP %s\nMPI %s\nvectors %s, %u bits\n",
           machine_version(), machine_compiler(), machine_flags(), team_openmp_version(),
           ranks_version(), kernel->name, kernel->vector_bits);
    return output_end();
}
