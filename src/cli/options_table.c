#include "cli/options_table.h"

#include <stddef.h>

const struct options_row options_rows[] = {
    {0, NULL, NULL, "Jobs", 0},
    {'i', "input", "FILE", "END, START END or START,END a line; - is stdin", ROW_COMMON},
    {KEY_RANDOM, "random", "N", "N jobs with random ends (10 if no job is given)", 0},
    {KEY_BELOW, "below", "MAX", "random ends lie in [0, MAX) (1e8)", 0},
    {KEY_SEED, "seed", "S", "seed of random ends and random numbers (1)", 0},
    {KEY_START, "start", "S", "first integer of a job given by its END alone (0)", 0},
    {KEY_END, "end", "E", "the end of a job that has none", 0},
    {KEY_SEGMENTS, "segments", "FILE", "k jobs from k + 1 offsets, .npy or text", 0},
    {0, NULL, NULL, "Term", 0},
    {'e', "term", "EXPR", "a C expression of i: 'i*i', 's=1.0/i'; several", ROW_COMMON},
    {KEY_LET, "let", "NAME=EXPR", "computed at each i before the terms, which see it", 0},
    {'f', "term-file", "FILE.c", "a C file with term(int64_t i), or a saved FILE.so", ROW_COMMON},
    {'D', "define", "NAME=VALUE", "a constant of the term, a number", ROW_COMMON},
    {KEY_DATA, "data", "NAME=FILE", "an array that the term reads: NAME[i], NAME_n", ROW_COMMON},
    {KEY_SKIP_NAN, "skip-nan", NULL, "leave out values that are NaN, and tell how many", 0},
    {KEY_WRAP, "wrap", NULL, "let signed integers of the term wrap around", 0},
    {KEY_LIBM, "libm", NULL, "the machine's exp, sin and so on, not parsum's", 0},
    {KEY_SAVE_TERM, "save-term", "FILE.so", "keep the compiled term, for use without a compiler",
     0},
    {KEY_NO_CACHE, "no-cache", NULL, "compile the term anew, and do not keep it", 0},
    {0, NULL, NULL, "Results", 0},
    {KEY_REDUCE, "reduce", "LIST", "sum,count,mean,var,sd,se,rms,min,max,argmin,argmax",
     ROW_COMMON},
    {KEY_BY, "by", "EXPR", "results for each key, an integer, over all jobs", ROW_COMMON},
    {KEY_MAX_KEYS, "max-keys", "N", "so many keys at most (1e6)", 0},
    {KEY_CUMULATIVE, "cumulative", NULL, "a job's results are those of all jobs so far", 0},
    {KEY_LIST, "list", "EXPR", "in place of a term: each i at which it is not 0", 0},
    {KEY_FIRST, "first", "N", "end once the first N hits are known (1)", ROW_OPTIONAL},
    {0, NULL, NULL, "How it runs", 0},
    {'t', "threads", "N", "size of the team (OMP_NUM_THREADS, else the CPUs)", ROW_COMMON},
    {'s', "serial", NULL, "the same loop on one thread, for debugging", 0},
    {'g', "grain", "N|job", "terms in a chunk (parsum's choice), or whole jobs", 0},
    {KEY_COMPARE, "compare", NULL, "run serially too; compare sums, tell the speedup", ROW_COMMON},
    {KEY_MPI, "mpi", NULL, "share the work with all ranks of srun or mpirun", ROW_COMMON},
    {0, NULL, NULL, "Stopping and going on", 0},
    {KEY_JOURNAL, "journal", "FILE", "note progress in FILE; go on from what is there", ROW_COMMON},
    {KEY_MAX_TIME, "max-time", "DURATION", "stop after 90, 2h, 1:30:00 or 1-12:00; status 75",
     ROW_COMMON},
    {0, NULL, NULL, "What it prints", 0},
    {'q', "quiet", NULL, "the total alone", ROW_COMMON},
    {'o', "format", "text|csv|json|npy", "how (text)", ROW_COMMON},
    {KEY_OUTPUT, "output", "FILE", "where to; a file is replaced when all is done", 0},
    {KEY_STATS, "stats", NULL, "how well the work was shared (always in JSON)", ROW_COMMON},
    {KEY_TRACE, "trace", "FILE", "who computed what when, for Perfetto", 0},
    {KEY_PROGRESS, "progress", NULL, "a bar on standard error (on terminals by itself)", 0},
    {KEY_NO_PROGRESS, "no-progress", NULL, "no bar", 0},
    {0, NULL, NULL, "About parsum", 0},
    {'h', "help", "all", "this text; --help=all shows every option", ROW_COMMON | ROW_OPTIONAL},
    {'V', "version", NULL, "version, compiler, OpenMP and vector width", ROW_COMMON},
    {0, NULL, NULL, NULL, 0},
};
_Static_assert(sizeof options_rows / sizeof *options_rows <= OPTIONS_ROWS, "OPTIONS_ROWS is small");

const struct options_row *options_find(int key)
{
    const struct options_row *row = options_rows;
    while (row->key != key)
        row++;
    return row;
}
