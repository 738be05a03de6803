/* The linear congruential generator of the C standard's example of rand(). */
int term(int64_t i)
{
    unsigned long next = (unsigned long)i;
    for (int k = 0; k < 3; k++)
        next = next * 1103515245 + 12345;
    return (unsigned int)(next / 65536) % 32768;
}
