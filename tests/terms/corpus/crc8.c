/* CRC-8, polynomial 0x07, bit by bit. */
uint8_t term(int64_t i)
{
    uint8_t crc = 0;
    for (int byte = 7; byte >= 0; byte--) {
        crc ^= i >> (byte * 8);
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1;
    }
    return crc;
}
