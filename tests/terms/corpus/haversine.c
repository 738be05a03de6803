/* The way along a great circle, in kilometres. */
static double radians(double degrees)
{
    return degrees * M_PI / 180;
}

double term(int64_t i)
{
    const double lat1 = radians(52.52), lat2 = radians(i % 180 - 90.0), dlon = radians(i % 360);
    const double a = pow(sin((lat2 - lat1) / 2), 2) + cos(lat1) * cos(lat2) * pow(sin(dlon / 2), 2);
    return 2 * 6371 * asin(fmin(1, sqrt(a)));
}
