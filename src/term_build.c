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

/* Integers i that a run of unknown ranges is likely to stay within. */
#define LIKELY (INT64_C(1) << 31)

/*
 * What the user's own options may change stands before them, and what sums depend on after them.
 * Products and sums are not contracted, so that a term has the same value on every machine; errno
 * is not set, so that square roots are vectors; reading from a null pointer crashes.
 */
#define COMMON                                                                                     \
    "-O3", "-fno-math-errno", "-ffp-contract=off", "-fno-delete-null-pointer-checks", "-fPIC",     \
        "-Werror=implicit-function-declaration", "-fdiagnostics-color=never"
#if defined __x86_64__
#define COMPILE COMMON, "-march=native", "-mprefer-vector-width=512"
#elif defined __aarch64__
#define COMPILE COMMON, "-mcpu=native"
#else
#define COMPILE COMMON
#endif
#define ALWAYS "-fvisibility=hidden", "-fno-lto", "-g0"

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

enum way { PROOF, CHECKED, FAST };

struct build {
    const struct term_spec *spec;
    char *path; /* the absolute path of the term's file; NULL for an expression */
    struct compiler compiler;
};

/* How large a term can be, as proved: in [-2^bits, 2^bits); 64: nothing is known. */
enum bits { BITS_NONE = 64, BITS_60 = 60, BITS_32 = 32 };

struct proof {
    bool safe; /* no check can fail */
    enum bits bits;
};

/* Runs the compiler, which must succeed. */
static enum status run(struct build *build, const char *const *before, const char *const *after)
{
    bool compiled;
    enum status status = compiler_run(&build->compiler, before, after, &compiled);
    if (status)
        return status;
    char *messages;
    size_t length;
    status = compiler_read(&build->compiler, COMPILER_MESSAGES, &messages, &length);
    if (status)
        return status;
    if (compiled)
        status = term_message_check(build->spec, messages);
    else if (strstr(messages, "No space left") ||
             (compiler_is_full(&build->compiler) &&
              (!strstr(messages, "error:") || strstr(messages, "linker command failed"))))
        status = diag_error(STATUS_FAILED,
                            "there is no room to compile the term in %s; set TMPDIR to a directory "
                            "with room",
                            build->compiler.directory);
    else
        status = term_message_error(build->spec, build->compiler.directory,
                                    build->path ? build->path : "", messages);
    free(messages);
    return status;
}

/* Compiles the term in one of the ways, for i of [low, high), into the file `object`. */
static enum status compile(struct build *build, enum way way, int64_t low, int64_t high,
                           enum bits bits, const char *object)
{
    char low_text[64], high_text[64], bits_text[32], source[PATH_MAX], target[PATH_MAX];
    /* as unsigned, since the smallest integer has no literal */
    snprintf(low_text, sizeof low_text, "-DPARSUM_LOW=((int64_t)%" PRIu64 "u)", (uint64_t)low);
    snprintf(high_text, sizeof high_text, "-DPARSUM_HIGH=((int64_t)%" PRIu64 "u)", (uint64_t)high);
    snprintf(bits_text, sizeof bits_text, "-DPARSUM_BITS=%d", bits);
    compiler_path(&build->compiler, "term.c", source);
    compiler_path(&build->compiler, object, target);

    static const char *const before[] = {COMPILE, NULL};
    const bool wrap = build->spec->wrap;
    const char *after[24] = {
        way == PROOF ? "-DPARSUM_PROOF=1" : "-DPARSUM_PROOF=0",
        way == CHECKED ? "-DPARSUM_CHECKED=1" : "-DPARSUM_CHECKED=0",
        wrap ? "-DPARSUM_WRAPS=1" : "-DPARSUM_WRAPS=0",
        low_text,
        high_text,
        bits_text,
        ALWAYS,
        "-c",
        source,
        "-o",
        target,
    };
    size_t count = 0;
    while (after[count])
        count++;
    static const char *const checks[] = {CHECKS, NULL};
    static const char *const checks_wrapping[] = {CHECKS_WRAPPING, NULL};
    /* No -fwrapv where nothing overflows: what the compiler simplifies away before it is checked,
       as in i*2/2, must have the value here that it has there, that of integers without bounds. */
    static const char *const unchecked[] = {"-fno-wrapv", NULL};
    static const char *const wrapping[] = {"-fwrapv", NULL};
    const char *const *flag = way == FAST ? (wrap ? wrapping : unchecked)
                              : wrap      ? checks_wrapping
                                          : checks;
    for (; *flag; flag++)
        after[count++] = *flag;
    return run(build, before, after);
}

/* Makes the shared library `target` of one object, and of what it needs to note an overflow. */
static enum status link_library(struct build *build, const char *object, bool checked,
                                const char *target)
{
    char object_path[PATH_MAX], checks_path[PATH_MAX], target_path[PATH_MAX];
    compiler_path(&build->compiler, object, object_path);
    compiler_path(&build->compiler, "term_checks.c", checks_path);
    compiler_path(&build->compiler, target, target_path);
    const char *const before[] = {"-O2", "-fPIC", NULL};
    const char *const after[] = {
        ALWAYS,      "-shared",   "-Wl,-z,defs", "-o",
        target_path, object_path, "-lm",         checked ? checks_path : NULL,
        NULL,
    };
    return run(build, before, after);
}

/* Compiles with checks, and looks in the object file for what is left of them. */
static enum status prove(struct build *build, int64_t low, int64_t high, struct proof *proof)
{
    enum status status = compile(build, PROOF, low, high, BITS_NONE, "proof.o");
    char *object = NULL;
    size_t length = 0;
    if (!status)
        status = compiler_read(&build->compiler, "proof.o", &object, &length);
    if (status)
        return status;
    const char handler[] = "__ubsan_handle_", beyond_60[] = "parsum_beyond_60",
               beyond_32[] = "parsum_beyond_32";
    proof->safe = !memmem(object, length, handler, strlen(handler));
    proof->bits = memmem(object, length, beyond_60, strlen(beyond_60))   ? BITS_NONE
                  : memmem(object, length, beyond_32, strlen(beyond_32)) ? BITS_60
                                                                         : BITS_32;
    free(object);
    return STATUS_OK;
}

static enum status build_fast(struct build *build, int64_t low, int64_t high, enum bits bits,
                              const char *library)
{
    const enum status status = compile(build, FAST, low, high, bits, "fast.o");
    return status ? status : link_library(build, "fast.o", false, library);
}

static enum status build_checked(struct build *build, int64_t low, int64_t high,
                                 const char *library)
{
    const enum status status = compile(build, CHECKED, low, high, BITS_NONE, "checked.o");
    return status ? status : link_library(build, "checked.o", true, library);
}

/*
 * Builds "whole.so" for the range; if that needs checks but a likely part of it does not, "fast.so"
 * for that part too. A run whose range is known needs one library, unless the term is to be saved
 * for other runs.
 */
static enum status build_libraries(struct build *build, struct term_range range, bool *has_fast)
{
    const bool one = range.known && !build->spec->save;
    const int64_t low = one ? range.low : INT64_MIN, high = one ? range.high : INT64_MAX;
    struct proof proof;
    *has_fast = false;
    enum status status = prove(build, low, high, &proof);
    if (status)
        return status;
    if (proof.safe)
        return build_fast(build, low, high, proof.bits, "whole.so");
    status = build_checked(build, low, high, "whole.so");
    if (status || one)
        return status;
    const int64_t part_low = range.known ? range.low : -LIKELY;
    const int64_t part_high = range.known ? range.high : LIKELY;
    status = prove(build, part_low, part_high, &proof);
    if (status || !proof.safe)
        return status;
    *has_fast = true;
    return build_fast(build, part_low, part_high, proof.bits, "fast.so");
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

static enum status load(struct build *build, bool has_fast, struct term_library *whole,
                        struct term_library *fast)
{
    char whole_path[PATH_MAX], fast_path[PATH_MAX];
    compiler_path(&build->compiler, "whole.so", whole_path);
    compiler_path(&build->compiler, "fast.so", fast_path);
    enum status status = term_library_open(whole, whole_path, "the compiled term");
    if (!status && has_fast)
        status = term_library_open(fast, fast_path, "the compiled term");
    if (!status && build->spec->save && whole->module->type < TERM_REFUSED)
        status = term_library_save(build->spec->save, whole_path, has_fast ? fast_path : NULL);
    return status;
}

/* The absolute path of the term's file, as the compiler will be told it. */
static enum status find_file(struct build *build)
{
    build->path = realpath(build->spec->file, NULL);
    if (!build->path)
        return diag_error(STATUS_USAGE, "--term-file: %s: %s", build->spec->file, strerror(errno));
    if (!strpbrk(build->path, "\"\n"))
        return STATUS_OK;
    free(build->path);
    return diag_error(STATUS_USAGE,
                      "--term-file: %s: a quote in its path is too much for C; rename it",
                      build->spec->file);
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
