/* CRC-32 bit by bit, without a branch. */
uint32_t term(int64_t i)
{
    uint32_t crc = 0xFFFFFFFF;
    for (int k = 0; k < 8; k++) {
        crc ^= (uint8_t)(i >> (8 * k));
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xEDB88320 & -(crc & 1));
    }
    return ~crc;
}
