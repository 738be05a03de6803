/* The quick inverse square root, by a union. */
float term(int64_t i)
{
    union {
        float f;
        uint32_t u;
    } x = {.f = i + 1};
    const float half = 0.5f * x.f;
    x.u = 0x5f3759df - (x.u >> 1);
    x.f *= 1.5f - half * x.f * x.f;
    return x.f;
}
