/* Prices, rounded to whole cents, as integers. */
int64_t term(int64_t i)
{
    const double price = i * 1.19 + 0.005;
    return llround(price * 100) + (int64_t)floor(price) - (long)ceil(-price) + (int)trunc(price);
}
