/* Simpson's rule for exp(-x*x), with weights 1, 4, 2. */
double term(int64_t i)
{
    const int n = 3000;
    const double h = 3.0 / n, x = i * h;
    const int weight = i == 0 ? 1 : i & 1 ? 4 : 2;
    return weight * exp(-x * x) * h / 3;
}
