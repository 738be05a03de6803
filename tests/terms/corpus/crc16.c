/* CRC-16/CCITT of two bytes, bit by bit, as in many a data sheet. */
unsigned short term(int64_t i)
{
    unsigned short crc = 0xFFFF;
    unsigned char data[2] = {i & 0xFF, (i >> 8) & 0xFF};
    for (int k = 0; k < 2; k++) {
        crc ^= (unsigned short)data[k] << 8;
        for (int bit = 0; bit < 8; bit++) {
            if (crc & 0x8000)
                crc = (crc << 1) ^ 0x1021;
            else
                crc <<= 1;
        }
    }
    return crc;
}
