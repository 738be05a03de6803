/* A tax by brackets, a chain of conditions. */
double term(int64_t i)
{
    const double x = i * 37.5;
    return x <= 10000   ? 0
           : x <= 20000 ? (x - 10000) * 0.15
           : x <= 50000 ? 1500 + (x - 20000) * 0.3
                        : 10500 + (x - 50000) * 0.42;
}
