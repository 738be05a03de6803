#include "term_build.h"

#include "compiler.h"
#include "term_message.h"
#include "term_source.h"
#include "term_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Integers i that a run of unknown ranges is likely to stay within. */
#define LIKELY (INT64_C(1) << 31)

/*
 * What the user's own options may change stands before them, and what sums depend on after them.
 * Products and sums are not contracted, so that a term has the same value on every machine; errno
 * is not set, so that square roots are vectors; reading from a null pointer crashes.
 */
#define COMMON                                                                                     \
    "-O3", "-fno-math-errno", "-ffp-contract=off", "-fno-delete-null-pointer-checks", "-fPIC",     \
        "-Werror=implicit-function-declaration", "-Werror=implicit-int", "-Werror=int-conversion", \
        "-fdiagnostics-color=never"
#if defined __x86_64__
#define COMPILE COMMON, "-march=native", "-mprefer-vector-width=512"
#elif defined __aarch64__
#define COMPILE COMMON, "-mcpu=native"
#else
#define COMPILE COMMON
#endif
#define ALWAYS "-fvisibility=hidden", "-fno-lto", "-g0", "-Woverflow", "-Wreturn-type"

/*
 * What the compiler is to look for. Wrapping around excuses overflows, and nothing else. The checks
 * have to call their handlers, and to go on after that, even if the user's own options say
 * otherwise: where they trap instead, no call would be left, and that would pass for a proof.
 */
#define SANITIZE(checks)                                                                           \
    "-fsanitize=" checks, "-fsanitize-recover=" checks, "-fno-sanitize-undefined-trap-on-error"
#define CHECKS                                                                                     \
    SANITIZE("signed-integer-overflow,shift,integer-divide-by-zero,float-cast-overflow"),          \
        "-fno-wrapv"
#define CHECKS_WRAPPING                                                                            \
    SANITIZE("shift-exponent,integer-divide-by-zero,float-cast-overflow"), "-fwrapv"

/*
 * GCC adds C and D up in (i+C)+D, unchecked if that overflows, before it inserts any checks. These
 * simplifications have a counter, for hunting GCC's bugs, that turns them off. Those of conditions
 * have none, (i==2)+INT64_MAX is i==2 ? INT64_MIN : INT64_MAX to it; but it writes down what it
 * made of the term, with a mark at what has overflowed. Other compilers know neither option.
 */
#define UNSIMPLIFIED "-fdbg-cnt=match:0"
#define WRITE_DOWN "-fdump-tree-original="
#define WRITTEN_DOWN ".txt" /* at the end of the object's name */
/* Nobody else calls the term: no copy of it, with checks of any i, needs to be kept. */
#define ALONE "-fwhole-program"

enum way { PROOF, CHECKED, FAST }; /* as term_before.h counts them */

struct build {
    const struct term_spec *spec;
    char *path; /* the absolute path of the term's file; NULL for an expression */
    struct compiler compiler;
    bool simplifies; /* the compiler has no such options as UNSIMPLIFIED */
};

/* How large a term can be, as proved: in [-2^bits, 2^bits); 64: nothing is known. */
enum bits { BITS_NONE = 64, BITS_60 = 60, BITS_32 = 32 };

/* A call of the compiler, and what its options lie in. */
struct step {
    struct compiler_call call;
    char texts[4][64], paths[3][PATH_MAX], write_down[PATH_MAX + 64];
    const char *options[24];
    const char **end; /* of those that every compiler knows; what follows may be left out */
};

/* A library to be made, and what was found out about the term for it. */
struct part {
    struct term_range range;
    bool safe; /* no check can fail */
    enum bits bits;
    const char *proof, *object, *library; /* names of its files */
};

/* Looks at what the compiler has written: errors, and warnings that are errors to us. */
static enum status look(struct build *build, const struct compiler_call *call)
{
    char *messages;
    size_t length;
    enum status status = compiler_read(&build->compiler, call->messages, &messages, &length);
    if (status)
        return status;
    if (call->compiled)
        status = term_message_check(build->spec, messages);
    else if (strstr(messages, "No space left") ||
             (compiler_is_full(&build->compiler) &&
              (!strstr(messages, "error:") || strstr(messages, "linker command failed"))))
        status = diag_error(STATUS_FAILED,
                            "there is no room to compile the term in %s; set TMPDIR to a directory "
                            "with room",
                            build->compiler.directory);
    else if (call->killed || strstr(messages, "signal terminated program") ||
             strstr(messages, "unable to execute command"))
        status = diag_error(STATUS_FAILED,
                            "the compiler was ended by a signal as it compiled the term; is there "
                            "memory enough? a term that --save-term has saved needs no compiler");
    else
        status = term_message_error(build->spec, build->compiler.directory,
                                    build->path ? build->path : "", messages);
    free(messages);
    return status;
}

/* Some compilers don't know the last options of a step. Leaves them out of all steps; true if one
   has failed with them, so that the steps are to be done again. */
static bool leave_out_options(struct build *build, struct step *steps,
                              const struct compiler_call *calls, size_t count)
{
    bool fails = false;
    for (size_t k = 0; k < count; k++)
        if (*steps[k].end) {
            fails |= !calls[k].compiled;
            *steps[k].end = NULL;
        }
    build->simplifies |= fails;
    return fails;
}

/* Does all of the steps, at most two, at the same time; each must succeed. */
static enum status run(struct build *build, struct step *steps, size_t count)
{
    static const char *const messages[] = {"messages", "messages-2"};
    struct compiler_call calls[2];
    for (size_t k = 0; k < count; k++) {
        calls[k] = steps[k].call;
        calls[k].messages = messages[k];
    }
    enum status status = compiler_run(&build->compiler, calls, count);
    if (!status && leave_out_options(build, steps, calls, count))
        return run(build, steps, count);
    for (size_t k = 0; k < count && !status; k++)
        status = look(build, &calls[k]);
    return status;
}

static void start_step(struct step *step, const char *const *before)
{
    step->call = (struct compiler_call){.before = before, .after = step->options};
    step->options[0] = NULL;
    step->end = step->options;
}

/* The options of a step, and each list, end with NULL. */
static void add_options(struct step *step, const char *const *list)
{
    for (; *list; list++)
        *step->end++ = *list;
    *step->end = NULL;
}

/* A step that compiles the term in one of the ways for a part of the run. */
static void set_compile(const struct build *build, enum way way, const struct part *part,
                        struct step *step)
{
    static const char *const before[] = {COMPILE, NULL};
    static const char *const checks[] = {CHECKS, NULL};
    static const char *const checks_wrapping[] = {CHECKS_WRAPPING, NULL};
    /* No -fwrapv where nothing overflows: what the compiler simplifies away before it is checked,
       as in i*2/2, must have the value here that it has there, that of integers without bounds. */
    static const char *const unchecked[] = {"-fno-wrapv", NULL};
    static const char *const wrapping[] = {"-fwrapv", NULL};
    const bool wrap = build->spec->wrap;
    snprintf(step->texts[0], sizeof step->texts[0], "-DPARSUM_WAY=%d", way);
    /* as unsigned, since the smallest integer has no literal */
    snprintf(step->texts[1], sizeof step->texts[1], "-DPARSUM_LOW=((int64_t)%" PRIu64 "u)",
             (uint64_t)part->range.low);
    snprintf(step->texts[2], sizeof step->texts[2], "-DPARSUM_HIGH=((int64_t)%" PRIu64 "u)",
             (uint64_t)part->range.high);
    snprintf(step->texts[3], sizeof step->texts[3], "-DPARSUM_BITS=%d", part->bits);
    compiler_path(&build->compiler, "term.c", step->paths[0]);
    compiler_path(&build->compiler, way == PROOF ? part->proof : part->object, step->paths[1]);
    snprintf(step->write_down, sizeof step->write_down, WRITE_DOWN "%s" WRITTEN_DOWN,
             step->paths[1]);
    const char *const always[] = {
        step->texts[0],
        step->texts[1],
        step->texts[2],
        step->texts[3],
        wrap ? "-DPARSUM_WRAPS=1" : "-DPARSUM_WRAPS=0",
        ALWAYS,
        "-c",
        step->paths[0],
        "-o",
        step->paths[1],
        NULL,
    };
    start_step(step, before);
    add_options(step, always);
    if (way == FAST)
        add_options(step, wrap ? wrapping : unchecked);
    else
        add_options(step, wrap ? checks_wrapping : checks);
    if (way != FAST && !build->simplifies) {
        step->end[0] = UNSIMPLIFIED;
        step->end[1] = way == PROOF ? step->write_down : NULL;
        step->end[2] = way == PROOF ? ALONE : NULL;
        step->end[3] = NULL;
    }
}

/* A step that makes the shared library of a part, with what notes that a check has failed. */
static void set_link(const struct build *build, const struct part *part, struct step *step)
{
    static const char *const before[] = {"-O2", "-fPIC", NULL};
    compiler_path(&build->compiler, part->object, step->paths[0]);
    compiler_path(&build->compiler, part->library, step->paths[1]);
    compiler_path(&build->compiler, "term_checks.c", step->paths[2]);
    const char *const after[] = {
        ALWAYS,         "-shared",      "-Wl,-z,defs", "-o",
        step->paths[1], step->paths[0], "-lm",         part->safe ? NULL : step->paths[2],
        NULL,
    };
    start_step(step, before);
    add_options(step, after);
}

/* Is there such a text in a file of the compiler's? */
static enum status find(const struct build *build, const char *file, const char *text, bool *found)
{
    char *bytes;
    size_t length;
    const enum status status = compiler_read(&build->compiler, file, &bytes, &length);
    if (status)
        return status;
    *found = memmem(bytes, length, text, strlen(text)) != NULL;
    free(bytes);
    return STATUS_OK;
}

/* Looks at what the compiler has made of the constants, if it has told. */
static enum status check_constants(const struct build *build, const struct part *part)
{
    char file[32], *text;
    size_t length;
    if (build->simplifies || build->spec->wrap)
        return STATUS_OK;
    snprintf(file, sizeof file, "%s" WRITTEN_DOWN, part->proof);
    enum status status = compiler_read(&build->compiler, file, &text, &length);
    if (status)
        return status;
    status = term_message_folded(build->spec, text);
    free(text);
    return status;
}

/* Compiles with checks, and looks in the object files for what is left of them. */
static enum status prove(struct build *build, struct part *parts, size_t count)
{
    struct step steps[2];
    for (size_t k = 0; k < count; k++)
        set_compile(build, PROOF, &parts[k], &steps[k]);
    enum status status = run(build, steps, count);
    if (!status)
        status = check_constants(build, &parts[0]);
    for (size_t k = 0; k < count; k++) {
        bool fails = false, beyond_60 = false, beyond_32 = false;
        if (!status)
            status = find(build, parts[k].proof, "__ubsan_handle_", &fails);
        if (!status)
            status = find(build, parts[k].proof, "parsum_beyond_60", &beyond_60);
        if (!status)
            status = find(build, parts[k].proof, "parsum_beyond_32", &beyond_32);
        parts[k].safe = !fails;
        parts[k].bits = fails || beyond_60 ? BITS_NONE : beyond_32 ? BITS_60 : BITS_32;
    }
    return status;
}

/*
 * Builds "whole.so" for all integers of the run and, where that has to have checks, "fast.so" for
 * those that are proved to need none; see struct term_compiled. A run whose range is known has one
 * part, unless the term is to be saved for other runs.
 */
static enum status build_libraries(struct build *build, struct term_range range, bool *has_fast)
{
    static const struct term_range all = {.low = INT64_MIN, .high = INT64_MAX};
    static const struct term_range likely = {.low = -LIKELY, .high = LIKELY};
    const bool one = range.known && !build->spec->save;
    struct part parts[] = {
        {one ? range : all, false, BITS_NONE, "proof.o", "whole.o", "whole.so"},
        {range.known ? range : likely, false, BITS_NONE, "proof-2.o", "fast.o", "fast.so"},
    };
    struct step steps[2];
    enum status status = prove(build, parts, one ? 1 : 2);
    if (status)
        return status;
    *has_fast = !one && !parts[0].safe && parts[1].safe;
    const size_t count = *has_fast ? 2 : 1;
    for (size_t k = 0; k < count; k++)
        set_compile(build, parts[k].safe ? FAST : CHECKED, &parts[k], &steps[k]);
    status = run(build, steps, count);
    if (status)
        return status;
    for (size_t k = 0; k < count; k++)
        set_link(build, &parts[k], &steps[k]);
    return run(build, steps, count);
}

static enum status write_files(const struct build *build)
{
    char *text;
    size_t length;
    enum status status = term_source_make(build->spec, build->path, &text, &length);
    if (status)
        return status;
    status = compiler_write(&build->compiler, "term.c", text, length);
    free(text);
    for (const struct term_text *file = term_texts; file->name && !status; file++)
        status = compiler_write(&build->compiler, file->name, file->text, file->length);
    return status;
}

/*
 * The directory is removed before anything of the term runs, if it can be: loading a library runs
 * its constructors, and a term is free to have some that crash.
 */
static enum status load(struct build *build, bool has_fast, struct term_library *whole,
                        struct term_library *fast)
{
    static const char name[] = "the compiled term";
    char whole_path[PATH_MAX], fast_path[PATH_MAX];
    compiler_path(&build->compiler, "whole.so", whole_path);
    compiler_path(&build->compiler, "fast.so", fast_path);
    enum status status = term_library_find(whole, whole_path, name);
    if (!status && has_fast)
        status = term_library_find(fast, fast_path, name);
    if (term_library_needs_no_name())
        compiler_close(&build->compiler);
    if (!status)
        status = term_library_load(whole, whole_path, name);
    if (!status && has_fast)
        status = term_library_load(fast, fast_path, name);
    return status;
}

/* The absolute path of the term's file, as the compiler will be told it. */
static enum status find_file(struct build *build)
{
    build->path = realpath(build->spec->file, NULL);
    if (!build->path)
        return diag_error(STATUS_USAGE, "--term-file: %s: %s", build->spec->file, strerror(errno));
    struct stat status;
    const bool ordinary = stat(build->path, &status) == 0 && S_ISREG(status.st_mode);
    if (ordinary && !strpbrk(build->path, "\"\n"))
        return STATUS_OK;
    free(build->path);
    return diag_error(STATUS_USAGE, "--term-file: %s: %s", build->spec->file,
                      ordinary ? "a quote in its path is too much for C; rename it"
                               : "is no ordinary file; give a C file");
}

enum status term_build(const struct term_spec *spec, struct term_range range,
                       struct term_library *whole, struct term_library *fast)
{
    struct build build = {.spec = spec};
    *whole = *fast = (struct term_library){0};
    enum status status = spec->file ? find_file(&build) : STATUS_OK;
    if (status)
        return status;
    status = compiler_open(&build.compiler);
    if (status)
        goto no_compiler;
    bool has_fast = false;
    status = write_files(&build);
    if (!status)
        status = build_libraries(&build, range, &has_fast);
    if (!status)
        status = load(&build, has_fast, whole, fast);
    if (status) {
        term_library_close(whole);
        term_library_close(fast);
    }
    compiler_close(&build.compiler);
no_compiler:
    free(build.path);
    return status;
}
