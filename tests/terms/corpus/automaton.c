/* A step of a cellular automaton (rule 30) on a ring of 16 cells in a table of uint8. */
static const uint8_t rule[2][2][2] = {{{0, 1}, {1, 1}}, {{1, 0}, {0, 0}}};

uint16_t term(int64_t i)
{
    uint8_t cell[16], after[16];
    uint16_t result = 0;
    for (int k = 0; k < 16; k++)
        cell[k] = i >> k & 1;
    for (int k = 0; k < 16; k++)
        after[k] = rule[cell[(k + 15) % 16]][cell[k]][cell[(k + 1) % 16]];
    for (int k = 0; k < 16; k++)
        result |= after[k] << k;
    return result;
}
