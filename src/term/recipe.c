#include "term/recipe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * What the user's own options may change stands before them, and what sums depend on after them.
 * Products and sums are not contracted, so that a term has the same value on every machine; errno
 * is not set, so that square roots are vectors, and nobody asks for floating-point exceptions, so
 * that GCC makes vectors of a choice between two values without AVX-512, too; a char has a sign, as
 * on x86-64, also on aarch64; reading from a null pointer crashes, and so does a full stack, as no
 * large array leaps over the page that guards it.
 */
#define COMMON                                                                                     \
    "-O3", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-fsigned-char",          \
        "-fno-delete-null-pointer-checks", "-fPIC", "-fstack-clash-protection",                    \
        "-Werror=implicit-function-declaration", "-Werror=implicit-int", "-Werror=int-conversion", \
        "-fdiagnostics-color=never"
#if defined __x86_64__
#define COMPILE COMMON, "-march=native", "-mprefer-vector-width=512"
#elif defined __aarch64__
#define COMPILE COMMON, "-mcpu=native"
#else
#define COMPILE COMMON
#endif
#define ALWAYS "-fvisibility=hidden", "-fno-lto", "-g0"

/* Options that let the compiler change arithmetic, and of which it defines no macro. */
static bool is_loose(const struct compiler *compiler)
{
    static const char *const loose[] = {
        "-funsafe-math-optimizations", "-fassociative-math", "-freciprocal-math",
        "-fno-signed-zeros",           "-fno-honor-nans",    "-fno-honor-infinities",
        "-fsingle-precision-constant", "-fapprox-func",      "-ffp-model=fast"};
    bool any = false;
    for (size_t word = compiler->command; word < compiler->count; word++)
        for (size_t k = 0; k < sizeof loose / sizeof *loose; k++)
            any |= strcmp(compiler->words[word], loose[k]) == 0;
    return any;
}

/* What is surely wrong, or cannot be told from it; at -O2, since -O3 makes up more than there is.
 */
#define LOOK_ERRORS "-O2", "-Werror=return-type", "-Werror=uninitialized", "-Werror=array-bounds"

/*
 * What the compiler is to look for. Wrapping around excuses overflows, and nothing else. The checks
 * have to call their handlers, and to go on after that, even if the user's own options say
 * otherwise: where they trap instead, no call would be left, and that would pass for a proof.
 */
#define SANITIZE(checks)                                                                           \
    "-fsanitize=" checks, "-fsanitize-recover=" checks, "-fno-sanitize-undefined-trap-on-error"
#define OTHERS "integer-divide-by-zero,float-cast-overflow,bounds,builtin"
#define CHECKS SANITIZE("signed-integer-overflow,shift," OTHERS), "-fno-wrapv"
#define CHECKS_WRAPPING SANITIZE("shift-exponent," OTHERS), "-fwrapv"

/*
 * What each compiler has names of its own for. GCC adds C and D up in (i+C)+D, unchecked if that
 * overflows, before it inserts any checks: these simplifications have a counter, for hunting GCC's
 * bugs, that turns them off. Nobody else calls the term, so no copy of it for any i is kept.
 * GCC takes a variable that is set on one way alone for set on all, and tells nobody, where it
 * optimises more than -Og without these passes does, whatever the user's own options ask for.
 * GCC makes a vector of a loop only where no call is left in it, and no condition that is the same
 * for all i. By itself it leaves calls of functions of some 30 statements, and such conditions if
 * the loop has some 50. Clang's local-bounds trap where all other checks call a handler, so they
 * would pass for a proof. From 16 on it leaves the last array of a struct unchecked, unless it is
 * told that only arrays of no or one element may be longer than they say.
 */
#define CLANG_WITH(...)                                                                            \
    {                                                                                              \
        {"local-bounds", "-fstrict-flex-arrays"}, {__VA_ARGS__}, {NULL}, {NULL},                   \
            {"-Werror=integer-overflow", "-Werror=conditional-uninitialized",                      \
             "-Werror=implicitly-unsigned-literal", "-Wshorten-64-to-32"},                         \
            {NULL}, "-Wno-error=integer-overflow",                                                 \
    }

static const struct {
    const char *marks[3]; /* what a compiler complains of that has another; lists end with NULL */
    const char *checks[3];
    const char *proof[2];
    const char *fast[3]; /* for whatever is called for each i */
    const char *look[6];
    const char *look_level[4];
    const char *may_overflow; /* undoes one of these */
} dialects[DIALECTS] = {
    [GCC] =
        {
            {"-fdbg-cnt"},
            {"-fdbg-cnt=match:0"},
            {"-fwhole-program"},
            {"--param=max-inline-insns-auto=200", "--param=max-unswitch-insns=200"},
            {"-Werror=maybe-uninitialized", "-Wconversion", "-Wno-sign-conversion",
             "-Wno-float-conversion"},
            {"-Og", "-fno-tree-ccp", "-fno-tree-fre"},
            NULL,
        },
    [NEW_CLANG] = CLANG_WITH("-fno-sanitize=local-bounds", "-fstrict-flex-arrays=1"),
    [CLANG] = CLANG_WITH("-fno-sanitize=local-bounds"),
};

/* Adds a list to a list of options; both end with NULL. */
static void add(const char **options, const char *const *list)
{
    while (*options)
        options++;
    while ((*options++ = *list++))
        ;
}

#define ADD(options, ...) add(options, (const char *const[]){__VA_ARGS__, NULL})

bool recipe_is_unknown(enum dialect dialect, const char *messages)
{
    for (const char *const *mark = dialects[dialect].marks; *mark; mark++)
        if (strstr(messages, *mark))
            return true;
    return false;
}

enum dialect recipe_guess(const struct compiler *compiler)
{
    return strstr(compiler->words[compiler->command - 1], "clang") ? NEW_CLANG : GCC;
}

static void start_step(struct step *step)
{
    step->before[0] = step->after[0] = NULL;
    step->call = (struct compiler_call){.before = step->before, .after = step->after};
}

void recipe_compile(struct step *step, enum way way, struct recipe recipe, const struct part *part)
{
    const bool wrap = recipe.wrap;
    snprintf(step->texts[0], sizeof step->texts[0], "-DPARSUM_WAY=%d", way == EXPAND ? LOOK : way);
    /* as unsigned, since the smallest integer has no literal */
    snprintf(step->texts[1], sizeof step->texts[1], "-DPARSUM_LOW=((int64_t)%" PRIu64 "u)",
             (uint64_t)part->low);
    snprintf(step->texts[2], sizeof step->texts[2], "-DPARSUM_HIGH=((int64_t)%" PRIu64 "u)",
             (uint64_t)part->high);
    snprintf(step->texts[3], sizeof step->texts[3], "-DPARSUM_BITS=%d", part->bits);
    snprintf(step->texts[4], sizeof step->texts[4], "-DPARSUM_WITHIN=%d", part->within);
    compiler_path(recipe.compiler, "term.c", step->paths[0]);
    compiler_path(recipe.compiler,
                  way == LOOK     ? "look.o"
                  : way == EXPAND ? RECIPE_EXPANDED
                  : way == PROOF  ? part->proof
                                  : part->object,
                  step->paths[1]);
    start_step(step);
    ADD(step->before, COMPILE);
    if (way != LOOK && way != EXPAND)
        add(step->before, dialects[recipe.dialect].fast);
    ADD(step->after, step->texts[0], step->texts[1], step->texts[2], step->texts[3], step->texts[4],
        wrap ? "-DPARSUM_WRAPS=1" : "-DPARSUM_WRAPS=0",
        is_loose(recipe.compiler) ? "-DPARSUM_LOOSE" : "-UPARSUM_LOOSE", ALWAYS,
        way == EXPAND ? "-E" : "-c", step->paths[0], "-o", step->paths[1]);
    switch (way) {
    case LOOK:
        ADD(step->before, LOOK_ERRORS);
        add(step->before, dialects[recipe.dialect].look);
        add(step->after, dialects[recipe.dialect].look_level);
        compiler_path(recipe.compiler, RECIPE_FILES, step->paths[2]);
        ADD(step->after, "-MD", "-MF", step->paths[2], "-Wno-error=conversion",
            wrap ? dialects[recipe.dialect].may_overflow : NULL);
        break;
    case PROOF:
    case CHECKED:
        if (wrap)
            ADD(step->after, CHECKS_WRAPPING);
        else
            ADD(step->after, CHECKS);
        add(step->after, dialects[recipe.dialect].checks);
        if (way == PROOF)
            add(step->after, dialects[recipe.dialect].proof);
        break;
    case FAST:
        /* No -fwrapv where nothing overflows: what the compiler simplifies away before it is
           checked, as in i*2/2, must have the value here that it has there, that of integers
           without bounds. */
        ADD(step->after, wrap ? "-fwrapv" : "-fno-wrapv");
        break;
    case EXPAND:
        ADD(step->after, "-dD");
        break;
    }
}

void recipe_link(struct step *step, struct recipe recipe, const struct part *part)
{
    compiler_path(recipe.compiler, part->object, step->paths[0]);
    compiler_path(recipe.compiler, part->library, step->paths[1]);
    compiler_path(recipe.compiler, "term_checks.c", step->paths[2]);
    start_step(step);
    ADD(step->before, "-O2", "-fPIC");
    ADD(step->after, ALWAYS, "-shared", "-Wl,-z,defs", "-o", step->paths[1], step->paths[0], "-lm",
        part->safe ? NULL : step->paths[2]);
}
