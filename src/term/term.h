/*
 * term: what is added at each integer i.
 *
 * The built-in term is i itself (kernel). Any other is compiled from C (term_source, term_build),
 * loaded (term_library), and called through the function below, which adds up one piece and knows
 * nothing of jobs, chunks or threads.
 */
#ifndef PARSUM_TERM_H
#define PARSUM_TERM_H

#include "base/bytes.h"
#include "base/control.h"
#include "base/error.h"
#include "exact/results.h"
#include "exact/table.h"
#include "jobs/job.h"
#include "term/hits.h"
#include "term/spec.h"
#include "term/inside/term_abi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a piece could not be added up, and where. */
struct fault {
    enum term_trouble kind; /* TERM_FINE: it could */
    struct term_place at;   /* the first integer of the piece at which it happens */
};

/*
 * Adds term(i) for each i of [start, end) to *sums, which has the term's layout. False if that
 * can't be done; *fault then says why, and *sums is undefined. Thread-safe.
 */
typedef bool term_add_function(const void *context, const struct term_job *job, int64_t start,
                               int64_t end, struct sums *sums, struct fault *fault);

/*
 * The same for whole jobs and a term that has one integer sum, knows no columns and never fails:
 * the sum of jobs[k] to values[k], and all of them to *sums. So a tiny job costs no call.
 */
typedef void term_add_each_function(const void *context, const struct job *jobs, size_t count,
                                    union value *values, struct sums *sums);

/* Writes the terms of 1 to TERM_SHORT integers to x[0] and so on, if the term is one real value. */
typedef bool term_evaluate_function(const void *context, const struct term_job *job, int64_t start,
                                    int64_t end, double *x, struct fault *fault);

/* The same by key: into the entries of a table. */
typedef bool term_add_by_key_function(const void *context, const struct term_job *job,
                                      int64_t start, int64_t end, struct table *table,
                                      struct fault *fault);

/* Of a list: its hits go to the end of *hits, in order. */
typedef bool term_find_function(const void *context, const struct term_job *job, int64_t start,
                                int64_t end, struct hits *hits, struct fault *fault);

struct term {
    const struct results *results; /* what is made of its values, and what that takes */
    const char *const *names;      /* of its values, "" of one without; NULL: none has one */
    size_t numbers; /* in the row of each job: integers and reals that the term sees */
    term_add_function *add;
    term_add_each_function *add_each;     /* may be NULL, and */
    term_evaluate_function *evaluate;     /* so may this */
    const double *elements;               /* NULL, or its value at i is elements[i], */
    int64_t element_count;                /* 0 <= i < element_count */
    bool alike;                           /* its values depend on i alone, and not on the job */
    const struct results *by_key;         /* of each key, if the term is keyed; else NULL */
    term_add_by_key_function *add_by_key; /* then; and `results` just counts terms */
    bool keys_signed;                     /* or they have no sign */
    term_find_function *find;             /* of a list; else NULL. Then `results` count hits */
    enum exact_kind hit_kind;             /* of their values */
    const void *context;                  /* passed to all of them */
    const struct term_array *arrays;      /* that it reads; the last one has no name. NULL: none */
    const struct data *data;              /* what they hold; NULL: there are none */
    const char *source; /* as the user wrote it, constants and all; "i" for the built-in term */
    uint64_t digest;    /* of all that makes it this term; 0 for the built-in one */
    const char *kernel; /* which kernel runs: "avx512", "checked", "proved", ... */
    bool built_in;      /* the term is i, so sums can be checked by arithmetic */
    bool blocks;        /* a piece has a cost of its own, so pieces should be long */
    bool draws;         /* it draws random numbers, */
    uint64_t seed;      /* from this seed */
    bool skips;         /* the last value is not the user's: it counts the NaN that were left out */
    bool machine;       /* it calls functions whose last bits are this machine's */
    bool checked;       /* it is slowed down by checks that a proof might do away with */
    double term_ns;     /* about what a term costs, or 0: not known before the run */
};

struct term_compiled;

/*
 * Compiles the user's term, or loads the saved one, and makes *term, which may be used until
 * term_close, for integers of the range. Nothing is left in the file system. A term that does not
 * compile, or is of a type that cannot be summed, is STATUS_USAGE; all failures leave an error,
 * but for STATUS_STOPPED, which a stop asked for. Not thread-safe.
 */
enum status term_open(struct term_compiled **opened, const struct term_spec *spec,
                      struct term_range range, struct control *control,
                      struct term *term) MUST_CHECK;

/*
 * Puts the compiled term, for other processes of this program, or that there is none, if `compiled`
 * is NULL. They get it: *opened is theirs to close, *term is as above. A CPU that lacks what the
 * term was compiled for is STATUS_USAGE, and so are other data than those that it was opened with,
 * by their digests. *term stays as it is where there is none.
 */
enum status term_put(const struct term_compiled *compiled, struct bytes *bytes) MUST_CHECK;
enum status term_get(struct term_compiled **opened, struct bytes *bytes, const struct data *data,
                     struct term *term) MUST_CHECK;

/* Unloads the term; NULL is allowed. The data that it was opened with must be there until then. */
void term_close(struct term_compiled *compiled);

#endif
