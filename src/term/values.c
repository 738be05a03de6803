#include "term/values.h"

#include "base/name.h"
#include "term/arrays.h"
#include "term/ctext.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

struct named named_of(const char *text)
{
    const char *const name = text + strspn(text, " \t\n"), *const end = name + ctext_word(name);
    const char *const equals = end + strspn(end, " \t\n");
    const bool named =
        end > name && !isdigit((unsigned char)*name) && equals[0] == '=' && equals[1] != '=';
    return named ? (struct named){name, (size_t)(end - name), equals + 1}
                 : (struct named){text, 0, text};
}

static size_t own_values(const struct term_spec *spec)
{
    return spec->value_count > 0 ? spec->value_count : 1;
}

size_t values_count(const struct term_spec *spec)
{
    return own_values(spec) + spec_counts_nan(spec);
}

static bool any_mentions(const struct term_spec *spec, const char *name, size_t length)
{
    for (size_t k = 0; k < spec->let_count; k++)
        if (ctext_mentions(named_of(spec->lets[k]).text, name, length))
            return true;
    for (size_t k = 0; k < spec->value_count; k++)
        if (ctext_mentions(named_of(spec->values[k]).text, name, length))
            return true;
    return false;
}

bool values_have_job(const struct term_spec *spec)
{
    bool have = any_mentions(spec, "run", 3);
    for (size_t k = 0; spec->columns && k < spec->columns->count; k++)
        have |= any_mentions(spec, spec->columns->column[k].name,
                             strlen(spec->columns->column[k].name));
    return have;
}

static SELDOM enum status refuse(const char *option, struct named named, const char *what)
{
    char quoted[ERROR_QUOTED];
    return error_set(STATUS_USAGE, "%s: %s %s", option,
                     error_quote(named.name, named.length, quoted), what);
}

/* The name of expression `which`, over all: values, lets, constants; what option it came with. */
static struct named name_at(const struct term_spec *spec, size_t which, const char **option)
{
    if (which < spec->value_count) {
        *option = "--term";
        return named_of(spec->values[which]);
    }
    which -= spec->value_count;
    if (which < spec->let_count) {
        *option = "--let";
        return named_of(spec->lets[which]);
    }
    *option = "--define";
    const char *const constant = spec->constants[which - spec->let_count];
    return (struct named){constant, strcspn(constant, "="), constant};
}

/* Is it there before, or a column? */
static enum status check_distinct(const struct term_spec *spec, size_t which, struct named named,
                                  const char *option)
{
    for (size_t k = 0; k < which; k++) {
        const char *other;
        const struct named before = name_at(spec, k, &other);
        if (before.length == named.length && memcmp(before.name, named.name, named.length) == 0)
            return refuse(option, named, "is given twice; choose another name");
    }
    if (spec->columns && columns_find(spec->columns, (struct field){named.name, named.length}) <
                             spec->columns->count)
        return refuse(option, named, "is a column of the jobs; choose another name");
    if (arrays_have(spec, named.name, named.length))
        return refuse(option, named, "is an array, or the size of one; choose another name");
    return STATUS_OK;
}

/* The name of a value comes out in the tables. */
static bool is_output(struct named named)
{
    static const char *const names[] = {"run", "start", "end", "sum", "key", "count", "value"};
    bool found = false;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        found |= name_is(named.name, named.length, names[k]);
    return found;
}

/* Values without a name are called "sum1" and so on where there are several. */
static bool is_numbered_sum(const struct term_spec *spec, struct named named)
{
    size_t unnamed = 0, number = 0;
    for (size_t k = 0; k < spec->value_count - spec->keyed; k++)
        unnamed += named_of(spec->values[k]).length == 0;
    if (unnamed < 2 || named.length < 4 || memcmp(named.name, "sum", 3) != 0)
        return false;
    for (size_t k = 3; k < named.length && number < TERM_VALUES; k++)
        number = isdigit((unsigned char)named.name[k]) ? 10 * number + (size_t)(named.name[k] - '0')
                                                       : TERM_VALUES + 1;
    return number > 0 && number <= unnamed;
}

/* No column of the jobs comes out with the name of a value. */
static enum status check_columns(const struct term_spec *spec)
{
    for (size_t k = 0; spec->columns && k < spec->columns->count; k++) {
        const char *const name = spec->columns->column[k].name;
        if (is_numbered_sum(spec, (struct named){name, strlen(name), name}))
            return error_set(
                STATUS_USAGE,
                "--term: %s is a column of the jobs, and so would one of the values be "
                "called; name the values (NAME=EXPR)",
                name);
    }
    return STATUS_OK;
}

enum status values_check(const struct term_spec *spec)
{
    const size_t count = spec->value_count + spec->let_count + spec->constant_count;
    for (size_t k = 0; k < count; k++) {
        const char *option;
        const struct named named = name_at(spec, k, &option);
        const bool is_value = k < spec->value_count;
        if (named.length == 0 && is_value)
            continue;
        if (is_value && spec->keyed && k + 1 == spec->value_count)
            return error_set(STATUS_USAGE, "--by: a key has no name; give an expression alone");
        if (is_value && spec->listed)
            return error_set(STATUS_USAGE, "--list: a list has no name; give an expression alone");
        if (named.length == 0 && k < spec->value_count + spec->let_count)
            return error_set(STATUS_USAGE, "--let: %s has no name; give NAME=EXPR", named.text);
        if (!is_value && named.name == named.text && !named.name[named.length])
            return refuse(option, named, "has no value; give NAME=VALUE");
        const char *const fault = name_fault(named.name, named.length);
        if (fault)
            return refuse(option, named, fault);
        const bool is_run = name_is(named.name, named.length, "run");
        if (is_value ? is_output(named) || is_numbered_sum(spec, named) : is_run)
            return refuse(option, named, "is a name of parsum's; choose another name");
        const enum status status = check_distinct(spec, k, named, option);
        if (status)
            return status;
    }
    const enum status status = arrays_check(spec);
    return status ? status : check_columns(spec);
}

static const char *c_type(const struct column *column)
{
    return column->type == COLUMN_REAL ? "double" : "int64_t";
}

/* Number `which` of a job's row, as a column; NULL: there are no more. */
static const struct column *number_at(const struct term_spec *spec, size_t which)
{
    for (size_t k = 0; spec->columns && k < spec->columns->count; k++) {
        const struct column *const column = &spec->columns->column[k];
        if (column->type != COLUMN_TEXT && column->number == which)
            return column;
    }
    return NULL;
}

static const char *blanks(const char *at)
{
    return at + strspn(at, " \t\n");
}

/* Where text that begins with the mark ends, blanks and all; NULL: it does not begin so. */
static const char *after(const char *at, const char *mark)
{
    const size_t length = strlen(mark);
    return at && strncmp(at, mark, length) == 0 ? blanks(at + length) : NULL;
}

/* The same with NAME[i] of an array whose elements have this name; its place goes to *found. */
static const char *after_element(const char *at, const struct term_spec *spec, const char *element,
                                 size_t *found)
{
    const size_t arrays = spec->data->count;
    const size_t length = at ? ctext_word(at) : 0;
    *found = length > 0 ? data_find(spec->data, at, length) : arrays;
    if (*found == arrays)
        return NULL;
    const struct shape *const shape = &spec->data->array[*found].shape;
    if (shape->dimensions != 1 || strcmp(element_name(shape->element), element) != 0)
        return NULL;
    const char *const index = after(blanks(at + length), "[");
    return index && ctext_word(index) == 1 ? after(after(index, "i"), "]") : NULL;
}

/* Whether the term is NAME[i] of doubles or floats, or product(NAME[i], NAME[i]) of doubles. */
static void write_direct(FILE *out, const struct term_spec *spec)
{
    const bool plain = spec->data && spec->value_count == 1 && spec->let_count == 0 &&
                       spec->constant_count == 0 && !spec->file && !spec->skip_nan &&
                       !spec_gathers(spec);
    const char *const text = plain ? blanks(named_of(spec->values[0]).text) : "";
    size_t x, y;
    const char *end = plain ? after_element(text, spec, "f8", &x) : NULL;
    end = end || !plain ? end : after_element(text, spec, "f4", &x);
    if (end && !*end) {
        fprintf(out, "#define PARSUM_DIRECT %zu, 0\n", x + 1);
        return;
    }
    end = plain ? after_element(after(after(text, "product"), "("), spec, "f8", &x) : NULL;
    end = end ? after(after_element(after(end, ","), spec, "f8", &y), ")") : NULL;
    if (end && !*end)
        fprintf(out, "#define PARSUM_DIRECT %zu, %zu\n", x + 1, y + 1);
    else
        fputs("#define PARSUM_DIRECT 0, 0\n", out);
}

void values_write_job(FILE *out, const struct term_spec *spec)
{
    const size_t count = values_count(spec);
    const struct column *column;
    fputs("struct parsum_job { __INT64_TYPE__ parsum_run;", out);
    for (size_t k = 0; (column = number_at(spec, k)); k++)
        fprintf(out, " %s parsum_column_%zu;",
                column->type == COLUMN_REAL ? "double" : "__INT64_TYPE__", column->number);
    arrays_write_members(out, spec);
    fputs(" };\n#define PARSUM_JOB(parsum_x) {(parsum_x)->run", out);
    for (size_t k = 0; (column = number_at(spec, k)); k++)
        fprintf(out, ", (parsum_x)->numbers[%zu].%s", column->number,
                column->type == COLUMN_REAL ? "real" : "integer");
    arrays_write_setting(out, spec);
    fputs("}\n#define PARSUM_JOB_BEYOND(parsum_x) ((parsum_x).parsum_run < 1", out);
    for (size_t k = 0; (column = number_at(spec, k)); k++)
        if (column->type == COLUMN_INTEGER)
            fprintf(out,
                    " || (parsum_x).parsum_column_%zu < (int64_t)%" PRIu64
                    "u || (parsum_x).parsum_column_%zu > (int64_t)%" PRIu64 "u",
                    column->number, (uint64_t)column->low, column->number, (uint64_t)column->high);
    fprintf(out, ")\n#define PARSUM_COUNT %zu\n#define PARSUM_EACH(PARSUM_X)", count);
    for (size_t k = 0; k < count; k++)
        fprintf(out, " PARSUM_X(%zu)", k);
    fputc('\n', out);
    arrays_write_reach(out, spec);
    arrays_write_fetch(out, spec);
    write_direct(out, spec);
}

/* Names that stand for what a job has: as macros, so that they may hide what C has by that name. */
static void write_names(FILE *out, const struct term_spec *spec, bool define)
{
    const struct column *column;
    if (any_mentions(spec, "run", 3))
        fputs(define ? "#undef run\n#define run parsum_job_run\n"
                       "extern const int64_t parsum_job_run;\n"
                     : "#undef run\n",
              out);
    for (size_t k = 0; (column = number_at(spec, k)); k++)
        if (any_mentions(spec, column->name, strlen(column->name))) {
            fprintf(out, "#undef %s\n", column->name);
            if (define)
                fprintf(out, "#define %s parsum_job_%zu\nextern const %s parsum_job_%zu;\n",
                        column->name, column->number, c_type(column), column->number);
        }
    for (size_t k = 0; k < spec->let_count; k++) {
        const struct named let = named_of(spec->lets[k]);
        if (!define)
            fprintf(out, "#undef %.*s\n", (int)let.length, let.name);
    }
    arrays_write_names(out, spec, define);
}

/* The type of an expression, which is not evaluated for it. */
static void write_type(FILE *out, const struct term_spec *spec, const char *marker, size_t k,
                       const char *text, const char *type)
{
    fprintf(out,
            "typedef __typeof__(((void)0,\n"
            "#line 1 \"%s%zu\"\n",
            marker, k);
    arrays_write_expression(out, spec, text);
    fprintf(out, "\n)) parsum_%s_%zu;\n", type, k);
}

void values_write_skips(FILE *out, const struct term_spec *spec)
{
    const size_t count = own_values(spec);
    if (!spec_counts_nan(spec))
        return;
    fputs("int parsum_skipped = 0;\n", out);
    for (size_t k = 0; k < count; k++)
        fprintf(out, "PARSUM_SKIP(%zu, parsum_to_%zu, parsum_skipped)\n", k, k);
    fprintf(out, "*parsum_to_%zu = parsum_skipped;\n", count);
}

/* Evaluates everything at one i. */
static void write_evaluate(FILE *out, const struct term_spec *spec)
{
    const struct column *column;
    fputs("PARSUM_INLINE void parsum_evaluate(const int64_t i, const struct parsum_job parsum_job",
          out);
    for (size_t k = 0; k < values_count(spec); k++)
        fprintf(out, ", parsum_kept_%zu *parsum_to_%zu", k, k);
    fputs(")\n{\n(void)i, (void)parsum_job;\n", out);
    if (any_mentions(spec, "run", 3))
        fputs("const int64_t parsum_job_run = parsum_job.parsum_run;\n", out);
    for (size_t k = 0; (column = number_at(spec, k)); k++)
        if (any_mentions(spec, column->name, strlen(column->name)))
            fprintf(out, "const %s parsum_job_%zu = parsum_job.parsum_column_%zu;\n",
                    c_type(column), column->number, column->number);
    arrays_write_locals(out, spec);
    for (size_t k = 0; k < spec->let_count; k++) {
        fprintf(out,
                "const parsum_let_type_%zu parsum_let_%zu __attribute__((__unused__)) =\n"
                "#line 1 \"" VALUES_LET "%zu\"\n",
                k, k, k);
        arrays_write_expression(out, spec, named_of(spec->lets[k]).text);
        fputs("\n;\n", out);
    }
    for (size_t k = 0; k < spec->value_count; k++) {
        fprintf(out,
                "*parsum_to_%zu = PARSUM_KEEP(%zu, (\n"
                "#line 1 \"" VALUES_VALUE "%zu\"\n",
                k, k, k);
        arrays_write_expression(out, spec, named_of(spec->values[k]).text);
        fputs("\n));\n", out);
    }
    values_write_skips(out, spec);
    fputs("}\n", out);
}

void values_write(FILE *out, const struct term_spec *spec)
{
    if (spec->value_count == 0)
        return;
    fputs("#pragma GCC diagnostic ignored \"-Wshadow\"\nextern const int64_t i;\n", out);
    write_names(out, spec, true);
    if (spec->products)
        fputs("#undef product\n#define product parsum_multiply\n", out);
    for (size_t k = 0; k < spec->let_count; k++) {
        const struct named let = named_of(spec->lets[k]);
        write_type(out, spec, VALUES_LET, k, let.text, "let_type");
        fprintf(out,
                "#undef %.*s\n#define %.*s parsum_let_%zu\nextern const parsum_let_type_%zu "
                "parsum_let_%zu;\n",
                (int)let.length, let.name, (int)let.length, let.name, k, k, k);
    }
    for (size_t k = 0; k < spec->value_count; k++)
        write_type(out, spec, VALUES_VALUE, k, named_of(spec->values[k]).text, "type");
    if (spec_counts_nan(spec))
        fprintf(out, "typedef int parsum_type_%zu;\n", spec->value_count);
    fputs("PARSUM_EACH(PARSUM_KEPT)\n", out);
    write_evaluate(out, spec);
    write_names(out, spec, false);
    if (spec->products)
        fputs("#undef product\n", out);
}
