#include "term/build.h"

#include "term/arrays.h"
#include "term/cache.h"
#include "term/compiler.h"
#include "term/ctext.h"
#include "term/message.h"
#include "term/offer.h"
#include "term/recipe.h"
#include "term/source.h"
#include "term/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Integers i that a run of unknown ranges is likely to stay within. */
#define LIKELY (INT64_C(1) << 31)

/* The most calls at the same time: a look at the term, and proofs for two parts. */
enum { CALLS = 3 };

struct build {
    const struct term_spec *spec;
    char *path; /* the absolute path of the term's file; NULL for an expression */
    struct compiler compiler;
    enum dialect dialect;
    bool refused[DIALECTS]; /* which of them the compiler has been found not to have */
    struct cache cache;
    struct cache_use use; /* what the built library is good for */
    bool twice;           /* it is good for all runs of the exact range, too */
    char *messages;       /* what the compiler says of the term */
    char *files;          /* and which files it includes, as Make has it; NULL: it did not say */
};

static struct recipe recipe(const struct build *build)
{
    return (struct recipe){&build->compiler, build->dialect, build->spec->wrap};
}

/* Why a call has failed. */
static enum status tell_failure(struct build *build, const struct compiler_call *call,
                                char *messages)
{
    if (strstr(messages, "No space left") ||
        (compiler_is_full(&build->compiler) &&
         (!strstr(messages, "error:") || strstr(messages, "linker command failed"))))
        return error_set(STATUS_FAILED,
                         "there is no room to compile the term in %s; set TMPDIR to a directory "
                         "with room",
                         build->compiler.scratch.path);
    if (call->killed || strstr(messages, "signal terminated program") ||
        strstr(messages, "unable to execute command"))
        return error_set(STATUS_FAILED,
                         "the compiler was ended by a signal as it compiled the term; is there "
                         "memory enough? a term that --save-term has saved needs no compiler");
    return term_message_error(build->spec, build->compiler.scratch.path,
                              build->path ? build->path : "", messages);
}

/* What a call has written; the caller frees *messages. */
static enum status read_messages(const struct build *build, const struct step *step,
                                 char **messages)
{
    size_t length;
    return compiler_read(&build->compiler, step->call.messages, messages, &length);
}

/* Each of the calls must have succeeded. */
static enum status look(struct build *build, const struct step *steps, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        char *messages;
        if (steps[k].call.compiled)
            continue;
        enum status status = read_messages(build, &steps[k], &messages);
        if (status)
            return status;
        status = tell_failure(build, &steps[k].call, messages);
        free(messages);
        return status;
    }
    return STATUS_OK;
}

/* Makes all of the calls at the same time. */
static enum status call(struct build *build, struct step *steps, size_t count)
{
    static const char *const messages[CALLS] = {"messages", "messages-2", "messages-3"};
    struct compiler_call *calls[CALLS];
    for (size_t k = 0; k < count && k < CALLS; k++) {
        calls[k] = &steps[k].call;
        calls[k]->messages = messages[k];
    }
    return compiler_run(&build->compiler, calls, count);
}

/* The same; each must succeed. */
static enum status run(struct build *build, struct step *steps, size_t count)
{
    const enum status status = call(build, steps, count);
    return status ? status : look(build, steps, count);
}

/* A call has succeeded, and there is no such file. */
static enum status tell_nothing_made(const struct build *build)
{
    return error_set(STATUS_FAILED,
                     "the compiler '%s' says that all is well, but has made nothing; name GCC or "
                     "Clang in PARSUM_CC",
                     build->compiler.words[0]);
}

/* Looks in the object file of a proof for what is left of the checks. */
static enum status read_proof(const struct build *build, struct part *part)
{
    char *bytes, path[PATH_MAX];
    size_t length;
    compiler_path(&build->compiler, part->proof, path);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return tell_nothing_made(build);
    const enum status status = compiler_read(&build->compiler, part->proof, &bytes, &length);
    if (status)
        return status;
#define IS_LEFT(name) (memmem(bytes, length, name, strlen(name)) != NULL)
    part->safe = !IS_LEFT("__ubsan_handle_");
    part->bits = !part->safe || IS_LEFT("parsum_beyond_60") ? BITS_NONE
                 : IS_LEFT("parsum_beyond_32")              ? BITS_60
                                                            : BITS_32;
#undef IS_LEFT
    free(bytes);
    return STATUS_OK;
}

/* Has a call failed since the compiler has another dialect? Then one that may be it is taken. */
static enum status change_dialect(struct build *build, const struct step *steps, size_t count,
                                  bool *changed)
{
    *changed = false;
    for (size_t k = 0; k < count && !*changed; k++) {
        char *messages;
        if (steps[k].call.compiled)
            continue;
        const enum status status = read_messages(build, &steps[k], &messages);
        if (status)
            return status;
        *changed = recipe_is_unknown(build->dialect, messages);
        free(messages);
    }
    if (*changed) {
        build->refused[build->dialect] = true;
        for (build->dialect = GCC; build->refused[build->dialect];)
            build->dialect++;
    }
    return STATUS_OK;
}

static void note(const struct build *build)
{
    char *const messages = strdup(build->messages);
    if (messages)
        term_message_note(build->spec, build->path ? build->path : "", messages);
    free(messages);
}

/* Makes of the look at the term an error, or notes. */
static enum status judge(struct build *build, struct step *step)
{
    size_t length;
    const enum status status = read_messages(build, step, &build->messages);
    if (status)
        return status;
    if (term_message_refuse(build->messages, build->spec->wrap) || !step->call.compiled)
        return tell_failure(build, &step->call, build->messages);
    note(build);
    if (build->cache.directory >= 0 &&
        compiler_read(&build->compiler, RECIPE_FILES, &build->files, &length)) {
        build->files = NULL;
        error_clear();
    }
    return STATUS_OK;
}

/*
 * Compiles the term to look at it, and with checks, and looks in the object files for what is left
 * of them.
 */
static enum status prove(struct build *build, struct part *parts, size_t count)
{
    struct step steps[CALLS];
    enum status status;
    bool changed = false;
    do {
        recipe_compile(&steps[0], LOOK, recipe(build), &parts[0]);
        for (size_t k = 0; k < count; k++)
            recipe_compile(&steps[1 + k], PROOF, recipe(build), &parts[k]);
        status = call(build, steps, 1 + count);
        if (!status)
            status = change_dialect(build, steps, 1 + count, &changed);
    } while (!status && changed);
    if (!status)
        status = judge(build, &steps[0]);
    if (!status)
        status = look(build, steps + 1, count);
    for (size_t k = 0; k < count && !status; k++)
        status = read_proof(build, &parts[k]);
    return status;
}

/* Compiles and links the parts, each in the way that it was proved to allow. */
static enum status make_libraries(struct build *build, const struct part *parts, size_t count)
{
    struct step steps[CALLS];
    for (size_t k = 0; k < count; k++)
        recipe_compile(&steps[k], parts[k].safe ? FAST : CHECKED, recipe(build), &parts[k]);
    const enum status status = run(build, steps, count);
    if (status)
        return status;
    for (size_t k = 0; k < count; k++)
        recipe_link(&steps[k], recipe(build), &parts[k]);
    return run(build, steps, count);
}

/*
 * Builds "whole.so" for a run of a known range: for the rounded range, if nothing more is proved of
 * the exact one.
 */
static enum status build_known(struct build *build)
{
    const struct term_range wide = build->cache.wide, exact = build->cache.range;
    struct part parts[] = {
        {wide.low, wide.high, true, false, BITS_NONE, "proof.o", "whole.o", "whole.so"},
        {exact.low, exact.high, true, false, BITS_NONE, "proof-2.o", "whole.o", "whole.so"},
    };
    const bool rounded = wide.low != exact.low || wide.high != exact.high;
    const enum status status = prove(build, parts, rounded ? 2 : 1);
    if (status)
        return status;
    const bool better = rounded && (parts[1].safe > parts[0].safe || parts[1].bits < parts[0].bits);
    build->use = (struct cache_use){better ? exact : wide, better || parts[0].safe};
    build->twice = rounded && !build->use.any;
    return make_libraries(build, &parts[better], 1);
}

/*
 * Builds "whole.so" for all integers and, where that has to have checks, "fast.so" for those of
 * `range` or for small ones, if they are proved to need none; see struct term_compiled.
 */
static enum status build_any(struct build *build, struct term_range range, bool *has_fast)
{
    struct part parts[] = {
        {INT64_MIN, INT64_MAX, false, false, BITS_NONE, "proof.o", "whole.o", "whole.so"},
        {-LIKELY, LIKELY, true, false, BITS_NONE, "proof-2.o", "fast.o", "fast.so"},
    };
    if (range.known) {
        parts[1].low = range.low;
        parts[1].high = range.high;
    }
    const enum status status = prove(build, parts, 2);
    if (status)
        return status;
    *has_fast = !parts[0].safe && parts[1].safe;
    build->use = (struct cache_use){build->cache.range, true};
    return make_libraries(build, parts, *has_fast ? 2 : 1);
}

static enum status write_files(const struct build *build, const char *text, size_t length)
{
    enum status status = compiler_write(&build->compiler, "term.c", text, length);
    for (const struct term_text *file = term_texts; file->name && !status; file++)
        status = compiler_write(&build->compiler, file->name, file->text, file->length);
    return status;
}

static enum status write_offer(const struct build *build, offer_set names)
{
    char *const text = offer_header(names);
    if (!text)
        return error_set(STATUS_FAILED, "out of memory for the term");
    const enum status status = compiler_write(&build->compiler, OFFER_FILE, text, strlen(text));
    free(text);
    return status;
}

/*
 * May other texts than the expressions define or use names that parsum has functions for? The
 * user's file, what it includes, and what the user's own options bring along.
 */
static bool has_other_texts(const struct build *build, offer_set wanted)
{
    const bool options = build->compiler.count > build->compiler.command;
    char *const text = build->path ? ctext_read(build->path) : NULL;
    const bool more = text && (offer_mentioned(text) || ctext_includes(text, options));
    free(text);
    return more || (wanted && (build->path || options));
}

/* Which of them the term gets. Where the preprocessor fails, the compiler will tell why. */
static enum status expand(struct build *build, offer_set *names)
{
    const struct part part = {.object = "", .proof = "", .library = ""};
    struct step step = {0};
    char *text;
    size_t length;
    recipe_compile(&step, EXPAND, recipe(build), &part);
    enum status status = write_offer(build, 0);
    if (!status)
        status = call(build, &step, 1);
    if (status || !step.call.compiled)
        return status;
    status = compiler_read(&build->compiler, RECIPE_EXPANDED, &text, &length);
    if (status)
        return status;
    *names = offer_missing(text);
    free(text);
    return STATUS_OK;
}

/* Writes the header that gives the term the functions of parsum's that it uses. */
static enum status offer(struct build *build)
{
    offer_set names = offer_wanted(build->spec);
    enum status status = STATUS_OK;
    if (has_other_texts(build, names))
        status = expand(build, &names);
    return status ? status : write_offer(build, names);
}

/*
 * The directory is removed before anything of the term runs: loading a library runs its
 * constructors, and a term is free to have some that crash.
 */
static enum status load(struct build *build, bool has_fast, struct term_library *whole,
                        struct term_library *fast)
{
    static const char name[] = "the compiled term";
    char path[PATH_MAX];
    compiler_path(&build->compiler, "whole.so", path);
    bool found = term_library_find(whole, path);
    if (has_fast) {
        compiler_path(&build->compiler, "fast.so", path);
        found = found && term_library_find(fast, path);
    }
    if (!found && errno == ENOENT)
        return tell_nothing_made(build);
    if (!found)
        return error_set(STATUS_FAILED, "%s can't be loaded: %s", name, strerror(errno));
    compiler_leave(&build->compiler);
    const enum status status = term_library_load(whole, name);
    return status || !has_fast ? status : term_library_load(fast, name);
}

/* The absolute path of the term's file, as the compiler will be told it. */
static enum status find_file(struct build *build)
{
    build->path = realpath(build->spec->file, NULL);
    if (!build->path)
        return error_set(STATUS_USAGE, "--term-file: %s: %s", build->spec->file, strerror(errno));
    if (!strpbrk(build->path, "\"\n"))
        return STATUS_OK;
    return error_set(STATUS_USAGE,
                     "--term-file: %s: its path has a quote or a line break, which C can't have "
                     "there; rename it",
                     build->spec->file);
}

/* Compiles the term and loads it. */
static enum status compile(struct build *build, struct term_range range, const char *text,
                           size_t length, struct term_library *whole, struct term_library *fast)
{
    bool has_fast = false;
    enum status status = compiler_enter(&build->compiler);
    if (!status)
        status = write_files(build, text, length);
    if (!status)
        status = offer(build);
    if (!status)
        status = range.known && !build->spec->save ? build_known(build)
                                                   : build_any(build, range, &has_fast);
    if (!status)
        status = load(build, has_fast, whole, fast);
    if (status || !build->files)
        return status;
    const struct cache_use exact = {build->cache.range, true};
    cache_keep(&build->cache, build->use, whole, fast, build->files, build->messages);
    if (build->twice)
        cache_keep(&build->cache, exact, whole, fast, build->files, build->messages);
    return STATUS_OK;
}

/* Takes the term from the cache, or compiles it. */
static enum status get(struct build *build, struct term_range range, struct term_library *whole,
                       struct term_library *fast)
{
    char *text;
    size_t length;
    enum status status = term_source_make(build->spec, build->path, &text, &length);
    if (status)
        return status;
    build->dialect = recipe_guess(&build->compiler);
    const struct recipe recipes = recipe(build);
    cache_open(&build->cache, build->spec, &recipes, range, text, length);
    if (cache_find(&build->cache, whole, fast, &build->messages))
        note(build);
    else
        status = compile(build, range, text, length, whole, fast);
    cache_close(&build->cache);
    free(build->messages);
    free(build->files);
    free(text);
    return status;
}

enum status term_build(const struct term_spec *spec, struct term_range range,
                       struct control *control, struct term_library *whole,
                       struct term_library *fast)
{
    struct term_spec reaching = *spec;
    arrays_reach(&reaching, range);
    struct build build = {.spec = &reaching};
    *whole = *fast = (struct term_library){0};
    enum status status = spec->file ? find_file(&build) : STATUS_OK;
    if (!status)
        status = compiler_open(&build.compiler, control);
    if (!status) {
        status = get(&build, range, whole, fast);
        compiler_close(&build.compiler);
    }
    if (status) {
        term_library_close(whole);
        term_library_close(fast);
    }
    free(build.path);
    return status;
}
