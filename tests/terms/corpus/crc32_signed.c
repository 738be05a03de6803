/* One step of CRC-32 in signed integers, as they come about when code is translated from Java. */
int term(int64_t i)
{
    int32_t crc = (int32_t)i;
    int32_t mask = (crc & 1) ? 0xEDB88320 : 0;
    return (int32_t)((uint32_t)crc >> 1) ^ mask;
}
