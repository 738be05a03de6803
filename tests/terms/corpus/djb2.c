/* djb2 of a word of four letters. */
unsigned long term(int64_t i)
{
    unsigned long hash = 5381;
    const char word[] = {'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676 % 26, 'z', 0};
    const char *str = word;
    int c;
    while ((c = *str++))
        hash = ((hash << 5) + hash) + c;
    return hash;
}
