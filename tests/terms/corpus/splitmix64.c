/* A step of splitmix64, as a double in [0, 1). */
double term(int64_t i)
{
    uint64_t z = (uint64_t)i * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    return (z >> 11) * 0x1.0p-53;
}
