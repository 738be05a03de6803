/* Duff's device: a switch into the midst of a loop. */
int term(int64_t i)
{
    const int count = i % 23 + 1;
    int n = (count + 3) / 4, sum = 0;
    switch (count % 4) {
    case 0:
        do {
            sum += n;
        case 3:
            sum += 2 * n;
        case 2:
            sum += 3 * n;
        case 1:
            sum += 4 * n;
        } while (--n > 0);
    }
    return sum;
}
