/* replay DIRECTORY: runs a fuzz target on each file of a corpus, without libFuzzer. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>

static void run_file(const char *directory, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *const file = fopen(path, "rb");
    DEMAND(file);
    static uint8_t room[1 << 20];
    const size_t size = fread(room, 1, sizeof room, file);
    DEMAND(!ferror(file) && feof(file));
    fclose(file);
    uint8_t *const data = malloc(size + 1); /* its own block, so that its end is watched */
    DEMAND(data);
    memcpy(data, room, size);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

int main(int argc, char **argv)
{
    DEMAND(argc == 2);
    DIR *const directory = opendir(argv[1]);
    DEMAND(directory);
    int files = 0;
    for (const struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        run_file(argv[1], entry->d_name);
        files++;
    }
    closedir(directory);
    DEMAND(files > 0);
    printf("%d files\n", files);
    return 0;
}
