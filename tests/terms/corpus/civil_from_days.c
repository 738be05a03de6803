/* Year, month and day of a count of days from 1970, after Hinnant. */
struct date {
    int64_t year;
    unsigned month : 4, day : 5;
};

static struct date civil_from_days(int64_t z)
{
    z += 719468;
    const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const unsigned doe = (unsigned)(z - era * 146097);
    const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const unsigned mp = (5 * doy + 2) / 153;
    const unsigned m = mp < 10 ? mp + 3 : mp - 9;
    return (struct date){yoe + era * 400 + (m <= 2), m, doy - (153 * mp + 2) / 5 + 1};
}

int64_t term(int64_t i)
{
    const struct date date = civil_from_days(i * 137 - 100000);
    return date.year * 10000 + date.month * 100 + date.day;
}
