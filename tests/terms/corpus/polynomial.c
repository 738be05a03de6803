/* A polynomial of integers with the table of its coefficients. */
int64_t term(int64_t i)
{
    static const int8_t c[] = {-128, 127, 64, -3, 1};
    int64_t y = 0, power = 1;
    for (int k = 0; k < 5; k++, power *= i)
        y += c[k] * power;
    return y;
}
