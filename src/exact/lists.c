#include "exact/lists.h"

#include "exact/short.h"

enum { SKIP_MOST = 16 }; /* calls that go past the lanes when several in a row have not fit */

struct lists lists_start(void)
{
    size_t count;
    return (struct lists){.lanes = lanes_list(&count)};
}

/* By lanes with a window at k. */
static bool take(const struct lists *lists, int k, const double *x, const uint64_t *begin,
                 size_t count, double *sums, struct superacc *total)
{
    int64_t units[2];
    if (!lists->lanes->lists(x, begin, count, k, sums, units))
        return false;
    superacc_add_units(total, units[0], k - 52);
    superacc_add_units(total, units[1], k - 52 - LANES_LIST_APART);
    return true;
}

/* With the window that fit last, or with one of their own. */
static bool take_at_once(struct lists *lists, const double *x, const uint64_t *begin, size_t count,
                         double *sums, struct superacc *total)
{
    if (lists->found && take(lists, lists->k, x, begin, count, sums, total))
        return true;
    const int field = lists->lanes->exponent(x, NULL, begin[count] - begin[0]);
    const int least = lanes_lists_least();
    const int k = (field == 0 ? 1 : field) - 1023 + LANES_LIST_HEADROOM;
    const bool same = lists->found && lists->k == k;
    lists->k = k < least ? least : k;
    /* so far below the largest one that sums of units are finite */
    lists->found =
        k < LANES_MAX - 12 && !same && take(lists, lists->k, x, begin, count, sums, total);
    return lists->found;
}

bool lists_add(struct lists *lists, const double *x, const uint64_t *begin, size_t count,
               double *sums, struct superacc *total)
{
    if (lists->to_skip > 0) {
        lists->to_skip--;
    } else if (take_at_once(lists, x, begin, count, sums, total)) {
        lists->misses = 0;
        return true;
    } else {
        lists->misses++;
        lists->to_skip = lists->misses < SKIP_MOST ? lists->misses - 1 : SKIP_MOST;
    }
    if (lists->lanes->exponent(x, NULL, begin[count] - begin[0]) == 0x7ff)
        return false;
    for (size_t j = 0; j < count; j++)
        sums[j] = short_add(total, x + (begin[j] - begin[0]), begin[j + 1] - begin[j]);
    return true;
}
