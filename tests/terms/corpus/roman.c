/* The letters that i mod 4000 has in Roman numerals. */
#include <string.h>

static const struct {
    int value;
    const char *text;
} numerals[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"},
                {90, "XC"},  {50, "L"},   {40, "XL"}, {10, "X"},   {9, "IX"},
                {5, "V"},    {4, "IV"},   {1, "I"}};

size_t term(int64_t i)
{
    char text[32] = "";
    int n = i % 4000;
    for (size_t k = 0; k < sizeof numerals / sizeof numerals[0]; k++)
        for (; n >= numerals[k].value; n -= numerals[k].value)
            strcat(text, numerals[k].text);
    return strlen(text);
}
