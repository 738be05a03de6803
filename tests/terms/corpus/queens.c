/* Queens that do not attack each other, on boards of 4 to 7 squares. */
static int place(unsigned full, unsigned columns, unsigned left, unsigned right)
{
    if (columns == full)
        return 1;
    int count = 0;
    for (unsigned free = full & ~(columns | left | right); free;) {
        const unsigned bit = free & -free;
        free -= bit;
        count += place(full, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return count;
}

int term(int64_t i)
{
    return place((1u << (4 + i % 4)) - 1, 0, 0, 0);
}
