/* Cube roots by Newton's method, in float. */
float term(int64_t i)
{
    const float a = i + 1.0f;
    float x = a;
    for (int k = 0; k < 20; k++)
        x = (2 * x + a / (x * x)) / 3;
    return x;
}
