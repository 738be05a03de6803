#include "cli/options.h"

#include "cli/options_distance.h"
#include "cli/options_value.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define THREADS_MAX 4096

/* Keys of options without a short form. */
enum {
    KEY_RANDOM = 256,
    KEY_BELOW,
    KEY_SEED,
    KEY_START,
    KEY_COMPARE,
    KEY_MPI,
    KEY_PROGRESS,
    KEY_NO_PROGRESS,
    KEY_STATS,
    KEY_TRACE,
    KEY_WRAP,
    KEY_SAVE_TERM,
    KEY_NO_CACHE,
    KEY_JOURNAL,
    KEY_MAX_TIME,
};

/*
 * The one list of options: the parser, --help and the suggestions are made from it. A row without a
 * name is a headline of --help. A key below 256 is the short option too.
 */
static const struct row {
    int key;
    const char *name;
    const char *argument; /* NULL: takes none */
    const char *help;
} rows[] = {
    {0, NULL, NULL, "Jobs"},
    {'i', "input", "FILE", "END, START END or START,END a line; - is stdin"},
    {KEY_RANDOM, "random", "N", "N jobs with random ends (10 if no job is given)"},
    {KEY_BELOW, "below", "MAX", "random ends lie in [0, MAX) (1e8)"},
    {KEY_SEED, "seed", "S", "seed of the random ends (1)"},
    {KEY_START, "start", "S", "first integer of a job given by its END alone (0)"},
    {0, NULL, NULL, "Term"},
    {'e', "term", "EXPR", "a C expression of i (int64_t): 'i*i' or '1.0/i'"},
    {'f', "term-file", "FILE.c", "a C file with term(int64_t i), or a saved FILE.so"},
    {'D', "define", "NAME=VALUE", "a constant of the term, a number"},
    {KEY_WRAP, "wrap", NULL, "let signed integers of the term wrap around"},
    {KEY_SAVE_TERM, "save-term", "FILE.so", "keep the compiled term, for use without a compiler"},
    {KEY_NO_CACHE, "no-cache", NULL, "compile the term anew, and do not keep it for the next run"},
    {0, NULL, NULL, "How it runs"},
    {'t', "threads", "N", "size of the team (OMP_NUM_THREADS, else the CPUs)"},
    {'s', "serial", NULL, "the same loop on one thread, for debugging"},
    {'g', "grain", "N|job", "terms in a chunk (parsum's choice), or whole jobs"},
    {KEY_COMPARE, "compare", NULL, "run serially too; compare sums, tell the speedup"},
    {KEY_MPI, "mpi", NULL, "share the work with all ranks of srun or mpirun"},
    {KEY_JOURNAL, "journal", "FILE", "note progress in FILE; go on from what is there"},
    {KEY_MAX_TIME, "max-time", "DURATION", "stop after 90, 2h, 1:30:00 or 1-12:00; status 75"},
    {0, NULL, NULL, "What it prints"},
    {'q', "quiet", NULL, "the total alone"},
    {'o', "format", "text|csv|json", "how (text)"},
    {KEY_STATS, "stats", NULL, "how well the work was shared (always in JSON)"},
    {KEY_TRACE, "trace", "FILE", "who computed what when, for Perfetto"},
    {KEY_PROGRESS, "progress", NULL, "a bar on standard error (on terminals by itself)"},
    {KEY_NO_PROGRESS, "no-progress", NULL, "no bar"},
    {'h', "help", NULL, "this text"},
    {'V', "version", NULL, "version, compiler, OpenMP and vector width"},
};
enum { ROWS = sizeof rows / sizeof *rows };

/* What getopt_long wants, made from the rows. */
struct parser {
    char shorts[2 + 2 * ROWS];
    struct option longs[ROWS + 1];
};

static void make_parser(struct parser *parser)
{
    *parser = (struct parser){0};
    char *at = parser->shorts;
    *at++ = ':'; /* tell a missing argument from an unknown option */
    size_t count = 0;
    for (size_t k = 0; k < ROWS; k++) {
        if (!rows[k].name)
            continue;
        parser->longs[count++] = (struct option){
            .name = rows[k].name,
            .has_arg = rows[k].argument ? required_argument : no_argument,
            .val = rows[k].key,
        };
        if (rows[k].key < 256) {
            *at++ = (char)rows[k].key;
            if (rows[k].argument)
                *at++ = ':';
        }
    }
}

/* What other programs call it, and what it is called here. */
static const char *const elsewhere[][2] = {
    {"csv", "format csv"}, {"expr", "term"},        {"expression", "term"},
    {"file", "term-file"}, {"json", "format json"}, {"output", "format"},
};

/*
 * The long option nearest to what was typed, or NULL if none is near: with more than a third of a
 * name wrong it is another name.
 */
static const char *nearest(const char *typed)
{
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(typed, "="), typed);
    for (size_t k = 0; k < sizeof elsewhere / sizeof *elsewhere; k++)
        if (strcmp(name, elsewhere[k][0]) == 0)
            return elsewhere[k][1];
    const char *best = NULL;
    unsigned least = ((unsigned)strlen(name) + 1) / 3 + 1; /* a third, rounded, is not too much */
    for (size_t k = 0; k < ROWS; k++) {
        const unsigned edits = rows[k].name ? options_distance(name, rows[k].name) : least;
        if (edits < least) {
            least = edits;
            best = rows[k].name;
        }
    }
    return best;
}

/*
 * Was the short option `optopt` at fault, rather than the long one in argv[optind - 1]? Within a
 * bundle optind still points at the bundle.
 */
static bool short_at_fault(char **argv)
{
    const char *const last = argv[optind - 1], *const now = argv[optind];
    if (optopt == 0 || optopt > UCHAR_MAX)
        return false;
    if (strncmp(last, "--", 2) != 0)
        return true;
    return !strchr(last, '=') && now && now[0] == '-' && strchr(now, optopt);
}

/* What getopt_long complains of. */
static enum status refuse(int complaint, char **argv)
{
    const char shorts[] = {'-', (char)optopt, '\0'};
    const bool is_short = short_at_fault(argv);
    const char *const name = is_short ? shorts : argv[optind - 1];
    char quoted[ERROR_QUOTED];
    error_quote(name, strlen(name), quoted);
    if (complaint == ':')
        return error_set(STATUS_USAGE, "option %s needs a value; see parsum --help", quoted);
    if (is_short && optopt >= '0' && optopt <= '9')
        return error_set(STATUS_USAGE,
                         "unknown option %s; a job that begins with a minus sign "
                         "goes after --",
                         quoted);
    if (!is_short && optopt)
        return error_set(STATUS_USAGE, "option %s takes no value; see parsum --help", quoted);
    const char *const meant = is_short ? NULL : nearest(name + 2);
    if (meant)
        return error_set(STATUS_USAGE, "unknown option %s; did you mean --%s?", quoted, meant);
    return error_set(STATUS_USAGE, "unknown option %s; see parsum --help", quoted);
}

/* What was given, for checks that look at several options. */
struct given {
    bool random, below, seed;
};

static enum status parse_one(struct options *options, struct given *given, int key,
                             const char *text)
{
    struct job_spec *const jobs = &options->jobs;
    int64_t number = 0;
    enum status status = STATUS_OK;
    switch (key) {
    case 'i':
        jobs->input = text;
        break;
    case KEY_RANDOM:
        given->random = true;
        return options_number("random", text, 0, INT64_MAX, &jobs->random);
    case KEY_BELOW:
        given->below = true;
        return options_number("below", text, 1, INT64_MAX, &jobs->below);
    case KEY_SEED:
        given->seed = true;
        return options_number("seed", text, INT64_MIN, INT64_MAX, &jobs->seed);
    case KEY_START:
        return options_number("start", text, INT64_MIN, INT64_MAX, &jobs->start);
    case 'e':
        options->term.expression = text;
        break;
    case 'f':
        options->term.file = text;
        break;
    case 'D':
        if (options->term.constant_count == TERM_CONSTANTS)
            return error_set(STATUS_USAGE, "--define: more than %d; put constants in a C file",
                             TERM_CONSTANTS);
        options->term.constants[options->term.constant_count++] = text;
        break;
    case KEY_WRAP:
        options->term.wrap = true;
        break;
    case KEY_SAVE_TERM:
        options->term.save = text;
        break;
    case KEY_NO_CACHE:
        options->term.no_cache = true;
        break;
    case 't':
        status = options_number("threads", text, 1, THREADS_MAX, &number);
        options->threads = (int)number;
        return status;
    case 's':
        options->serial = true;
        break;
    case 'g':
        return options_grain(text, &options->grain);
    case KEY_MPI:
        options->mpi = true;
        break;
    case KEY_COMPARE:
        options->compare = true;
        break;
    case 'q':
        options->quiet = true;
        break;
    case 'o':
        return options_format(text, &options->format);
    case KEY_STATS:
        options->stats = true;
        break;
    case KEY_TRACE:
        options->trace = text;
        break;
    case KEY_JOURNAL:
        options->journal = text;
        break;
    case KEY_MAX_TIME:
        return options_max_time(text, &options->stop_ns);
    case KEY_PROGRESS:
        options->progress = PROGRESS_ON;
        break;
    case KEY_NO_PROGRESS:
        options->progress = PROGRESS_OFF;
        break;
    case 'h':
        options->action = ACTION_HELP;
        break;
    case 'V':
        options->action = ACTION_VERSION;
        break;
    default:
        return error_set(STATUS_FAILED, "an option has no meaning yet: a fault of parsum's own");
    }
    return STATUS_OK;
}

static enum status check_term(const struct term_spec *term)
{
    if (term->expression && term->file)
        return error_set(STATUS_USAGE, "--term and --term-file: give one of them");
    if (term->expression && !term->expression[strspn(term->expression, " \t\n")])
        return error_set(STATUS_USAGE, "--term: the expression is empty; give one such as 'i*i'");
    const char *const suffix = term->save ? strrchr(term->save, '.') : NULL;
    if (term->save && (!suffix || strcmp(suffix, ".so") != 0))
        return error_set(STATUS_USAGE,
                         "--save-term: %s does not end with .so, by which "
                         "--term-file knows a saved term",
                         term->save);
    if (!term->expression && !term->file && (term->constant_count > 0 || term->wrap || term->save))
        return error_set(STATUS_USAGE, "--define, --wrap and --save-term go with a term: give it "
                                       "with --term or --term-file");
    return STATUS_OK;
}

/* Options that say different things about the same matter. */
static enum status check(struct options *options, const struct given *given)
{
    const struct job_spec *const jobs = &options->jobs;
    const bool random = given->random || given->below || given->seed;
    if (jobs->input && jobs->argument_count > 0)
        return error_set(STATUS_USAGE, "--input and JOB arguments: give the jobs in one way");
    if (random && (jobs->input || jobs->argument_count > 0))
        return error_set(STATUS_USAGE,
                         "--random, --below and --seed make jobs of their own: give "
                         "them without %s",
                         jobs->input ? "--input" : "JOB arguments");
    if (options->compare && options->serial)
        return error_set(STATUS_USAGE, "--compare runs serial and parallel: give it without "
                                       "--serial");
    if (options->compare && options->journal)
        return error_set(STATUS_USAGE,
                         "--compare measures whole runs, and --journal is for parts of "
                         "one: give one of them");
    if (options->serial && options->threads > 1)
        return error_set(STATUS_USAGE, "--serial is one thread: give it without --threads");
    if (options->quiet && options->format == FORMAT_CSV)
        return error_set(STATUS_USAGE, "--format csv is a row a job, and --quiet leaves the jobs "
                                       "out: give one of them");
    if (options->stats && options->format == FORMAT_CSV)
        return error_set(STATUS_USAGE, "--format csv is a row a job and nothing else: --stats goes "
                                       "with text, and json always has it");
    options->jobs_random = !jobs->input && jobs->argument_count == 0;
    options->save_only = options->term.save && options->jobs_random && !random;
    const enum status status = check_term(&options->term);
    if (!status && options->jobs_random && !random && !options->save_only &&
        (options->term.expression || options->term.file))
        return error_set(STATUS_USAGE,
                         "no jobs are given: a term of your own wants jobs of your own; give JOBs "
                         "such as 1000 or 1:1e6, --input or --random");
    return status;
}

enum status options_parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){
        .jobs = {.random = 10, .below = 100000000, .seed = 1},
    };
    struct parser parser;
    make_parser(&parser);
    struct given given = {0};
    optind = 0; /* start anew, also in a second call */
    opterr = 0;
    for (int key; (key = getopt_long(argc, argv, parser.shorts, parser.longs, NULL)) != -1;) {
        if (key == '?' || key == ':')
            return refuse(key, argv);
        const enum status status = parse_one(options, &given, key, optarg);
        if (status)
            return status;
        if (options->action != ACTION_RUN)
            return STATUS_OK;
    }
    options->jobs.arguments = argv + optind;
    options->jobs.argument_count = argc - optind;
    return check(options, &given);
}

bool options_want_mpi(int argc, char **argv)
{
    for (int k = 1; k < argc && strcmp(argv[k], "--") != 0; k++)
        if (strcmp(argv[k], "--mpi") == 0)
            return true;
    return false;
}

void options_help(void)
{
    puts("Usage: parsum [OPTION]... [JOB]...       JOB is END or START:END, [START, END)\n"
         "Adds up i, or a term of yours, over many ranges, exactly and on all cores.");
    for (size_t k = 0; k < ROWS; k++) {
        if (!rows[k].name) {
            printf("\n%s:\n", rows[k].help);
            continue;
        }
        char left[40];
        const char *const argument = rows[k].argument;
        snprintf(left, sizeof left, "%c%c%s --%s%s%s", rows[k].key < 256 ? '-' : ' ',
                 rows[k].key < 256 ? rows[k].key : ' ', rows[k].key < 256 ? "," : " ", rows[k].name,
                 argument ? "=" : "", argument ? argument : "");
        printf("  %-27s %s\n", left, rows[k].help);
    }
    puts("\nExamples:\n"
         "  parsum 95133313 24732803 1e6:2e6\n"
         "  OMP_NUM_THREADS=4 parsum --compare --random 1000\n"
         "  seq 1 100 | parsum --input - --format csv");
}
