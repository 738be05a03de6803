/*
 * options_table: the one list of options. The parser, the help, the suggestions and what does not
 * go together are made from it.
 */
#ifndef PARSUM_OPTIONS_TABLE_H
#define PARSUM_OPTIONS_TABLE_H

/* Keys of options without a short form. */
enum {
    KEY_RANDOM = 256,
    KEY_BELOW,
    KEY_SEED,
    KEY_START,
    KEY_END,
    KEY_COMPARE,
    KEY_MPI,
    KEY_PROGRESS,
    KEY_NO_PROGRESS,
    KEY_OUTPUT,
    KEY_STATS,
    KEY_TRACE,
    KEY_LET,
    KEY_REDUCE,
    KEY_BY,
    KEY_MAX_KEYS,
    KEY_CUMULATIVE,
    KEY_LIST,
    KEY_FIRST,
    KEY_DATA,
    KEY_SKIP_NAN,
    KEY_SEGMENTS,
    KEY_WRAP,
    KEY_SAVE_TERM,
    KEY_NO_CACHE,
    KEY_LIBM,
    KEY_JOURNAL,
    KEY_MAX_TIME,
    KEYS, /* how many there are, with the short ones */
};

/* What a row is besides. */
enum {
    ROW_COMMON = 1,   /* --help shows it too; --help=all shows every row */
    ROW_OPTIONAL = 2, /* the argument may be left out */
};

struct options_row {
    int key;              /* below 256: the short option too */
    const char *name;     /* NULL: a headline of --help=all */
    const char *argument; /* NULL: takes none */
    const char *help;     /* NULL: the end of the list */
    unsigned is;          /* ROW_COMMON, ROW_OPTIONAL */
};

extern const struct options_row options_rows[];
enum { OPTIONS_ROWS = 64 }; /* there are fewer */

/* The row of a key. It must have one. */
const struct options_row *options_find(int key);

#endif
