/* Three bytes as four letters of base 64, added up. */
static const char letters[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int term(int64_t i)
{
    const unsigned char in[3] = {i, i >> 8, i * 3};
    const char out[4] = {letters[in[0] >> 2], letters[(in[0] & 3) << 4 | in[1] >> 4],
                         letters[(in[1] & 15) << 2 | in[2] >> 6], letters[in[2] & 63]};
    return out[0] + out[1] + out[2] + out[3];
}
