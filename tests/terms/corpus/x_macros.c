/* A list of resistors' colours that macros expand twice. */
#define COLOURS(X) X(BLACK, 'k') X(BROWN, 'n') X(RED, 'r') X(ORANGE, 'o') X(YELLOW, 'y')
#define NAME(name, letter) name,
#define LETTER(name, letter) [name] = letter,
enum colour { COLOURS(NAME) COUNT };
static const char letter[COUNT] = {COLOURS(LETTER)};
#define SQUARE(x) ((x) * (x))

unsigned term(int64_t i)
{
    return SQUARE(letter[i % COUNT] - 'a') + (i % COUNT == RED);
}
