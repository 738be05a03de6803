/* A machine that finds words in the bits of i. */
enum state { START, ONE, TWO, DONE };

static enum state next(enum state state, bool bit)
{
    switch (state) {
    case START:
        return bit ? ONE : START;
    case ONE:
        return bit ? TWO : START;
    case TWO:
        return bit ? TWO : DONE;
    case DONE:
        return DONE;
    }
    return START;
}

int term(int64_t i)
{
    enum state state = START;
    int at = 0;
    for (; at < 32 && state != DONE; at++)
        state = next(state, i >> at & 1);
    return at;
}
