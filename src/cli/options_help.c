/* What --help and --help=all print, from the list of options. */
#include "cli/options.h"

#include "cli/options_table.h"

#include <stdio.h>
#include <string.h>

/* "  -h, --help[=all]            what it does" */
static void put_row(const struct options_row *row)
{
    char left[48];
    const bool optional = row->is & ROW_OPTIONAL;
    const int length = row->key < 256
                           ? snprintf(left, sizeof left, "-%c, --%s", row->key, row->name)
                           : snprintf(left, sizeof left, "    --%s", row->name);
    if (row->argument)
        snprintf(left + length, sizeof left - (size_t)length, "%s=%s%s", optional ? "[" : "",
                 row->argument, optional ? "]" : "");
    const char *const apart = strlen(left) > 27 ? " " : ""; /* two blanks end what is on the left */
    printf("  %-27s %s%s\n", left, apart, row->help);
}

void options_help(bool all)
{
    puts("Usage: parsum [OPTION]... [JOB]...       JOB is END or START:END, [START, END)\n"
         "Adds up i, or a term of yours, over many ranges, exactly and on all cores.");
    if (!all)
        puts("");
    for (const struct options_row *row = options_rows; row->help; row++) {
        if (row->name && (all || row->is & ROW_COMMON))
            put_row(row);
        else if (!row->name && all)
            printf("\n%s:\n", row->help);
    }
    if (all)
        puts("\nFunctions of terms, beside those of C:\n"
             "  isprime(n), gcd(a,b), isqrt(n), mulmod(a,b,m), powmod(a,e,m)\n"
             "  uniform(i,k), normal(i,k), random_bits(i,k), random_below(i,k,n)\n"
             "  product(a,b), a value that is a product and is not rounded");
    puts("\nExamples:\n"
         "  parsum --term '1.0/((double)i*i)' 1:1e9\n"
         "  parsum --journal run.journal --term-file mine.c 1e12");
    if (all)
        puts("\nExit status:\n"
             "  0 right, 1 failed, 2 bad usage or input, 3 not verified, 75 out of time\n"
             "\nThe manual page, parsum(1), says which options go together, and much more.");
}
