#include "cli/options.h"

#include "cli/options_distance.h"
#include "cli/options_pairs.h"
#include "cli/options_table.h"
#include "cli/options_value.h"
#include "task/names.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define THREADS_MAX 4096
#define MOST_KEYS INT32_MAX

/* What getopt_long wants, made from the rows. */
struct parser {
    char shorts[2 + 2 * OPTIONS_ROWS];
    struct option longs[OPTIONS_ROWS];
};

static void make_parser(struct parser *parser)
{
    *parser = (struct parser){0};
    char *at = parser->shorts;
    *at++ = ':'; /* tell a missing argument from an unknown option */
    struct option *option = parser->longs;
    for (const struct options_row *row = options_rows; row->help; row++) {
        if (!row->name)
            continue;
        const bool optional = row->is & ROW_OPTIONAL;
        *option++ = (struct option){
            .name = row->name,
            .has_arg = !row->argument ? no_argument
                       : optional     ? optional_argument
                                      : required_argument,
            .val = row->key,
        };
        if (row->key < 256) {
            *at++ = (char)row->key;
            if (row->argument && !optional) /* -hq is -h -q */
                *at++ = ':';
        }
    }
}

/* What other programs call it, and what it is called here. */
static const char *const elsewhere[][2] = {
    {"csv", "format csv"}, {"expr", "term"},        {"expression", "term"},
    {"file", "term-file"}, {"json", "format json"},
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
    for (const struct options_row *row = options_rows; row->help; row++) {
        const unsigned edits = row->name ? options_distance(name, row->name) : least;
        if (edits < least) {
            least = edits;
            best = row->name;
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
        return error_set(STATUS_USAGE, "option %s needs a value; see parsum --help=all", quoted);
    if (is_short && optopt >= '0' && optopt <= '9')
        return error_set(STATUS_USAGE,
                         "unknown option %s; a job that begins with a minus sign "
                         "goes after --",
                         quoted);
    if (!is_short && optopt)
        return error_set(STATUS_USAGE, "option %s takes no value; see parsum --help=all", quoted);
    const char *const meant = is_short ? NULL : nearest(name + 2);
    if (meant)
        return error_set(STATUS_USAGE, "unknown option %s; did you mean --%s?", quoted, meant);
    return error_set(STATUS_USAGE, "unknown option %s; see parsum --help=all", quoted);
}

static enum status parse_one(struct options *options, int key, const char *text)
{
    struct job_spec *const jobs = &options->task.jobs;
    int64_t number = 0;
    enum status status = STATUS_OK;
    switch (key) {
    case 'i':
        jobs->input = text;
        break;
    case KEY_RANDOM:
        return options_number("random", text, 0, INT64_MAX, &jobs->random);
    case KEY_BELOW:
        return options_number("below", text, 1, INT64_MAX, &jobs->below);
    case KEY_SEED:
        return options_number("seed", text, INT64_MIN, INT64_MAX, &jobs->seed);
    case KEY_START:
        return options_number("start", text, INT64_MIN, INT64_MAX, &jobs->start);
    case KEY_END:
        jobs->has_end = true;
        return options_number("end", text, INT64_MIN, INT64_MAX, &jobs->end);
    case 'e':
        if (options->task.term.value_count == TERM_VALUES)
            return error_set(STATUS_USAGE, "--term: more than %d; compute them in several runs",
                             TERM_VALUES);
        options->task.term.values[options->task.term.value_count++] = text;
        break;
    case KEY_LET:
        if (options->task.term.let_count == TERM_CONSTANTS)
            return error_set(STATUS_USAGE, "--let: more than %d; put some into a C file",
                             TERM_CONSTANTS);
        options->task.term.lets[options->task.term.let_count++] = text;
        break;
    case KEY_REDUCE:
        return names_reduce(text, &options->task.reductions);
    case KEY_BY:
        options->task.by = text;
        break;
    case KEY_MAX_KEYS:
        return options_number("max-keys", text, 1, MOST_KEYS, &options->task.max_keys);
    case KEY_LIST:
        options->task.list = text;
        break;
    case KEY_FIRST:
        options->task.first = 1;
        return text ? options_number("first", text, 1, INT64_MAX, &options->task.first) : STATUS_OK;
    case KEY_CUMULATIVE:
        options->task.cumulative = true;
        break;
    case KEY_DATA:
        if (options->task.load.file_count == DATA_MAX)
            return error_set(STATUS_USAGE, "--data: more than %d arrays; leave some out", DATA_MAX);
        options->task.load.files[options->task.load.file_count++] = text;
        break;
    case KEY_SKIP_NAN:
        options->task.term.skip_nan = true;
        break;
    case KEY_SEGMENTS:
        options->task.load.segments = text;
        break;
    case 'f':
        options->task.term.file = text;
        break;
    case 'D':
        if (options->task.term.constant_count == TERM_CONSTANTS)
            return error_set(STATUS_USAGE, "--define: more than %d; put constants in a C file",
                             TERM_CONSTANTS);
        options->task.term.constants[options->task.term.constant_count++] = text;
        break;
    case KEY_WRAP:
        options->task.term.wrap = true;
        break;
    case KEY_SAVE_TERM:
        options->task.term.save = text;
        break;
    case KEY_LIBM:
        options->task.term.libm = true;
        break;
    case KEY_NO_CACHE:
        options->task.term.no_cache = true;
        break;
    case 't':
        status = options_number("threads", text, 1, THREADS_MAX, &number);
        options->task.threads = (int)number;
        return status;
    case 's':
        options->task.serial = true;
        break;
    case 'g':
        return options_grain(text, &options->task.grain);
    case KEY_MPI:
        options->mpi = true;
        break;
    case KEY_COMPARE:
        options->task.compare = true;
        break;
    case 'q':
        options->quiet = true;
        break;
    case 'o':
        return options_format(text, &options->format);
    case KEY_OUTPUT:
        options->output = text;
        break;
    case KEY_STATS:
        options->stats = true;
        break;
    case KEY_TRACE:
        options->trace = text;
        break;
    case KEY_JOURNAL:
        options->task.journal = text;
        break;
    case KEY_MAX_TIME:
        return options_max_time(text, &options->task.stop_ns);
    case KEY_PROGRESS:
        options->progress = PROGRESS_ON;
        break;
    case KEY_NO_PROGRESS:
        options->progress = PROGRESS_OFF;
        break;
    case 'h':
        return options_help_action(text, &options->action);
    case 'V':
        options->action = ACTION_VERSION;
        break;
    default:
        return error_set(STATUS_FAILED, "an option has no meaning yet: a fault of parsum's own");
    }
    return STATUS_OK;
}

/* What the arguments behind the options say; is the generator asked for by name? */
static void finish_task(struct task_spec *task, int argc, char **argv, bool generator)
{
    struct job_spec *const jobs = &task->jobs;
    jobs->stop_ns = task->stop_ns;
    jobs->arguments = argv;
    jobs->argument_count = argc;
    task->jobs_random = !jobs->input && !task->load.segments && argc == 0 &&
                        (task->load.file_count == 0 || generator || task->term.save);
    task->save_only = task->term.save && task->jobs_random && !generator;
}

enum status options_parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){
        .task = {.jobs = {.random = 10, .below = 100000000, .seed = 1}, .max_keys = 1000000},
    };
    struct parser parser;
    make_parser(&parser);
    struct options_given given = {0};
    optind = 0; /* start anew, also in a second call */
    opterr = 0;
    for (int key; (key = getopt_long(argc, argv, parser.shorts, parser.longs, NULL)) != -1;) {
        if (key == '?' || key == ':')
            return refuse(key, argv);
        const enum status status = parse_one(options, key, optarg);
        if (status)
            return status;
        if (options->action != ACTION_RUN)
            return STATUS_OK;
        given.key[key] = true;
    }
    finish_task(&options->task, argc - optind, argv + optind,
                given.key[KEY_RANDOM] || given.key[KEY_BELOW] || given.key[KEY_SEED]);
    return options_check(options, &given);
}

bool options_want_mpi(int argc, char **argv)
{
    for (int k = 1; k < argc && strcmp(argv[k], "--") != 0; k++)
        if (strcmp(argv[k], "--mpi") == 0)
            return true;
    return false;
}
