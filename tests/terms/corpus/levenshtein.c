/* The edit distance between two words, with a row that moves. */
#include <string.h>

static int least(int a, int b, int c)
{
    return a < b ? (a < c ? a : c) : (b < c ? b : c);
}

int term(int64_t i)
{
    static const char *const words[] = {"kitten", "sitting", "saturday", "sunday", "flaw", "lawn"};
    const char *a = words[i % 6], *b = words[i / 6 % 6];
    const int n = (int)strlen(b);
    int row[n + 1];
    for (int k = 0; k <= n; k++)
        row[k] = k;
    for (int r = 1; a[r - 1]; r++) {
        int diagonal = row[0];
        row[0] = r;
        for (int c = 1; c <= n; c++) {
            const int above = row[c];
            row[c] = least(row[c] + 1, row[c - 1] + 1, diagonal + (a[r - 1] != b[c - 1]));
            diagonal = above;
        }
    }
    return row[n];
}
