/* The steps in which a point leaves Mandelbrot's set. */
#include <complex.h>

unsigned char term(int64_t i)
{
    const double complex c = (i % 64 - 48) / 32.0 + I * (double)(i / 64 - 24) / 24;
    double complex z = 0;
    int steps = 0;
    while (steps < 50 && creal(z) * creal(z) + cimag(z) * cimag(z) < 4) {
        z = z * z + c;
        steps++;
    }
    return steps;
}
