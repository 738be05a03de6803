# Refuses compilers and options with which the program would be a wrong one.

# A program that exits with 1 where doubles are not those of IEEE 754, with 2 where it is static.
set(check_source ${PROJECT_BINARY_DIR}/build_check.c)
file(CONFIGURE OUTPUT ${check_source} @ONLY CONTENT [==[
#include <float.h>
#include <sys/auxv.h>

#ifdef __clang__
#define APART __attribute__((noinline))
#else
#define APART __attribute__((noinline, noclone))
#endif

static APART double reassociated(double a, double b) { return (a + b) - a; }
static APART double reciprocal(double a) { return a / 10; }
static APART int is_nan(double a) { return a != a; }
static APART int has_sign(double a) { return __builtin_signbit(a + 0.0) != 0; }

int main(void)
{
    volatile double large = 0x1p60, one = 1, three = 3, least = DBL_MIN, nothing = 0;
    volatile double part = least / 4, back = part * 4;
    if (reassociated(large, one) != 0 || reciprocal(three) != 0.3 || part == 0 || back != least ||
        !is_nan(nothing / nothing) || has_sign(-nothing) || 0.1 == 0.1f || FLT_EVAL_METHOD != 0)
        return 1;
    return getauxval(AT_BASE) == 0 ? 2 : 0;
}
]==])

string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
string(JOIN " " check_options "${CMAKE_C_COMPILER_ARG1}" "${CMAKE_C_FLAGS}"
  "${CMAKE_C_FLAGS_${build_type}}" "${CMAKE_EXE_LINKER_FLAGS}"
  "${CMAKE_EXE_LINKER_FLAGS_${build_type}}")

# The options among these that are known to do the one or the other.
set(not_ieee "Ofast|ffast-math|funsafe-math-optimizations|fassociative-math|freciprocal-math\
|ffinite-math-only|fno-signed-zeros|fsingle-precision-constant|ffp-model=fast|mdaz-ftz|mpc32|mpc64\
|mfpmath=.*(387|both).*|fdenormal-fp-math=[^i].*")
separate_arguments(check_words UNIX_COMMAND "${check_options}")
set(check_wrong ${check_words})
list(FILTER check_wrong INCLUDE REGEX "^-(${not_ieee})$")
set(check_static ${check_words})
list(FILTER check_static INCLUDE REGEX "^-static(-pie)?$")

# A compiler may be told in other ways as well, so it shows what it makes of the program above.
set(check_new "${CMAKE_C_COMPILER} ${check_options}")
if(NOT CMAKE_CROSSCOMPILING AND NOT "${PARSUM_CHECKED}" STREQUAL "${check_new}")
  set(CMAKE_TRY_COMPILE_CONFIGURATION ${CMAKE_BUILD_TYPE})
  unset(PARSUM_CHECK_STATUS CACHE)
  unset(PARSUM_CHECK_COMPILES CACHE)
  try_run(PARSUM_CHECK_STATUS PARSUM_CHECK_COMPILES ${PROJECT_BINARY_DIR}/build_check ${check_source}
    COMPILE_DEFINITIONS -w)
  unset(CMAKE_TRY_COMPILE_CONFIGURATION)
  set(PARSUM_CHECKED "${check_new}" CACHE INTERNAL "the compiler and options that were tried last")
endif()

if(check_wrong OR "${PARSUM_CHECK_STATUS}" STREQUAL "1")
  list(REMOVE_DUPLICATES check_wrong)
  string(REPLACE ";" " " check_wrong "${check_wrong}")
  if(NOT check_wrong)
    set(check_wrong "${check_options}")
  endif()
  message(FATAL_ERROR "With the compiler's options '${check_wrong}' sums of doubles would be wrong; "
    "leave them out of CFLAGS, LDFLAGS, CMAKE_C_FLAGS (for terms alone PARSUM_CC takes them)")
elseif(check_static OR "${PARSUM_CHECK_STATUS}" STREQUAL "2")
  message(FATAL_ERROR "A static program (-static) cannot load terms; leave that out of CFLAGS, "
    "LDFLAGS, CMAKE_EXE_LINKER_FLAGS")
endif()
