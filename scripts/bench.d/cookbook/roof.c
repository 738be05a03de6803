/* roof TILTS STEPS: the sun of a year on a roof, minute by minute, for so many tilts. */
#include "recipe.h"

#define RAD (M_PI / 180)

static double power(double day, double tilt)
{
    const double d = -23.44 * RAD * cos(2 * M_PI / 365 * (day + 10)), h = 2 * M_PI * (day - 0.5);
    const double up = sin(d) * sin(52 * RAD) + cos(d) * cos(52 * RAD) * cos(h);
    const double on = sin(d) * sin((52 - tilt) * RAD) + cos(d) * cos((52 - tilt) * RAD) * cos(h);
    return up > 0 && on > 0 ? 1.361 * on : 0;
}

int main(int argc, char **argv)
{
    const int tilts = argc > 2 ? atoi(argv[1]) : 0;
    const int64_t minutes = argc > 2 ? atoll(argv[2]) : 0;
    double total = 0;
    begin();
#pragma omp parallel for reduction(+ : total) schedule(dynamic)
    for (int k = 0; k < tilts; k++) {
        double sum = 0;
        for (int64_t i = 0; i < minutes; i++)
            sum += power((double)i / 1440, 0.45 * k) / 60;
        total += sum;
    }
    return answer(total);
}
