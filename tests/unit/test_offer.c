#include "check.h"
#include "term/offer.h"

#include <stdlib.h>

/* Is gcd, in text behind the preprocessor, left to parsum? */
static bool offered(const char *text)
{
    return offer_missing(text) == offer_mentioned("gcd");
}

static void a_name_that_is_used_and_nowhere_declared_is_offered(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "int64_t term(int64_t i)\n{\n return gcd(i, 3);\n}\n",
        "typedef __typeof__(((void)0,\n#line 1 \"x\"\ngcd(i, 12)\n)) t;\n",
        "int f(int gcd) { return gcd; }\nint g(int i) { return gcd(i, 2); }",
        "int f(int (*gcd)) { return *gcd; }",
        "struct gcd { int x; };\nint f(int i) { return gcd(i, 2); }",
        "struct s { int gcd; } s = { 1 };\nint f(int i) { return gcd(i, 2); }",
        "int f(int i) { int gcd = i; return gcd; }",
        "enum colour f(int i) { gcd(i, 2); return 0; }",
        "int x = sizeof(gcd(1, 2));",
        "const char *const text = \"{\"; int f(int i) { return gcd(i, '{'); } int y = '}';",
        "# 1 \"/usr/x.h\" 1 3 4\nint other;\n# 9 \"own.c\" 2\nint f(void) { return gcd(1, 2); }",
        "#define gcd2 5\nint f(void) { return gcd(1, 2); }",
    };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        if (!offered(texts[k]))
            fail_msg("not offered: %s", texts[k]);
}

static void a_name_that_any_text_declares_is_not(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "static int gcd(int a, int b)\n{\n return b ? gcd(b, a % b) : a;\n}\n",
        "int f(int i) { return gcd(i, 2); }\nint gcd(int a, int b) { return a + b; }",
        "int gcd(int, int);\nint f(int i) { return gcd(i, 2); }",
        "static int (gcd)(int a, int b) { return a + b; }\nint f(int i) { return gcd(i, 2); }",
        "int (*gcd)(int, int);\nint f(int i) { return gcd(i, 2); }",
        "int (* const gcd)(int, int), y;\nint f(int i) { return gcd; }",
        "__attribute__((const)) static int gcd(int a, int b) { return a + b; }",
        "int x = 1, gcd = 2;\nint f(int i) { return gcd; }",
        "int x[] = {1, 2}, gcd;\nint f(int i) { return gcd; }",
        "enum { gcd };\nint f(int i) { return gcd; }",
        "enum number { one, two = 2, gcd = 3 };\nint f(int i) { return gcd; }",
        "typedef int gcd;\nint f(int i) { return (gcd)i; }",
        "#define gcd(a, b) ((a) + (b))\nint f(int i) { return gcd(i, 2); }",
        "  #  define gcd plus\nint f(int i) { return gcd(i, 2); }",
        "# 1 \"/usr/x.h\" 1 3 4\nint gcd(int);\n# 9 \"own.c\" 2\nint f(void) { return gcd(1); }",
        "int f(int i) { return i; }", /* nobody asks for it */
        "int f(int i) { return gcd_of(i) + 1gcd; }",
    };
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        if (offered(texts[k]))
            fail_msg("offered: %s", texts[k]);
}

static void each_name_is_looked_at_by_itself(void **state)
{
    (void)state;
    const char *const text =
        "static int gcd(int a, int b) { return isprime(a) + powmod(a, 2, b); }\n"
        "static int powmod(int a, int e, int m) { return isqrt(a); }";
    assert_true(offer_missing(text) == offer_mentioned("isqrt isprime"));
}

static void a_term_wants_what_its_expressions_and_constants_mention(void **state)
{
    (void)state;
    const struct term_spec spec = {
        .values = {"gcd=isqrt(i)"},
        .value_count = 1,
        .lets = {"x = isprime ( i )"},
        .let_count = 1,
        .constants = {"powmod=mulmod(1,2,3)"},
        .constant_count = 1,
    };
    assert_true(offer_wanted(&spec) == offer_mentioned("isqrt isprime mulmod"));
}

static void the_header_has_what_is_asked_for_and_no_more(void **state)
{
    (void)state;
    char *const all = offer_header(offer_mentioned("gcd isqrt")), *const none = offer_header(0);
    assert_non_null(all);
    assert_non_null(none);
    assert_contains(all, "#ifndef gcd\n#include \"term_arithmetic.h\"\n#define gcd parsum_gcd\n");
    assert_contains(all, "#define isqrt parsum_isqrt\n");
    assert_null(strstr(all, "isprime"));
    assert_null(strstr(none, "include"));
    free(all);
    free(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_that_is_used_and_nowhere_declared_is_offered),
        cmocka_unit_test(a_name_that_any_text_declares_is_not),
        cmocka_unit_test(each_name_is_looked_at_by_itself),
        cmocka_unit_test(a_term_wants_what_its_expressions_and_constants_mention),
        cmocka_unit_test(the_header_has_what_is_asked_for_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
