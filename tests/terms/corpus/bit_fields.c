/* A colour of 16 bits, taken apart by bit-fields. */
union pixel {
    uint16_t raw;
    struct {
        uint16_t blue : 5, green : 6, red : 5;
    };
};

int term(int64_t i)
{
    union pixel p = {.raw = (uint16_t)(i * 40503)};
    p.green += 1;
    return p.red * 77 + p.green * 150 + p.blue * 29;
}
