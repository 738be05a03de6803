/*
 * libparsum: sums, dot products, norms, means and variances of doubles without rounding; and loops
 * of any kind, in parallel, with such sums.
 *
 * Each result is what exact arithmetic gives, rounded once at the end, to the nearest double. So
 * it has the same bits whatever the order of the numbers, the number of threads, how they are
 * split among processes, the compiler and the machine.
 *
 *     #include <parsum.h>
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         const double x[] = {1e100, 1.0, -1e100};
 *         printf("%g\n", parsum_array_sum(0, 3, x, 1));    // 1, where x[0] + x[1] + x[2] is 0
 *
 *         struct parsum_sum sum = PARSUM_SUM_ZERO;
 *         parsum_add(&sum, 0.1);
 *         parsum_add_array(&sum, 3, x, 1);
 *         parsum_subtract(&sum, 1.0);
 *         printf("%g\n", parsum_value(&sum));              // 0.1
 *         return 0;
 *     }
 *
 *     cc sum.c $(pkg-config --cflags --libs parsum)
 *
 * There are five ways in, from the shortest to the one with the most control:
 *
 *     1. one call for an array, in parallel          parsum_array_sum, parsum_array_dot ...
 *     2. an object that numbers are added to and taken from, that can be merged and saved
 *                                                    struct parsum_sum
 *     3. statistics of what such objects hold        parsum_mean_of, parsum_variance_of ...
 *     4. one call for a loop: a function of yours at each integer of a range
 *                                                    parsum_loop
 *     5. a run, as the program parsum does it: jobs, terms as text or as functions, columns, data,
 *        statistics, tables by key, lists, journals  parsum_run
 *
 * What holds everywhere:
 *
 *   - Arrays. `n` is the number of elements, and element j of x is x[j * stride], for j from 0 to
 *     n - 1. A stride counts doubles, not bytes; it may be 0 or negative. With n = 0 an array may
 *     be NULL. Arrays are only read, may overlap, and need the alignment of a double, no more.
 *   - Infinities and NaN follow IEEE 754: a NaN makes the sum NaN; infinities of both signs make
 *     it NaN; those of one sign make it that infinity. Finite numbers whose exact sum is beyond the
 *     largest double give an infinity. Partial sums do not matter: 1e308 + 1e308 - 1e308 is 1e308.
 *     Python's math.fsum gives the same, but raises OverflowError where a partial sum or the sum
 *     is too large, and ValueError for infinities of both signs.
 *   - A sum that is exactly 0 is +0, and so is the sum of no numbers; of -0.0 alone, too.
 *   - The rounding mode and flushing of subnormals to zero, as -ffast-math may set it in a process,
 *     have no influence. Status flags of the floating-point unit may be raised.
 *   - The process stays the caller's. Nothing is printed, nothing exits, no signal is handled, no
 *     locale, mask or environment is changed. errno stays as it is.
 *   - All functions may be called from many threads at once, but no object may be changed by one
 *     thread while another one uses it.
 *   - A limit: one object holds at most 2^63 - 1 additions, merged ones included.
 *
 * What this header declares stays in later versions with the same soname: names, sizes, meanings,
 * saved bytes and text. C++ can include it.
 */
#ifndef PARSUM_H
#define PARSUM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define PARSUM_API __attribute__((visibility("default")))
#else
#define PARSUM_API
#endif

/* The version of the library, such as "0.1.0". The text stays. */
PARSUM_API const char *parsum_version(void);

/*
 * 1. One call for an array.
 *
 * `threads` says how many threads may work on it: 1 is the calling thread alone; 0 is as many as
 * OpenMP's rules give (OMP_NUM_THREADS, else the CPUs that this process may use); other numbers are
 * an upper limit, and negative ones count as 0. Short arrays are done by the calling thread. It
 * also works alone inside a parallel region of OpenMP, and in a process that was made by fork()
 * from one that had loaded this library, as threads of OpenMP don't survive that.
 * None of these functions fails: where memory for threads is short, the calling thread works alone.
 */

/* The sum of the elements. */
PARSUM_API double parsum_array_sum(int threads, size_t n, const double *x, ptrdiff_t stride);

/*
 * The sum of x[j] * y[j], products not rounded: they neither overflow nor underflow. A product in
 * which a factor is infinite or NaN is what IEEE 754 says, so 0 times infinity is NaN.
 */
PARSUM_API double parsum_array_dot(int threads, size_t n, const double *x, ptrdiff_t stride_x,
                                   const double *y, ptrdiff_t stride_y);

/* The square root of the sum of squares. It is finite whenever it is within the range of double. */
PARSUM_API double parsum_array_norm(int threads, size_t n, const double *x, ptrdiff_t stride);

/* The sum divided by n. NaN for n = 0. Finite for finite numbers. */
PARSUM_API double parsum_array_mean(int threads, size_t n, const double *x, ptrdiff_t stride);

/*
 * The sum of (x[j] - mean)^2, divided by n - ddof, where the mean is the exact one. `ddof`, the
 * degrees of freedom that are taken off, is 1 for the variance of a sample, 0 for that of a
 * population. NaN for n <= ddof, and if an element is infinite or NaN.
 */
PARSUM_API double parsum_array_variance(int threads, size_t n, const double *x, ptrdiff_t stride,
                                        size_t ddof);

/* The square root of the exact variance, rounded once: the standard deviation. */
PARSUM_API double parsum_array_deviation(int threads, size_t n, const double *x, ptrdiff_t stride,
                                         size_t ddof);

/*
 * 2. A sum in the making.
 *
 * A plain value of 1152 bytes, aligned as a 64-bit integer is, without pointers. It may lie on the
 * stack, be copied by assignment or memcpy, and be sent to a process of the same kind of machine as
 * sizeof(struct parsum_sum) bytes. For files and for other machines there are parsum_save and
 * parsum_print. All bytes 0 is an empty sum. The words mean nothing to a caller: two objects that
 * hold the same sum may differ in them, while their saved bytes are the same.
 *
 * It is a fixed-point number with units of 2^-2162, wide enough for products of any two doubles,
 * and counts of the infinities and NaN that went in. So whatever was added can be subtracted again,
 * an infinity, too: afterwards the sum is as if it had never been there.
 */
struct parsum_sum {
    uint64_t words[144];
};

/* An empty sum, as an initializer: struct parsum_sum sum = PARSUM_SUM_ZERO; */
#define PARSUM_SUM_ZERO                                                                            \
    {                                                                                              \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

/* Makes *sum empty: 0, and no infinity or NaN. */
PARSUM_API void parsum_clear(struct parsum_sum *sum);

/* Adds x, or the product of x and y, which is not rounded; subtracts it. */
PARSUM_API void parsum_add(struct parsum_sum *sum, double x);
PARSUM_API void parsum_subtract(struct parsum_sum *sum, double x);
PARSUM_API void parsum_add_product(struct parsum_sum *sum, double x, double y);
PARSUM_API void parsum_subtract_product(struct parsum_sum *sum, double x, double y);

/* Adds n elements, or the n products x[j] * y[j]; subtracts them. In the calling thread. */
PARSUM_API void parsum_add_array(struct parsum_sum *sum, size_t n, const double *x,
                                 ptrdiff_t stride);
PARSUM_API void parsum_subtract_array(struct parsum_sum *sum, size_t n, const double *x,
                                      ptrdiff_t stride);
PARSUM_API void parsum_add_products(struct parsum_sum *sum, size_t n, const double *x,
                                    ptrdiff_t stride_x, const double *y, ptrdiff_t stride_y);
PARSUM_API void parsum_subtract_products(struct parsum_sum *sum, size_t n, const double *x,
                                         ptrdiff_t stride_x, const double *y, ptrdiff_t stride_y);

/* Adds all that went into *from to *into, or takes it out of *into. They may be one object. */
PARSUM_API void parsum_merge(struct parsum_sum *into, const struct parsum_sum *from);
PARSUM_API void parsum_subtract_sum(struct parsum_sum *into, const struct parsum_sum *from);

/*
 * The sum, rounded to the nearest double, ties to even. An infinity that was subtracted more often
 * than it was added counts as one of the other sign.
 */
PARSUM_API double parsum_value(const struct parsum_sum *sum);

/* What became of reading a saved sum, of a loop and of a run. */
enum parsum_status {
    PARSUM_OK = 0,
    PARSUM_NOT_A_SUM, /* the text or the bytes are no saved sum, cut, or with something behind */
    PARSUM_DAMAGED,   /* the bytes were changed after they had been saved */
    PARSUM_NEWER,     /* a later version of the library saved it, in a form this one cannot read */
    /* And what became of a loop or a run. */
    PARSUM_FAILED,     /* memory, a file or the compiler failed */
    PARSUM_USAGE,      /* what was asked for makes no sense, or an input is bad */
    PARSUM_TERM,       /* the term doesn't compile or load, or is of a type that can't be summed */
    PARSUM_FAULT,      /* the term has no value at some integer, or a sum does not fit its type */
    PARSUM_UNVERIFIED, /* a sum differs from what it must be: this machine computes wrong */
    PARSUM_STOPPED,    /* a stop was asked for, or the time was over */
};

/* What a status means, in a few English words. The text stays. */
PARSUM_API const char *parsum_status_text(enum parsum_status status);

/*
 * The sum as bytes, for files and messages: the same bytes on every machine, and for equal sums.
 * parsum_save writes at most PARSUM_BYTES of them and returns how many; mostly it is less than 80.
 * parsum_load needs exactly those; where it fails, *sum stays as it was.
 */
enum { PARSUM_BYTES = 640 };
PARSUM_API size_t parsum_save(const struct parsum_sum *sum, unsigned char bytes[PARSUM_BYTES]);
PARSUM_API enum parsum_status parsum_load(struct parsum_sum *sum, const void *bytes, size_t length);

/*
 * The sum as text: the exact number as C writes hexadecimal doubles, with as many digits as it
 * takes: "0x1.8p+1" is 3, "-0x1p-1074" the smallest negative double, "0x0p+0" is 0. Counts of
 * infinities and NaN follow if there are any: "0x1p+0 +inf:2 -inf:1 nan:1". Equal sums have equal
 * text. parsum_print writes at most PARSUM_TEXT bytes, the end included, and returns their number
 * without the end, as strlen would. parsum_parse reads `length` bytes of such text, and nothing
 * that parsum_print would write otherwise; where it fails, *sum stays as it was.
 */
enum { PARSUM_TEXT = 1280 };
PARSUM_API size_t parsum_print(const struct parsum_sum *sum, char text[PARSUM_TEXT]);
PARSUM_API enum parsum_status parsum_parse(struct parsum_sum *sum, const char *text, size_t length);

/*
 * 3. Statistics of what sums hold, for data that arrive in pieces, or lie on many machines: n is
 * how many numbers there are, *sum their sum (parsum_add_array), *squares the sum of their squares
 * (parsum_add_products of an array with itself). Rounded once, like the calls of part 1, which use
 * these.
 */

/* The sum divided by n; NaN for n = 0. With an infinity or NaN in the sum, the value of the sum. */
PARSUM_API double parsum_mean_of(const struct parsum_sum *sum, uint64_t n);

/*
 * (*squares - *sum^2 / n) / (n - ddof); NaN for n <= ddof, and if an infinity or NaN is in either.
 * NaN as well if that is below 0, as it can be if *squares does not belong to *sum.
 */
PARSUM_API double parsum_variance_of(const struct parsum_sum *sum, const struct parsum_sum *squares,
                                     uint64_t n, uint64_t ddof);

/* The square root of the exact variance: the standard deviation, rounded once. */
PARSUM_API double parsum_deviation_of(const struct parsum_sum *sum,
                                      const struct parsum_sum *squares, uint64_t n, uint64_t ddof);

/*
 * The square root of the sum divided by n: with n = 1 the norm, with the number of elements the
 * root mean square of what *squares was made from. NaN for n = 0, a sum below 0, and for NaN.
 */
PARSUM_API double parsum_root_of(const struct parsum_sum *squares, uint64_t n);

/*
 * 4. A loop: a function at each integer of a range.
 *
 *     double f(int64_t i, void *context) { return 1.0 / ((double)i * (double)i); }
 *     ...
 *     double sum;
 *     if (parsum_loop(0, 1, 1000000000, f, NULL, &sum) == PARSUM_OK)
 *         printf("%.17g\n", sum);
 *
 * The function is called once for each i of [start, end), by several threads at once, in no order;
 * `context` is passed to it. It should depend on i alone, and return: nothing may be thrown or
 * jump out of it. It rounds to nearest, whatever the thread has set. `threads` is as in part 1.
 */

/*
 * The sum of f(i, context). The values must be finite: the first one that is not is PARSUM_FAULT
 * (parsum_error tells which), and so is a sum beyond the largest double. Where it fails, *sum stays
 * as it was.
 */
PARSUM_API enum parsum_status parsum_loop(int threads, int64_t start, int64_t end,
                                          double (*f)(int64_t i, void *context), void *context,
                                          double *sum);

/* The same for integers. The sum is exact; one that 64 bits don't hold is PARSUM_FAULT. */
PARSUM_API enum parsum_status parsum_loop_integer(int threads, int64_t start, int64_t end,
                                                  int64_t (*f)(int64_t i, void *context),
                                                  void *context, int64_t *sum);

/*
 * What went wrong last in the calling thread, in parsum_loop or parsum_run; valid until it calls
 * one of them again.
 */
struct parsum_error {
    enum parsum_status status; /* PARSUM_OK: nothing did */
    const char *text; /* "PLACE: WHAT IS WRONG; REMEDY", UTF-8. Lines of the compiler may follow. */
    size_t place;     /* bytes of the text that name the place; 0: it names none */
    const char *remedy; /* where it begins in the text; "": there is none. It ends with its line */
    uint64_t job;       /* PARSUM_FAULT: the number of the job, from 1, */
    int64_t i;          /* and the integer, if it is one of the term's; else the job's start */
};
PARSUM_API struct parsum_error parsum_error(void);

/*
 * 5. A run: what the program parsum does. All that it can do is here, and its manual tells more of
 * each member: the option --max-keys is `max_keys`.
 *
 *     const char *terms[] = {"1.0/(i*i)", NULL};
 *     const struct parsum_job jobs[] = {{1, 1000}, {1000, 1000000000}};
 *     const struct parsum_task task = {
 *         .size = sizeof task, .terms = terms, .jobs = jobs, .job_count = 2};
 *     struct parsum_result *result;
 *     if (parsum_run(&task, &result) == PARSUM_OK) {
 *         const double *sums = parsum_result_reals(result, 0);
 *         printf("%.17g %.17g %.17g\n", sums[0], sums[1], parsum_result_total(result, 0).real);
 *         parsum_result_free(result);
 *     }
 *
 * A term that is text is compiled by the machine's C compiler (PARSUM_CC, CC, else cc), and kept in
 * the user's cache as the program keeps it. While that goes on the process has a child, which this
 * library awaits; if the process awaits it as well, or ignores SIGCHLD, no harm is done.
 *
 * A term that crashes crashes the process. A file of `data` that becomes shorter while it is read
 * raises SIGBUS. Several runs may go on at once, in several threads. In a process made by fork() a
 * run works on one thread, as in part 1.
 */

/* The integers of [start, end), start <= end. */
struct parsum_job {
    int64_t start, end;
};

union parsum_number {
    int64_t integer;
    double real;
};

/* A number that each job has beside its range, by which a term knows it. */
struct parsum_column {
    const char *name;
    int real;            /* 0: int64_t, else double */
    const void *numbers; /* one for each job; NULL with next_job */
};

/* An array that the term reads as NAME[i], or NAME[i][j]. It is not copied. */
struct parsum_array {
    const char *name;
    const char *type; /* "f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1" */
    const void *elements;
    int64_t n;       /* how many, or how many rows; NAME_n in the term */
    int64_t columns; /* in a row; 0: the array has one dimension */
};

/* A result: a sum, a mean, a key's count ... */
enum parsum_kind {
    PARSUM_NONE,    /* there is none, as there are too few terms */
    PARSUM_REAL,    /* real */
    PARSUM_INTEGER, /* high * 2^64 + low */
    PARSUM_NATURAL, /* the same, with `high` as an unsigned number */
};
struct parsum_value {
    enum parsum_kind kind;
    double real; /* of an integer the nearest double */
    uint64_t low;
    int64_t high;
    int64_t run; /* of argmin and argmax of the whole: the job in which that i lies; else 0 */
};

/* A job that is finished, a key of the table, or a hit of the list. */
struct parsum_row {
    uint64_t job;            /* its number, from 1; 0: it is a key */
    struct parsum_job range; /* of that job */
    int64_t at;              /* the key, or the i of the hit; else 0 */
    size_t count;            /* of results */
    const struct parsum_value *values;
};

/*
 * What to run. All zero but for what is set; lists of texts end with NULL, and NULL is an empty
 * one. It and all that it points to must stay as it is until parsum_run returns.
 */
struct parsum_task {
    size_t size; /* sizeof(struct parsum_task): later versions have more members */

    /* Jobs, by one of the first four; without any, all indexes of the first array. */
    const struct parsum_job *jobs;
    size_t job_count;
    /* Called for the next job, and its columns, in one thread; 0: there are no more. */
    int (*next_job)(void *context, struct parsum_job *job, union parsum_number *columns);
    const char *input;     /* a file, "-" is standard input */
    const char *segments;  /* a file of offsets */
    int64_t random, below; /* so many random jobs with ends in [0, below) (1e8) */
    int64_t start;         /* of jobs in a file, or random ones, that have no start */
    const int64_t *end;    /* of jobs in a file that have no end; NULL: there is none */
    const struct parsum_column *columns;
    size_t column_count;

    /* The term: one of three functions, or text. Neither: i. */
    double (*real)(int64_t i, void *context);
    int64_t (*integer)(int64_t i, void *context);
    void (*reals)(int64_t i, void *context, double *values); /* `value_count` of them at once */
    size_t value_count;                                      /* 1 to 64 */
    const char *name; /* of the function: for messages, and to tell it from others in a journal */
    const char *const *terms;   /* C expressions, each "EXPR" or "NAME=EXPR" */
    const char *const *lets;    /* computed before them, each "NAME=EXPR" */
    const char *const *defines; /* constants, each "NAME=VALUE" */
    const char *term_file;      /* C text for them, or a saved term (.so) */
    const struct parsum_array *arrays;
    size_t array_count;
    const char *const *data; /* arrays in files, each "NAME=FILE..." */
    int64_t seed;            /* of random numbers and random jobs; the program's default is 1 */
    int wrap, libm, skip_nan, no_cache;
    const char *save_term; /* where to save the term; without jobs nothing is run then */

    /* Results. */
    const char *reduce; /* "mean,sd"; NULL: "sum" */
    const char *by;     /* the expression of a key */
    const char *list;   /* in place of terms: tells each i at which it is not 0 */
    int64_t first;      /* so many hits at most; 0: all */
    int64_t max_keys;   /* 0: a million */
    int cumulative;

    /* How it runs. */
    int threads; /* as in part 1 */
    int serial;
    int whole_jobs;      /* chunks are jobs, or else */
    int64_t grain;       /* have so many terms; 0: the library chooses */
    int compare;         /* run serially, too, and compare */
    const char *journal; /* a file to note progress in, and to go on from */
    double max_seconds;  /* then the run ends with PARSUM_STOPPED; 0: never */
    FILE *trace; /* who computed what, when, for Perfetto, goes there, and it is closed; NULL: no */
    const volatile int *stop; /* so it does, soon, when this is not 0: set it whenever you like,
                                 also in a signal's handler; NULL: nobody will */

    /* Who hears of it, in the thread that called parsum_run; each may be NULL. They, and the
       functions of a term, may call this library, parsum_run included. */
    void *context; /* passed to all functions */
    /* A row is there, in order. Not 0: the run ends, with PARSUM_STOPPED, even if this was the
       last row. If this is set, the result keeps no rows, so that memory stays bounded. */
    int (*row)(void *context, const struct parsum_row *row);
    /* So many terms are done of `all`, 0: not known. Some times a second. Not 0: the run ends. */
    int (*progress)(void *context, uint64_t done, uint64_t all);
    /* A note or a warning, a line of text. */
    void (*note)(void *context, const char *text);
};

/* What came of a run. */
struct parsum_result;

/* Runs it. On PARSUM_OK *result is the caller's to free; else it is NULL, and parsum_error tells
   what happened. */
PARSUM_API enum parsum_status parsum_run(const struct parsum_task *task,
                                         struct parsum_result **result);

/* NULL is allowed. */
PARSUM_API void parsum_result_free(struct parsum_result *result);

/* How many results each row has, and their names, as the program's CSV has them: "sum", "n_mean".
 */
PARSUM_API size_t parsum_result_count(const struct parsum_result *result);
PARSUM_API const char *parsum_result_name(const struct parsum_result *result, size_t k);

/* Result k of the whole: all jobs, all keys; of a list the number of hits. */
PARSUM_API struct parsum_value parsum_result_total(const struct parsum_result *result, size_t k);

/* How many rows there are, and result k of one of them, from 0. */
PARSUM_API size_t parsum_result_rows(const struct parsum_result *result);
PARSUM_API struct parsum_value parsum_result_value(const struct parsum_result *result, size_t row,
                                                   size_t k);

/*
 * Result k of all rows, one after the other: of reals, NaN where there is none, and NULL for
 * integers; of integers, NULL for reals, and where one does not fit or there is none. They belong
 * to the result.
 */
PARSUM_API const double *parsum_result_reals(const struct parsum_result *result, size_t k);
PARSUM_API const int64_t *parsum_result_integers(const struct parsum_result *result, size_t k);

/* Of all rows: the job's number and range, and the key or the i of the hit. */
PARSUM_API const uint64_t *parsum_result_numbers(const struct parsum_result *result);
PARSUM_API const struct parsum_job *parsum_result_jobs(const struct parsum_result *result);
PARSUM_API const int64_t *parsum_result_at(const struct parsum_result *result);

/* What a row of the result is. A saved term may know it alone. */
enum parsum_rows { PARSUM_JOBS, PARSUM_KEYS, PARSUM_HITS };

/* The rest that there is to know. */
struct parsum_summary {
    enum parsum_rows rows;
    uint64_t jobs, terms, hits;
    uint64_t terms_before; /* of them, those that were in the journal */
    uint64_t skipped;      /* values that were left out, as they were NaN */
    int threads;
    int keys_unsigned; /* keys are uint64_t, in two's complement */
    int machines_bits; /* the term calls functions whose last bits are this machine's */
    double seconds, serial_seconds, data_seconds; /* of the run; to compare; to bring data in */
    double busy_seconds, busiest_seconds; /* spent on terms by all threads; by the one with most */
    const char *kernel;                   /* "proved", "checked", "function", "avx512" ... */
};
PARSUM_API struct parsum_summary parsum_result_summary(const struct parsum_result *result);

/* The value in decimal, with its end; "" of none. Returns its length. */
enum { PARSUM_VALUE_TEXT = 48 };
PARSUM_API size_t parsum_value_print(const struct parsum_value *value,
                                     char text[PARSUM_VALUE_TEXT]);

#ifdef __cplusplus
}
#endif

#endif
