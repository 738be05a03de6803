/* A polynomial of degree 5 by Horner's rule. */
double term(int64_t i)
{
    static const double c[] = {1, -0.5, 1.0 / 3, -.25, .2, -1 / 6.0};
    const double x = (double)i / 1024;
    double y = 0;
    for (int k = sizeof c / sizeof c[0] - 1; k >= 0; --k)
        y = y * x + c[k];
    return y;
}
