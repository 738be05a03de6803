#include "term/source.h"

#include "base/digest.h"
#include "base/number.h"
#include "term/arrays.h"
#include "term/ctext.h"
#include "term/offer.h"
#include "term/values.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static size_t name_length(const char *constant)
{
    return strcspn(constant, "=");
}

/* A decimal integer as C text of the same value and C's own type for it; leading zeros don't mean
   octal. */
static bool write_integer(FILE *out, const char *text)
{
    int64_t number;
    if (strchr(text, '.'))
        return false;
    if (number_parse(text, strlen(text), &number) != NUMBER_OK) {
        /* C has integers from 2^63 on only with a u */
        const bool decimal = *text && strspn(text, "0123456789") == strlen(text);
        if (decimal)
            fprintf(out, "%su", text + strspn(text, "0"));
        return decimal;
    }
    if (number == INT64_MIN)
        fprintf(out, "(-%" PRId64 "-1)", INT64_MAX);
    else
        fprintf(out, number < 0 ? "(%" PRId64 ")" : "%" PRId64, number);
    return true;
}

/*
 * Any other number or expression of C, such as 1.5, 1/4.0 or M_PI: it has to be one whole. That it
 * is constant the compiler sees to.
 */
static bool write_formula(FILE *out, const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "_ .,+-*/%()<>=!&|^~?:";
    int open = 0;
    if (strspn(text, allowed) != strlen(text) || strstr(text, "//") || strstr(text, "/*"))
        return false;
    for (const char *at = text; *at; at++) {
        open += (*at == '(') - (*at == ')');
        if (open < 0)
            return false;
    }
    /* A number that is none, such as 1e999 or 3x, is not made one by the compiler. */
    const char *const digits = text + strspn(text, "+- ");
    char *rest;
    const bool number =
        isdigit((unsigned char)*digits) && !strpbrk(digits + 1, "+-*/%()<>=!&|^~?:");
    const bool bad =
        number && (!isfinite(number_read_real(digits, &rest)) || rest[strspn(rest, "uUlLfF")] ||
                   (digits[0] == '0' && isdigit((unsigned char)digits[1])));
    if (open != 0 || !text[strspn(text, " ")] || bad)
        return false;
    fprintf(out, "(%s)", text);
    return true;
}

static bool write_value(FILE *out, const char *text)
{
    return write_integer(out, text) || write_formula(out, text);
}

/* The constants, each with a line that does not compile where it is none. */
static enum status write_constants(FILE *out, const struct term_spec *spec)
{
    for (size_t k = 0; k < spec->constant_count; k++) {
        const char *const constant = spec->constants[k];
        const int length = (int)name_length(constant);
        const char *const value = constant + length + 1;
        char quoted[ERROR_QUOTED];
        if (!constant[length])
            return error_set(STATUS_USAGE, "--define: %s has no value; give NAME=VALUE",
                             error_quote(constant, strlen(constant), quoted));
        fprintf(out, "#undef %.*s\n#define %.*s ", length, constant, length, constant);
        if (!write_value(out, value))
            return error_set(STATUS_USAGE,
                             "--define: %s is not a number that C can hold; give an integer of "
                             "64 bits, a finite double, or an expression of constants such as "
                             "1/4.0 or M_PI",
                             error_quote(constant, strlen(constant), quoted));
        fprintf(out,
                "\n#line 1 \"" TERM_SOURCE_FORMULA "%zu\"\n"
                "static const __typeof__(",
                k);
        (void)write_value(out, value);
        fprintf(out, ") parsum_constant_%zu __attribute__((__unused__)) = ", k);
        (void)write_value(out, value);
        fputs(";\n", out);
    }
    return STATUS_OK;
}

/* Lines that don't compile where the user's file has given a name another meaning; names undone. */
static void undo_constants(FILE *out, const struct term_spec *spec)
{
    for (size_t k = 0; k < spec->constant_count; k++) {
        const char *const name = spec->constants[k];
        const int length = (int)name_length(name);
        fprintf(out,
                "#ifdef %.*s\n"
                "#line 1 \"" TERM_SOURCE_CONSTANT "%zu\"\n"
                "_Static_assert(__builtin_strcmp(PARSUM_TEXT(%.*s), PARSUM_TEXT(",
                length, name, k, length, name);
        (void)write_value(out, name + length + 1);
        fprintf(out, ")) == 0, \"\");\n#endif\n#undef %.*s\n", length, name);
    }
}

/* A C string literal. */
static void write_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (isprint(c) && c != '"' && c != '\\')
            fputc(c, out);
        else
            fprintf(out, "\\%03o", c);
    }
    fputc('"', out);
}

/* Does an expression call a function of that name? */
static bool calls(const char *text, const char *name)
{
    while (*text) {
        const char *const next = ctext_skip(text);
        const size_t length = next == text ? ctext_word(text) : 0;
        if (length == strlen(name) && memcmp(text, name, length) == 0 &&
            text[length + strspn(text + length, " \t\n")] == '(')
            return true;
        text = next > text ? next : text + (length ? length : 1);
    }
    return false;
}

/* Has the file a function block, and no function term? If it can't be read, the compiler tells. */
static bool has_block(const char *text)
{
    return text && ctext_defines(text, "block") && !ctext_defines(text, "term");
}

/* Is only made of the values what can be made of products that are not rounded? */
static bool takes_products(const struct term_spec *spec)
{
    bool takes = !spec->listed;
    for (size_t k = 0; spec->reductions && k < spec->reductions->count; k++)
        takes &= spec->reductions->list[k] <= REDUCE_MEAN;
    return takes;
}

/* Does a value call the program's own product(a, b), or one of the user's? */
static bool has_product(const struct term_spec *spec)
{
    bool has = false;
    for (size_t k = 0; k < spec->value_count; k++)
        has |= calls(named_of(spec->values[k]).text, "product");
    for (size_t k = 0; k < spec->let_count; k++)
        has |= calls(named_of(spec->lets[k]).text, "product");
    return has;
}

/* Two lines that don't compile if the user's file doesn't define what it should. */
static void write_term_checks(FILE *out)
{
    fputs("#line 1 \"" TERM_SOURCE_MISSING "\"\n"
          "static __typeof__(term) *parsum_defined __attribute__((__unused__)) = term;\n"
          "#line 1 \"" TERM_SOURCE_PARAMETER "\"\n"
          "_Static_assert(\n"
          "    __builtin_types_compatible_p(__typeof__(term),\n"
          "                                 __typeof__(term((int64_t)0))(long)) ||\n"
          "    __builtin_types_compatible_p(__typeof__(term),\n"
          "                                 __typeof__(term((int64_t)0))(long long)), \"\");\n",
          out);
}

/* The value of a file without expressions: what its function returns. */
static void write_function_value(FILE *out, const struct term_spec *spec, bool block)
{
    if (!block)
        write_term_checks(out);
    fprintf(out,
            "typedef __typeof__(((void)0, %s)) parsum_type_0;\n"
            "%sPARSUM_EACH(PARSUM_KEPT)\n",
            block ? "block((int64_t)0, (int64_t)0)" : "term((int64_t)0)",
            spec_counts_nan(spec) ? "typedef int parsum_type_1;\n" : "");
    if (block)
        return;
    fprintf(out,
            "PARSUM_INLINE void parsum_evaluate(int64_t parsum_i, struct parsum_job parsum_job,\n"
            "                                   parsum_kept_0 *parsum_to_0%s)\n"
            "{\n"
            "    (void)parsum_job;\n"
            "    *parsum_to_0 = PARSUM_KEEP(0, term(parsum_i));\n",
            spec_counts_nan(spec) ? ", int *parsum_to_1" : "");
    values_write_skips(out, spec);
    fputs("}\n", out);
}

/* What the library tells of itself. */
static void write_tables(FILE *out, const struct term_spec *spec, const char *description)
{
    fputs("static const char parsum_source[] __attribute__((unused)) = ", out);
    write_string(out, description);
    fputs(";\nstatic const char *const parsum_names[] __attribute__((unused)) = {", out);
    for (size_t k = 0; k < values_count(spec); k++) {
        const struct named named =
            k < spec->value_count ? named_of(spec->values[k]) : (struct named){"", 0, ""};
        fprintf(out, "\"%.*s\", ", (int)named.length, named.name);
    }
    fputs("};\nstatic const struct term_column parsum_columns[] __attribute__((unused)) = {", out);
    for (size_t k = 0; spec->columns && k < spec->columns->count; k++) {
        const struct column *const column = &spec->columns->column[k];
        if (column->type != COLUMN_TEXT)
            fprintf(out, "{\"%s\", %d}, ", column->name, column->type == COLUMN_REAL);
    }
    fputs("{0, 0}};\n", out);
}

static enum status write_source(FILE *out, const struct term_spec *spec, const char *path,
                                const char *own, const char *description)
{
    const bool block = spec->value_count == 0 && has_block(own);
    enum status status = values_check(spec);
    if (status)
        return status;
    if (block && spec_gathers(spec))
        return error_set(STATUS_USAGE,
                         "%s: block(start, end) gives sums and no single values, so --reduce, "
                         "--by and --list can't look at them; define term(i)",
                         spec->file);
    if (block && spec->skip_nan)
        return error_set(STATUS_USAGE,
                         "--skip-nan: %s defines a block, which is an integer; leave it out",
                         spec->file);
    if (spec_counts_nan(spec) && spec->value_count == TERM_VALUES)
        return error_set(STATUS_USAGE,
                         "--skip-nan: has no room beside %d values; compute them in two runs",
                         TERM_VALUES);
    if (spec->products && !takes_products(spec))
        return error_set(STATUS_USAGE,
                         "product(a, b) is for sums, means and counts: other results and --list "
                         "look at numbers that are rounded; give a*b");
    fprintf(out,
            "#define PARSUM_BLOCKS %d\n"
            "#define PARSUM_GATHER %d\n"
            "#define PARSUM_KEYED %d\n"
            "#define PARSUM_LISTED %d\n"
            "#define PARSUM_PRODUCTS %d\n"
            "#define PARSUM_SKIPS %d\n"
            "#define PARSUM_ALIKE %d\n"
            "#define PARSUM_LIBM %d\n",
            block, spec_gathers(spec), spec->keyed, spec->listed, spec->products, spec->skip_nan,
            !values_have_job(spec), spec->libm);
    values_write_job(out, spec);
    fputs("#include \"term_before.h\"\n#include \"" OFFER_FILE "\"\n", out);
    write_tables(out, spec, description);
    arrays_write(out, spec);
    status = write_constants(out, spec);
    if (status)
        return status;
    arrays_write_for_file(out, spec, own, true);
    if (spec->file)
        fprintf(out, "#include \"%s\"\n", path);
    arrays_write_for_file(out, spec, own, false);
    fputs("#include \"term_types.h\"\n", out);
    if (spec->value_count > 0)
        values_write(out, spec);
    else
        write_function_value(out, spec, block);
    undo_constants(out, spec);
    fputs("#include \"term_after.h\"\n", out);
    return STATUS_OK;
}

enum status term_source_make(const struct term_spec *spec, const char *path, char **text,
                             size_t *length)
{
    *text = NULL;
    char *const description = term_source_describe(spec);
    char *const own = spec->file ? ctext_read(path) : NULL;
    struct term_spec known = *spec;
    known.products = has_product(spec) && !(own && ctext_defines(own, "product"));
    FILE *const out = open_memstream(text, length);
    enum status status = STATUS_OK;
    if (description && out)
        status = write_source(out, &known, path, own, description);
    const bool complete = description && out && !ferror(out);
    const bool closed = out && fclose(out) == 0;
    free(description);
    free(own);
    if (!complete || !closed)
        status = error_set(STATUS_FAILED, "out of memory for the term");
    if (status)
        free(*text);
    return status;
}

char *term_source_describe(const struct term_spec *spec)
{
    char *text = NULL;
    size_t length;
    FILE *const out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    for (size_t k = 0; k < spec->value_count; k++) {
        const bool key = spec->keyed && k + 1 == spec->value_count;
        const char *before = k > 0 ? ", " : spec->listed ? "list " : "";
        if (key)
            before = k > 0 ? " by " : "by ";
        fprintf(out, "%s%s", before, spec->values[k]);
    }
    if (spec->file)
        fprintf(out, "%s%s", spec->value_count ? " of " : "", spec->file);
    for (size_t k = 0; k < spec->let_count; k++)
        fprintf(out, "%s%s", k ? ", " : " with ", spec->lets[k]);
    for (size_t k = 0; k < spec->constant_count; k++)
        fprintf(out, "%s%s", k || spec->let_count ? ", " : " with ", spec->constants[k]);
    if (spec->wrap)
        fputs(", wrapping around", out);
    if (spec->skip_nan)
        fputs(", skipping NaN", out);
    if (spec->libm)
        fputs(", by libm", out);
    const bool complete = !ferror(out);
    if (fclose(out) == 0 && complete)
        return text;
    free(text);
    return NULL;
}

/* Adds what is in the file to the digest. */
static enum status digest_file(const char *path, uint64_t *digest)
{
    struct stat found;
    if (stat(path, &found) == 0 && !S_ISREG(found.st_mode))
        return error_set(STATUS_USAGE, "--term-file: %s: is no ordinary file; give a C file", path);
    FILE *const file = fopen(path, "rb");
    if (!file)
        return error_set(STATUS_USAGE, "--term-file: %s: %s", path, strerror(errno));
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        *digest = digest_add(*digest, block, got);
    const enum status status =
        ferror(file) ? error_set(STATUS_FAILED, "%s: reading failed: %s", path, strerror(errno))
                     : STATUS_OK;
    fclose(file);
    return status;
}

/* What only newer terms have: a term without it has the digest that it always had. */
static void digest_more(const struct term_spec *spec, uint64_t *digest)
{
    for (size_t k = 0; k < spec->let_count; k++)
        *digest = digest_add(*digest, spec->lets[k], strlen(spec->lets[k]) + 1);
    for (size_t k = 1; k < spec->value_count; k++)
        *digest = digest_add(*digest, spec->values[k], strlen(spec->values[k]) + 1);
    if (spec->keyed)
        *digest = digest_add(*digest, "by", strlen("by"));
    if (spec->listed)
        *digest = digest_add(*digest, "list", strlen("list"));
    for (size_t k = 0; spec->columns && k < spec->columns->count; k++) {
        const struct column *const column = &spec->columns->column[k];
        *digest = digest_add(*digest, column->name, strlen(column->name) + 1);
        *digest = digest_add(*digest, &column->type, sizeof column->type);
    }
    if (spec->skip_nan)
        *digest = digest_add(*digest, "n", 1);
    for (size_t k = 0; spec->data && k < spec->data->count; k++) {
        const struct data_array *const array = &spec->data->array[k];
        const int64_t columns = array->shape.dimensions == 2 ? array->shape.n[1] : 0;
        *digest = digest_add(*digest, array->name, strlen(array->name) + 1);
        *digest = digest_add(*digest, element_name(array->shape.element), sizeof "f8");
        *digest = digest_add(*digest, &columns, sizeof columns);
    }
}

/* Does it have mathematical functions of parsum's? */
static bool has_mathematics(const struct term_spec *spec)
{
    char *const text = spec->file ? ctext_read(spec->file) : NULL;
    const offer_set names = offer_wanted(spec) | (text ? offer_mentioned(text) : 0);
    free(text);
    return offer_has_mathematics(names) && !spec->libm;
}

enum status term_source_digest(const struct term_spec *spec, uint64_t *digest)
{
    const char kind[] = {spec->file ? 'f' : 'e',
                         (char)((spec->wrap ? 1 : 0) | (has_mathematics(spec) ? 2 : 0))};
    *digest = digest_add(DIGEST_START, kind, sizeof kind);
    for (size_t k = 0; k < spec->constant_count; k++)
        *digest = digest_add(*digest, spec->constants[k], strlen(spec->constants[k]) + 1);
    digest_more(spec, digest);
    if (spec->value_count > 0)
        *digest = digest_add(*digest, spec->values[0], strlen(spec->values[0]));
    return spec->file ? digest_file(spec->file, digest) : STATUS_OK;
}
