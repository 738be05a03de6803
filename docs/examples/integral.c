/*
 * integral: the integral of 1/(1 + (a x)^2) over [0, 1], which is atan(a)/a, by the midpoint rule:
 * by a loop over a function of this program, and by a run over 200 values of a with the term as
 * text, which is compiled when the program runs. Both work on all cores, and round once.
 *
 *     cc integral.c $(pkg-config --cflags --libs parsum) -lm -o integral
 *     ./integral
 */
#include <parsum.h>

#include <math.h>
#include <stdio.h>

enum { STEPS = 1000000, VALUES = 200 };

static double height(int64_t i, void *context)
{
    const double a = *(const double *)context, x = ((double)i + 0.5) / STEPS;
    return 1 / (1 + a * x * (a * x)) / STEPS;
}

static int fail(void)
{
    fprintf(stderr, "integral: %s\n", parsum_error().text);
    return 1;
}

int main(void)
{
    double a = 1, quarter;
    if (parsum_loop(0, 0, STEPS, height, &a, &quarter) != PARSUM_OK)
        return fail();
    printf("loop: pi is about %.12f\n", 4 * quarter);

    struct parsum_job jobs[VALUES];
    double parameters[VALUES];
    for (int k = 0; k < VALUES; k++) {
        jobs[k] = (struct parsum_job){0, STEPS};
        parameters[k] = 0.05 * (k + 1);
    }
    const struct parsum_column column = {.name = "a", .real = 1, .numbers = parameters};
    const char *const lets[] = {"x=a*(i+0.5)/1e6", NULL}, *const terms[] = {"1e-6/(1+x*x)", NULL};
    const struct parsum_task task = {
        .size = sizeof task,
        .jobs = jobs,
        .job_count = VALUES,
        .columns = &column,
        .column_count = 1,
        .lets = lets,
        .terms = terms,
    };
    struct parsum_result *result;
    if (parsum_run(&task, &result) != PARSUM_OK)
        return fail();
    const double *const integrals = parsum_result_reals(result, 0);
    double worst = 0;
    for (int k = 0; k < VALUES; k++)
        worst = fmax(worst, fabs(integrals[k] - atan(parameters[k]) / parameters[k]));
    printf("run: %d integrals of %d steps, the worst is off by %.1e\n", VALUES, STEPS, worst);
    parsum_result_free(result);
    return 0;
}
