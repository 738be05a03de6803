#include "capture.h"
#include "check.h"
#include "said.h"
#include "run/window.h"
#include "base/clock.h"
#include "cli/options.h"

enum { WORDS = 32 };

/* Parses a line cut at its blanks; the arguments live until the next call. */
static enum status parse(struct options *options, const char *line)
{
    static char text[1024];
    static char *argv[WORDS + 1];
    int argc = 0;
    argv[argc++] = "parsum";
    snprintf(text, sizeof text, "%s", line);
    char *rest = text;
    for (char *word; (word = strsep(&rest, " ")) && argc < WORDS;)
        if (*word)
            argv[argc++] = word;
    argv[argc] = NULL;
    return options_parse(options, argc, argv);
}

static struct options accepted(const char *line)
{
    struct options options;
    if (parse(&options, line) != STATUS_OK)
        fail_msg("refused: %s", line);
    return options;
}

/* What is said when it refuses the line, which it must. */
static const char *refused(const char *line)
{
    struct options options;
    said_begin();
    const enum status status = parse(&options, line);
    const char *const text = said();
    if (status != STATUS_USAGE)
        fail_msg("status %d: %s", status, line);
    if (strncmp(text, "parsum: ", 8) != 0 || strchr(text, '\n') != text + strlen(text) - 1)
        fail_msg("not one line: %s", text);
    return text;
}

static void without_options_ten_random_jobs_are_run(void **state)
{
    (void)state;
    const struct options options = accepted("");
    assert_int_equal(options.action, ACTION_RUN);
    assert_true(options.task.jobs_random);
    assert_int_equal(options.task.jobs.random, 10);
    assert_int_equal(options.task.jobs.below, 100000000);
    assert_int_equal(options.task.jobs.seed, 1);
    assert_int_equal(options.task.jobs.start, 0);
    assert_int_equal(options.task.threads, 0);
    assert_int_equal(options.task.grain, 0);
    assert_int_equal(options.format, FORMAT_TEXT);
    assert_int_equal(options.progress, PROGRESS_AUTO);
    assert_false(options.task.serial || options.task.compare || options.quiet || options.stats);
    assert_null(options.trace);
}

static void each_option_sets_what_it_says(void **state)
{
    (void)state;
    assert_string_equal(accepted("-i jobs.txt").task.jobs.input, "jobs.txt");
    assert_string_equal(accepted("--input=-").task.jobs.input, "-");
    assert_int_equal(accepted("--random 1e3").task.jobs.random, 1000);
    assert_int_equal(accepted("--below 5 ").task.jobs.below, 5);
    assert_int_equal(accepted("--seed -9").task.jobs.seed, -9);
    assert_int_equal(accepted("--start -7 1").task.jobs.start, -7);
    assert_int_equal(accepted("--threads 4096").task.threads, 4096);
    assert_int_equal(accepted("-t2").task.threads, 2);
    assert_true(accepted("-s").task.serial);
    assert_true(accepted("--serial --threads 1").task.serial);
    assert_int_equal(accepted("-g 7").task.grain, 7);
    assert_true(accepted("--grain job").task.grain == GRAIN_JOB);
    assert_true(accepted("--compare").task.compare);
    assert_true(accepted("-q").quiet);
    assert_int_equal(accepted("-o text").format, FORMAT_TEXT);
    assert_int_equal(accepted("-ocsv").format, FORMAT_CSV);
    assert_int_equal(accepted("--format=json").format, FORMAT_JSON);
    assert_true(accepted("--stats").stats);
    assert_string_equal(accepted("--trace t.json").trace, "t.json");
    assert_int_equal(accepted("--progress").progress, PROGRESS_ON);
    assert_int_equal(accepted("--progress --no-progress").progress, PROGRESS_OFF);
}

static void options_of_a_term_are_kept_for_it(void **state)
{
    (void)state;
    const struct options options = accepted("-e i*K -DK=3 --define L=4 --wrap 10");
    assert_string_equal(options.task.term.values[0], "i*K");
    assert_int_equal(options.task.term.constant_count, 2);
    assert_string_equal(options.task.term.constants[0], "K=3");
    assert_string_equal(options.task.term.constants[1], "L=4");
    assert_true(options.task.term.wrap);
    assert_false(options.task.save_only);
    assert_string_equal(accepted("-f t.c 9").task.term.file, "t.c");
    assert_true(accepted("-e i --save-term t.so").task.save_only);
    assert_false(accepted("-e i --save-term t.so 10").task.save_only);
    assert_false(accepted("-e i --save-term t.so --random 3").task.save_only);
}

static void a_term_wants_jobs_of_its_own(void **state)
{
    (void)state;
    static const char *const lines[] = {"-e i", "-f t.c", "-e i --start 5 --compare",
                                        "-e i -q -t2"};
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++)
        assert_contains(refused(lines[k]), "no jobs are given");
    static const char *const good[] = {"-e i 9", "-e i -i -", "-e i --random 3", "-e i --below 3",
                                       "-f t.c --seed 3"};
    for (size_t k = 0; k < sizeof good / sizeof *good; k++)
        (void)accepted(good[k]);
}

static void a_duration_is_seconds_with_a_unit_or_a_clock(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        double seconds;
    } cases[] = {
        {"--max-time 90", 90},        {"--max-time 15m", 900},
        {"--max-time 2h", 7200},      {"--max-time 1-00:00:00", 86400},
        {"--max-time 1:30:00", 5400},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const uint64_t stop_ns = accepted(cases[k].line).task.stop_ns;
        const double seconds = 1e-9 * (double)(stop_ns - clock_ns());
        assert_true(seconds <= cases[k].seconds && seconds > cases[k].seconds - 60);
    }
    assert_int_equal(accepted("--journal j --serial").task.stop_ns, 0);
    assert_string_equal(accepted("--journal j").task.journal, "j");
    static const char *const bad[] = {"", "x", "-1", "1:2:3:4", "1w", "h", "1e30", "1:60", "1:xx"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        char line[64];
        snprintf(line, sizeof line, "--max-time=%s", bad[k]);
        assert_contains(refused(line), "--max-time");
    }
}

static void what_is_no_option_is_a_job_wherever_it_stands(void **state)
{
    (void)state;
    const struct options options = accepted("5 --threads 2 6:7 -q -- -3 -2:-1");
    assert_int_equal(options.task.jobs.argument_count, 4);
    assert_string_equal(options.task.jobs.arguments[0], "5");
    assert_string_equal(options.task.jobs.arguments[1], "6:7");
    assert_string_equal(options.task.jobs.arguments[2], "-3");
    assert_string_equal(options.task.jobs.arguments[3], "-2:-1");
    assert_false(options.task.jobs_random);
}

static void help_and_version_win_over_what_follows(void **state)
{
    (void)state;
    assert_int_equal(accepted("-h").action, ACTION_HELP);
    assert_int_equal(accepted("--threads 2 --version --bogus").action, ACTION_VERSION);
    assert_contains(refused("--bogus --help"), "--bogus");
}

static void one_parse_leaves_nothing_for_the_next(void **state)
{
    (void)state;
    refused("5 -qx");
    const struct options options = accepted("6");
    assert_false(options.quiet);
    assert_int_equal(options.task.jobs.argument_count, 1);
    assert_string_equal(options.task.jobs.arguments[0], "6");
}

static void numbers_have_their_limits(void **state)
{
    (void)state;
    assert_contains(refused("--threads 0"), "'0' is out of range; give an integer from 1 to 4096");
    assert_contains(refused("--threads 4097"), "out of range");
    assert_contains(refused("--threads two"), "'two' is not an integer");
    assert_contains(refused("--random -1"), "--random: '-1' is out of range");
    assert_contains(refused("--below 0"), "--below: '0' is out of range");
    assert_contains(refused("--seed 1e19"), "--seed: '1e19' is out of range");
    assert_contains(refused("--start 0.5"), "--start: '0.5' is not an integer");
    assert_contains(refused("--grain 0"), "neither a number of terms, 1 or more, nor \"job\"");
    assert_contains(refused("--format JSON"), "'JSON' is none; give text, csv, json or npy");
}

static void options_that_do_not_go_together_are_refused(void **state)
{
    (void)state;
    assert_contains(refused("-i f 5"), "--input and JOB do not go together: jobs come from one");
    assert_contains(refused("--below 2 5"), "--below and JOB do not go together");
    assert_contains(refused("--below 2 -i f"), "--below and --input do not go together");
    assert_contains(refused("--compare -s"), "a comparison runs both ways");
    assert_contains(refused("--compare --journal j"), "a comparison measures whole runs");
    assert_contains(refused("-s -t 2"), "a serial run has one thread");
    assert_contains(refused("-q -o csv"), "--quiet and --format csv or npy do not go");
    assert_contains(refused("--stats -o csv"), "they are a row for each job and nothing else");
    assert_contains(refused("--let x=i 10"), "--let goes with --term");
    assert_contains(refused("-e i --save-term t.so --trace t"),
                    "--save-term without jobs and --trace do not go together");
    assert_contains(refused("-DK=1"), "go with a term");
    assert_contains(refused("--wrap"), "go with a term");
    assert_contains(refused("--term="), "the expression is empty");
}

static void a_mistyped_option_gets_a_suggestion_if_one_is_near(void **state)
{
    (void)state;
    assert_contains(refused("--thraeds 2"), "did you mean --threads?");
    assert_contains(refused("--theads=2"), "unknown option '--theads=2'; did you mean --threads?");
    assert_contains(refused("--quite"), "did you mean --quiet?");
    assert_contains(refused("--noprogress"), "did you mean --no-progress?");
    assert_contains(refused("--jorunal j"), "did you mean --journal?");
    assert_null(strstr(refused("--xyzzyxyzzy"), "did you mean"));
    assert_null(strstr(refused("--x"), "did you mean"));
    assert_null(strstr(refused("--exec i"), "did you mean")); /* it is three edits from --seed */
    assert_null(strstr(refused("--an-option-longer-than-any-that-there-could-ever-be"), "mean"));
}

static void what_other_programs_call_an_option_is_understood(void **state)
{
    (void)state;
    assert_contains(refused("--json"), "did you mean --format json?");
    assert_contains(refused("--csv"), "did you mean --format csv?");
    assert_contains(refused("--expr=i"), "did you mean --term?");
    assert_contains(refused("--expression i"), "did you mean --term?");
    assert_contains(refused("--file f.c"), "did you mean --term-file?");
}

static void the_option_at_fault_is_named_also_within_a_bundle(void **state)
{
    (void)state;
    assert_contains(refused("-qx"), "unknown option '-x'");
    assert_contains(refused("-qt"), "option '-t' needs a value");
    assert_contains(refused("--threads"), "option '--threads' needs a value");
    assert_contains(refused("--serial=yes"), "option '--serial=yes' takes no value");
    assert_contains(refused("-5"), "a job that begins with a minus sign goes after --");
    assert_contains(refused("--quiet -x"), "unknown option '-x'");
}

/* How many lines the help has. None is wider than a terminal. */
static int lines_of_help(bool all)
{
    capture_begin(STDOUT_FILENO);
    options_help(all);
    const char *help = capture_end(STDOUT_FILENO);
    assert_contains(help, "Usage: parsum");
    assert_contains(help, "Examples:");
    assert_contains(help, "--help[=all]");
    assert_int_equal(strstr(help, "--no-progress ") != NULL, all);
    int lines = 0;
    for (; *help; help += strcspn(help, "\n") + 1, lines++)
        if (strcspn(help, "\n") > 80)
            fail_msg("too wide: %.120s", help);
    return lines;
}

static void help_fits_one_screen(void **state)
{
    (void)state;
    assert_in_range(lines_of_help(false), 15, 24);
    assert_in_range(lines_of_help(true), 40, 100);
}

static void help_shows_the_common_options_or_all(void **state)
{
    (void)state;
    assert_int_equal(accepted("--help").action, ACTION_HELP);
    assert_int_equal(accepted("--help=all").action, ACTION_HELP_ALL);
    assert_int_equal(accepted("-hq").action, ACTION_HELP);
    assert_contains(refused("--help=most"), "--help: 'most' is none; give --help or --help=all");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_ten_random_jobs_are_run),
        cmocka_unit_test(each_option_sets_what_it_says),
        cmocka_unit_test(options_of_a_term_are_kept_for_it),
        cmocka_unit_test(a_term_wants_jobs_of_its_own),
        cmocka_unit_test(a_duration_is_seconds_with_a_unit_or_a_clock),
        cmocka_unit_test(what_is_no_option_is_a_job_wherever_it_stands),
        cmocka_unit_test(help_and_version_win_over_what_follows),
        cmocka_unit_test(one_parse_leaves_nothing_for_the_next),
        cmocka_unit_test(numbers_have_their_limits),
        cmocka_unit_test(options_that_do_not_go_together_are_refused),
        cmocka_unit_test(a_mistyped_option_gets_a_suggestion_if_one_is_near),
        cmocka_unit_test(what_other_programs_call_an_option_is_understood),
        cmocka_unit_test(the_option_at_fault_is_named_also_within_a_bundle),
        cmocka_unit_test(help_fits_one_screen),
        cmocka_unit_test(help_shows_the_common_options_or_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
