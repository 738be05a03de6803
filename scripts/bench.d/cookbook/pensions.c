/* pensions TABLE OUT: what each pension of a CSV file (name,age,pension,end) is worth, as CSV. */
#include "recipe.h"

struct member {
    char *line;
    double age, pension, worth;
    int end;
};

static double worth(const struct member *one)
{
    double sum = 0;
    for (int i = 0; i < one->end; i++) {
        const double t = i / 12.0;
        sum += one->pension / 12 *
               exp(-0.02 * t - 3e-4 * exp(0.09 * (one->age - 20)) * (exp(0.09 * t) - 1));
    }
    return sum;
}

int main(int argc, char **argv)
{
    FILE *in = argc > 2 ? fopen(argv[1], "r") : NULL, *out = in ? fopen(argv[2], "w") : NULL;
    char *line = NULL;
    size_t room = 0, count = 0, most = 0;
    struct member *all = NULL;
    if (!out || getline(&line, &room, in) < 0)
        return 1;
    while (getline(&line, &room, in) > 0) {
        if (count == most)
            all = realloc(all, (most = 2 * most + 1000) * sizeof *all);
        struct member *one = &all[count++];
        one->line = strdup(line);
        if (sscanf(strrchr(line, '"') + 2, "%lf,%lf,%d", &one->age, &one->pension, &one->end) != 3)
            return 1;
    }
    double total = 0;
    begin();
#pragma omp parallel for schedule(dynamic, 100) reduction(+ : total)
    for (size_t k = 0; k < count; k++)
        total += all[k].worth = worth(&all[k]);
    end_loop();
    for (size_t k = 0; k < count; k++)
        fprintf(out, "%zu,%.*s,%.17g\n", k + 1, (int)strlen(all[k].line) - 1, all[k].line,
                all[k].worth);
    return fclose(out) != 0 || answer(total);
}
