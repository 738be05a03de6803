/* A letter turned by 13 places, compared with its table. */
int term(int64_t i)
{
    static const char table[] = "NOPQRSTUVWXYZABCDEFGHIJKLM";
    char c = 'A' + i % 26;
    c = (c - 'A' + 13) % 26 + 'A';
    return c == table[i % 26] ? c : -c;
}
