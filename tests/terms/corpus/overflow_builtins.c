/* Products that are asked whether they overflow. */
int64_t term(int64_t i)
{
    int64_t product;
    int sum;
    if (__builtin_mul_overflow(i << 40, i, &product))
        return -1;
    if (__builtin_add_overflow(2147483000, (int)i, &sum))
        return -2;
    return product % 1000 + sum % 1000;
}
