/* A sine by CORDIC in fixed point of 16.16. */
static const int32_t angles[] = {51472, 30386, 16055, 8150, 4091, 2047,
                                 1024,  512,   256,   128,  64,   32};

int32_t term(int64_t i)
{
    int32_t x = 39797, y = 0, z = (int32_t)((i % 2048 - 1024) * 100);
    for (int k = 0; k < 12; k++) {
        const int32_t d = z >= 0 ? 1 : -1, moved = x - d * (y >> k);
        y += d * (x >> k);
        x = moved;
        z -= d * angles[k];
    }
    return y;
}
