#include "term/arrays.h"

#include "base/name.h"
#include "term/ctext.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static size_t count_of(const struct term_spec *spec)
{
    return spec->data ? spec->data->count : 0;
}

static bool is_table(const struct data_array *array)
{
    return array->shape.dimensions == 2;
}

/* So far from i an index may lie and still be proved. */
enum { REACH_MOST = 8 };

/* How many indexes there are up to `last`, from `first`; at most REACH_MOST, at least 0. */
static signed char span(int64_t first, int64_t last)
{
    return (signed char)(last < first ? 0 : last - first < REACH_MOST ? last - first : REACH_MOST);
}

void arrays_reach(struct term_spec *spec, struct term_range range)
{
    spec->guarded = !range.known || spec->save;
    for (size_t k = 0; k < count_of(spec); k++) {
        const int64_t n = spec->data->array[k].shape.n[0];
        if (spec->guarded)
            spec->reach[k] = (struct term_reach){0, 0};
        else if (range.low >= 0 && range.high <= n)
            spec->reach[k] = (struct term_reach){span(0, range.low), span(range.high, n)};
        else
            spec->reach[k] = (struct term_reach){-1, -1};
    }
}

static const char *const suffixes[] = {"", "_n", "_rows", "_cols"};
enum { SUFFIXES = sizeof suffixes / sizeof *suffixes };

/* Is it NAME, NAME_n, NAME_rows or NAME_cols of the array? */
static bool has(const struct data_array *array, const char *name, size_t length)
{
    const size_t own = strlen(array->name);
    bool found = false;
    for (size_t k = 0; k < (is_table(array) ? SUFFIXES : 2) && length >= own; k++)
        found |=
            memcmp(name, array->name, own) == 0 && name_is(name + own, length - own, suffixes[k]);
    return found;
}

bool arrays_have(const struct term_spec *spec, const char *name, size_t length)
{
    bool found = false;
    for (size_t k = 0; k < count_of(spec); k++)
        found |= has(&spec->data->array[k], name, length);
    return found;
}

enum status arrays_check(const struct term_spec *spec)
{
    for (size_t k = 0; k < count_of(spec); k++) {
        const char *const name = spec->data->array[k].name;
        if (strcmp(name, "run") == 0)
            return error_set(STATUS_USAGE, "--data: %s is a name of parsum's; choose another name",
                             name);
        for (size_t j = 0; j < count_of(spec); j++)
            if (j != k && has(&spec->data->array[j], name, strlen(name)))
                return error_set(STATUS_USAGE,
                                 "--data: %s is a size of the array %s; choose another name", name,
                                 spec->data->array[j].name);
    }
    for (size_t k = 0; spec->columns && k < spec->columns->count; k++) {
        const char *const name = spec->columns->column[k].name;
        if (arrays_have(spec, name, strlen(name)))
            return error_set(STATUS_USAGE,
                             "--data: %s is a column of the jobs; choose another name", name);
    }
    return STATUS_OK;
}

void arrays_write_members(FILE *out, const struct term_spec *spec)
{
    for (size_t k = 0; k < count_of(spec); k++)
        fprintf(out, " const void *parsum_at_%zu; __INT64_TYPE__ parsum_n_%zu;", k, k);
}

void arrays_write_setting(FILE *out, const struct term_spec *spec)
{
    for (size_t k = 0; k < count_of(spec); k++)
        fprintf(out, ", parsum_arrays[%zu].at, parsum_arrays[%zu].n", k, k);
}

void arrays_write_reach(FILE *out, const struct term_spec *spec)
{
    fprintf(out, "#define PARSUM_REACH(parsum_x, parsum_y) /*%s*/",
            spec->guarded ? " guarded " : "");
    for (size_t k = 0; k < count_of(spec); k++)
        for (int by = -spec->reach[k].before; by <= spec->reach[k].after; by++)
            if (spec->reach[k].before >= 0)
                fprintf(out, " PARSUM_REACHES((parsum_x) %c %d, (parsum_y).parsum_n_%zu)",
                        by < 0 ? '-' : '+', by < 0 ? -by : by, k);
    fputc('\n', out);
}

/* Does the text read the array in order: NAME[i], NAME[i+1] and their like? */
static bool reads_in_order(const char *text, const char *name)
{
    const size_t length = strlen(name);
    while (*text) {
        const char *const next = ctext_skip(text);
        const size_t word = ctext_word(text);
        const char *index = text + word + strspn(text + word, " \t\n");
        if (next == text && word == length && memcmp(text, name, length) == 0 && *index == '[') {
            index += 1 + strspn(index + 1, " \t\n");
            const char *const behind = index + ctext_word(index);
            if (name_is(index, ctext_word(index), "i") &&
                strchr("]+-", behind[strspn(behind, " \t\n")]))
                return true;
        }
        text = next > text ? next : text + (word ? word : 1);
    }
    return false;
}

void arrays_write_fetch(FILE *out, const struct term_spec *spec)
{
    size_t fetches = 0;
    fputs("#define PARSUM_FETCH(parsum_i, parsum_n, parsum_job) (void)0", out);
    for (size_t k = 0; k < count_of(spec); k++) {
        const struct data_array *const array = &spec->data->array[k];
        bool any = false;
        for (size_t e = 0; e < spec->let_count + spec->value_count; e++)
            any |= reads_in_order(e < spec->let_count ? spec->lets[e]
                                                      : spec->values[e - spec->let_count],
                                  array->name);
        if (any && !is_table(array))
            fprintf(out, ", parsum_fetch((parsum_job).parsum_at_%zu, parsum_i, parsum_n, %zu)", k,
                    element_size(array->shape.element));
        fetches += any && !is_table(array);
    }
    fprintf(out, "\n#define PARSUM_FETCHES %d\n", fetches > 0);
}

static void write_table(FILE *out, const struct term_spec *spec)
{
    fputs("#if PARSUM_LOOK || PARSUM_PROOF\nextern struct term_array parsum_arrays[];\n"
          "#else\nstatic struct term_array parsum_arrays[] __attribute__((unused)) = {",
          out);
    for (size_t k = 0; k < count_of(spec); k++) {
        const struct data_array *const array = &spec->data->array[k];
        fprintf(out, "{\"%s\", \"%s\", %" PRId64 ", 0, 0}, ", array->name,
                element_name(array->shape.element), is_table(array) ? array->shape.n[1] : 0);
    }
    fputs("{0, 0, 0, 0, 0}};\n#endif\n", out);
}

void arrays_write(FILE *out, const struct term_spec *spec)
{
    for (size_t k = 0; k < count_of(spec); k++) {
        const struct shape *const shape = &spec->data->array[k].shape;
        const char *const type = element_type(shape->element);
        if (shape->dimensions == 2)
            fprintf(out, "PARSUM_TABLE(%zu, %s, %" PRId64 ")\n", k, type, shape->n[1]);
        else
            fprintf(out, "PARSUM_ARRAY(%zu, %s)\n", k, type);
    }
    write_table(out, spec);
}

/* Does a text have the word, with a bracket behind it if `bracket`? */
static bool mentions(const char *text, const char *name, const char *suffix, bool bracket)
{
    const size_t own = strlen(name), length = own + strlen(suffix);
    while (*text) {
        const char *const next = ctext_skip(text);
        const size_t word = ctext_word(text);
        if (next == text && word == length && memcmp(text, name, own) == 0 &&
            memcmp(text + own, suffix, length - own) == 0 &&
            (!bracket || text[word + strspn(text + word, " \t\n")] == '['))
            return true;
        text = next > text ? next : text + (word ? word : 1);
    }
    return false;
}

static void define(FILE *out, const char *name, const char *suffix, bool define)
{
    fprintf(out, "#undef %s%s\n", name, suffix);
    if (define)
        fprintf(out, "#define %s%s ", name, suffix);
}

/* The sizes of an array, as C has them in `n`. */
static void write_sizes(FILE *out, const struct data_array *array, const char *text, const char *n,
                        bool defined)
{
    for (size_t s = 1; s < (is_table(array) ? SUFFIXES : 2); s++) {
        if (text && !mentions(text, array->name, suffixes[s], false))
            continue;
        define(out, array->name, suffixes[s], defined);
        if (defined && s == SUFFIXES - 1)
            fprintf(out, "((int64_t)%" PRId64 ")\n", array->shape.n[1]);
        else if (defined)
            fprintf(out, "%s\n", n);
    }
}

void arrays_write_for_file(FILE *out, const struct term_spec *spec, const char *text, bool defined)
{
    for (size_t k = 0; k < count_of(spec) && text; k++) {
        const struct data_array *const array = &spec->data->array[k];
        char n[64], row[64] = "";
        snprintf(n, sizeof n, "((int64_t)parsum_arrays[%zu].n)", k);
        if (is_table(array))
            snprintf(row, sizeof row, "[%" PRId64 "]", array->shape.n[1]);
        if (mentions(text, array->name, "", true)) {
            define(out, array->name, "", defined);
            if (defined)
                fprintf(
                    out,
                    "(*(parsum_element_%zu (*)[parsum_arrays[%zu].n]%s)parsum_arrays[%zu].at)\n", k,
                    k, row, k);
        }
        write_sizes(out, array, text, n, defined);
    }
}

void arrays_write_names(FILE *out, const struct term_spec *spec, bool defined)
{
    for (size_t k = 0; k < count_of(spec); k++) {
        const struct data_array *const array = &spec->data->array[k];
        char n[64];
        snprintf(n, sizeof n, "parsum_array_%zu_n", k);
        define(out, array->name, "", defined);
        if (defined)
            fprintf(out,
                    "parsum_array_%zu\nextern parsum_element_%zu *const parsum_array_%zu;\n"
                    "extern const int64_t %s;\n",
                    k, k, k, n);
        write_sizes(out, array, NULL, n, defined);
    }
}

void arrays_write_locals(FILE *out, const struct term_spec *spec)
{
    for (size_t k = 0; k < count_of(spec); k++)
        fprintf(out,
                "parsum_element_%zu *const parsum_array_%zu = parsum_job.parsum_at_%zu;\n"
                "const int64_t parsum_array_%zu_n = parsum_job.parsum_n_%zu;\n"
                "(void)parsum_array_%zu, (void)parsum_array_%zu_n;\n",
                k, k, k, k, k, k, k);
}

/* Where a rewritten expression goes, and what was at one place of it before. */
struct sink {
    FILE *out;        /* NULL: nowhere */
    long row, column; /* of the next character, from 1 */
    long wanted_row, wanted_column;
    long found; /* the column of the expression that became the wanted one */
};

/* Puts a character that comes of `source`, in the expression that begins at `text`. */
static void put(struct sink *sink, char c, const char *text, const char *source)
{
    const char *line = source;
    if (sink->row == sink->wanted_row && sink->column == sink->wanted_column) {
        while (line > text && line[-1] != '\n')
            line--;
        sink->found = source - line + 1;
    }
    sink->row += c == '\n';
    sink->column = c == '\n' ? 1 : sink->column + 1;
    if (sink->out)
        fputc(c, sink->out);
}

static void put_text(struct sink *sink, const char *what, const char *text, const char *source)
{
    for (; *what; what++)
        put(sink, *what, text, source);
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && isspace((unsigned char)*at))
        at++;
    return at;
}

/* The bracket that closes the one at `at`; NULL: there is none. */
static const char *find_close(const char *at, const char *end)
{
    int open = 0;
    while (at < end) {
        const char *const next = ctext_skip(at);
        open += next == at ? (*at == '[') - (*at == ']') : 0;
        if (next == at && *at == ']' && open == 0)
            return at;
        at = next > at ? next : at + 1;
    }
    return NULL;
}

/* Is what stands before `at` a dot or an arrow, so that it names a member? */
static bool is_member(const char *text, const char *at)
{
    while (at > text && isspace((unsigned char)at[-1]))
        at--;
    return at > text && (at[-1] == '.' || (at[-1] == '>' && at - text > 1 && at[-2] == '-'));
}

static void rewrite(struct sink *sink, const struct term_spec *spec, const char *text,
                    const char *from, const char *end);

/* Puts a call in place of NAME[E] at `at`, or NAME[E][F]. Where that ends; `at` if it is not one.
 */
static const char *rewrite_index(struct sink *sink, const struct term_spec *spec, const char *text,
                                 const char *at, size_t length, const char *end)
{
    const size_t k = spec->data ? data_find(spec->data, at, length) : 0;
    const char *const open = skip_blanks(at + length, end);
    if (k == count_of(spec) || is_member(text, at) || open == end || *open != '[')
        return at;
    const char *const close = find_close(open, end);
    if (!close)
        return at;
    const char *second = is_table(&spec->data->array[k]) ? skip_blanks(close + 1, end) : end;
    const char *const last = second < end && *second == '[' ? find_close(second, end) : NULL;
    char call[32];
    snprintf(call, sizeof call, "PARSUM_%s(%zu, (",
             last                              ? "CELL"
             : is_table(&spec->data->array[k]) ? "ROW"
                                               : "AT",
             k);
    put_text(sink, call, text, at);
    rewrite(sink, spec, text, open + 1, close);
    if (last) {
        put_text(sink, "), (", text, second);
        rewrite(sink, spec, text, second + 1, last);
    }
    put_text(sink, "))", text, last ? last : close);
    return (last ? last : close) + 1;
}

static void rewrite(struct sink *sink, const struct term_spec *spec, const char *text,
                    const char *from, const char *end)
{
    for (const char *at = from; at < end;) {
        const char *next = ctext_skip(at);
        const size_t length = next == at ? ctext_word(at) : 0;
        if (length > 0) {
            const char *const after = rewrite_index(sink, spec, text, at, length, end);
            if (after > at) {
                at = after;
                continue;
            }
            next = at + length;
        }
        if (next == at)
            next++;
        for (; at < next && at < end; at++)
            put(sink, *at, text, at);
    }
}

void arrays_write_expression(FILE *out, const struct term_spec *spec, const char *text)
{
    struct sink sink = {.out = out, .row = 1, .column = 1};
    rewrite(&sink, spec, text, text, text + strlen(text));
}

long arrays_column(const struct term_spec *spec, const char *text, long row, long column)
{
    struct sink sink = {.row = 1, .column = 1, .wanted_row = row, .wanted_column = column};
    rewrite(&sink, spec, text, text, text + strlen(text));
    return sink.found ? sink.found : column;
}
