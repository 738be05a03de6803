/* An addition of 8 bits that stops at its ends. */
static int8_t add(int8_t a, int8_t b)
{
    int sum = a + b;
    return sum > INT8_MAX ? INT8_MAX : sum < INT8_MIN ? INT8_MIN : sum;
}

int8_t term(int64_t i)
{
    return add((int8_t)i, (int8_t)(i >> 3));
}
