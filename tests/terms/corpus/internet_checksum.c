/* The checksum of IP: the complement of a sum with end-around carry. */
uint16_t term(int64_t i)
{
    uint32_t sum = 0x4500 + 0x0073 + 0x4000 + 0x4011;
    const uint64_t addresses = (uint64_t)i * 0x9E3779B97F4A7C15;
    for (int k = 0; k < 64; k += 16)
        sum += (addresses >> k) & 0xFFFF;
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return ~sum;
}
