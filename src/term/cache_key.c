#include "term/cache_key.h"

#include "base/digest.h"
#include "base/cpu.h"
#include "base/machine.h"
#include "term/inside/term_abi.h"
#include "term/text.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Options that begin so take their argument as part of the word, or else as the next one. */
static const char *const directories[] = {"-I", "-isystem", "-iquote", "-idirafter"};
static const char *const pairs[] = {"-D", "-U", "-include", "-imacros"};

/* Variables that compilers, their wrappers and the dynamic linker listen to. */
static const char *const variables[] = {
    "PATH=", "CPATH=", "C_INCLUDE_PATH=", "LIBRARY_PATH", "LD_",     "COMPILER_PATH=",
    "GCC_",  "CCC_",   "CLANG_",          "CCACHE_",      "DISTCC_", "SOURCE_DATE_EPOCH="};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool begins_with_one(const char *text, const char *const *list, size_t count)
{
    bool any = false;
    for (size_t k = 0; k < count; k++)
        any = any || begins(text, list[k]);
    return any;
}

void cache_key_add(struct cache_key *key, const void *bytes, size_t length)
{
    for (size_t k = 0; k < COUNT(key->words); k++) {
        key->words[k] = digest_add(key->words[k], &length, sizeof length);
        key->words[k] = digest_add(key->words[k], bytes, length);
    }
}

static void add_text(struct cache_key *key, const char *text)
{
    cache_key_add(key, text, strlen(text));
}

/* Is the option known to bring nothing along but what it includes? */
static bool is_harmless(const char *option)
{
    static const char *const good[] = {"-O",    "-g",    "-m",       "-W",    "-f",
                                       "-std=", "-pipe", "-pthread", "-ansi", "-pedantic"};
    static const char *const bad[] = {"-Wl,", "-Wa,", "-Wp,", "-mllvm"};
    const bool file = option[1] == 'f' && (strstr(option, "plugin") || strstr(option, "profile") ||
                                           strstr(option, "list=") || strchr(option, '/'));
    return begins_with_one(option, good, COUNT(good)) && !file &&
           !begins_with_one(option, bad, COUNT(bad));
}

/* Does the word take the next one as its argument? */
static bool takes_next(const char *word)
{
    bool any = false;
    for (size_t k = 0; k < COUNT(directories); k++)
        any = any || strcmp(word, directories[k]) == 0;
    for (size_t k = 0; k < COUNT(pairs); k++)
        any = any || strcmp(word, pairs[k]) == 0;
    return any;
}

static bool are_harmless(const struct compiler *compiler)
{
    for (size_t k = 1; k < compiler->command; k++) { /* as in "gcc own.o" */
        const char *const end = strrchr(compiler->words[k], '.');
        if (end && (strchr("aocCsS", end[1]) || begins(end, ".so")))
            return false;
    }
    for (size_t k = compiler->command; k < compiler->count; k++) {
        const char *const word = compiler->words[k];
        if (takes_next(word))
            k++;
        else if (!is_harmless(word) && !begins_with_one(word, directories, COUNT(directories)) &&
                 !begins_with_one(word, pairs, COUNT(pairs)))
            return false;
    }
    return true;
}

/* The program that would be run under that name. */
static void add_program(struct cache_key *key, const char *name)
{
    const char *path = getenv("PATH");
    char file[PATH_MAX];
    struct stat found = {0};
    snprintf(file, sizeof file, "%s", name);
    bool any = strchr(name, '/') && stat(file, &found) == 0;
    for (const char *at = path ? path : "/bin:/usr/bin"; !any && !strchr(name, '/');) {
        const size_t length = strcspn(at, ":");
        snprintf(file, sizeof file, "%.*s/%s", length ? (int)length : 1, length ? at : ".", name);
        any = access(file, X_OK) == 0 && stat(file, &found) == 0 && S_ISREG(found.st_mode);
        if (!at[length])
            break;
        at += length + 1;
    }
    const int64_t facts[] = {any,           (int64_t)found.st_dev, (int64_t)found.st_ino,
                             found.st_size, found.st_mtim.tv_sec,  found.st_mtim.tv_nsec};
    add_text(key, file);
    cache_key_add(key, facts, sizeof facts);
}

static void add_compiler(struct cache_key *key, const struct compiler *compiler)
{
    static const char *const others[] = {"cc", "gcc", "clang", "as", "ld"};
    for (size_t k = 0; k < compiler->count; k++)
        add_text(key, compiler->words[k]);
    for (size_t k = 0; k < compiler->command; k++)
        add_program(key, compiler->words[k]);
    for (size_t k = 0; k < COUNT(others); k++)
        add_program(key, others[k]);
    uint64_t settings = 0; /* they come in any order */
    bool relative = compiler->count > compiler->command;
    for (char *const *setting = environ; setting && *setting; setting++)
        if (begins_with_one(*setting, variables, COUNT(variables))) {
            settings += digest_add(DIGEST_START, *setting, strlen(*setting));
            relative = relative || begins(*setting, "C");
        }
    cache_key_add(key, &settings, sizeof settings);
    char here[PATH_MAX] = "";
    add_text(key, relative && getcwd(here, sizeof here) ? here : "");
}

/* What a -march=native looks at. */
static void add_cpu(struct cache_key *key)
{
    char name[MACHINE_NAME];
    machine_cpu(name);
    add_text(key, name);
#define ADD(name, macro, feature) cache_key_add(key, &(int){CPU_HAS(name, feature)}, sizeof(int));
    TERM_CPU_FEATURES(ADD)
#undef ADD
}

/* Which options there are for what. */
static void add_recipes(struct cache_key *key, const struct recipe *recipe)
{
    const struct part part = {.object = "", .proof = "", .library = "", .bits = BITS_NONE};
    for (enum way way = PROOF; way <= EXPAND; way++) {
        struct step step = {.before = {NULL}};
        recipe_compile(&step, way, *recipe, &part);
        for (const char *const *option = step.before; *option; option++)
            add_text(key, *option);
        for (const char *const *option = step.after; *option; option++)
            add_text(key, *option);
    }
}

bool cache_key_make(struct cache_key *key, const struct recipe *recipe, const char *text,
                    size_t length, uint64_t file)
{
    if (!are_harmless(recipe->compiler))
        return false;
    *key = (struct cache_key){{DIGEST_START, ~DIGEST_START}};
    add_text(key, machine_version());
    add_text(key, machine_compiler());
    for (const struct term_text *carried = term_texts; carried->name; carried++) {
        const uint64_t digest = digest_block(carried->text, carried->length);
        cache_key_add(key, &digest, sizeof digest);
    }
    add_recipes(key, recipe);
    add_compiler(key, recipe->compiler);
    add_cpu(key);
    cache_key_add(key, text, length);
    cache_key_add(key, &file, sizeof file);
    return true;
}

bool cache_key_files(struct bytes *files, const char *list, const char *directory)
{
    const char *at = strstr(list, ": ");
    if (!at)
        return false;
    for (at += strlen(": "); *at;) {
        const size_t start = files->length;
        for (; *at && *at != ' ' && *at != '\n'; at++) {
            if (at[0] == '\\' && at[1] == '\n')
                break;
            at +=
                (at[0] == '\\' && (at[1] == ' ' || at[1] == '#')) || (at[0] == '$' && at[1] == '$');
            bytes_put(files, at, 1);
        }
        if (files->length > start)
            bytes_put(files, "", 1);
        if (files->failed)
            return false;
        const char *const name = (const char *)files->data + start;
        if (files->length > start && begins(name, directory) && name[strlen(directory)] == '/')
            files->length = start;
        at += strspn(at, " \n\\");
    }
    return true;
}

/* Adds what is in the file. */
static bool add_content(uint64_t *state, const char *name)
{
    unsigned char block[65536];
    const int file = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = -1;
    while (file >= 0 && (got = read(file, block, sizeof block)) > 0)
        *state = digest_add(*state, block, (size_t)got);
    if (file >= 0)
        close(file);
    return got == 0;
}

/* Adds the file: what stat tells of it, or what is in it. */
static bool add_file(uint64_t *state, const char *name, bool content, int64_t since_ns)
{
    struct stat found;
    *state = digest_add(*state, name, strlen(name) + 1);
    if (stat(name, &found) != 0 || !S_ISREG(found.st_mode) ||
        found.st_ctim.tv_sec * INT64_C(1000000000) + found.st_ctim.tv_nsec >= since_ns)
        return false;
    if (content)
        return add_content(state, name);
    char facts[256];
    const int length =
        snprintf(facts, sizeof facts, "%ju %ju %jd %jd %ld %jd %ld", (uintmax_t)found.st_dev,
                 (uintmax_t)found.st_ino, (intmax_t)found.st_size, (intmax_t)found.st_mtim.tv_sec,
                 found.st_mtim.tv_nsec, (intmax_t)found.st_ctim.tv_sec, found.st_ctim.tv_nsec);
    *state = digest_add(*state, facts, (size_t)length);
    return true;
}

/* Appends the directories of a list with a colon between each two. */
static void put_directories(struct bytes *names, const char *list)
{
    while (list && *list) {
        const size_t length = strcspn(list, ":");
        bytes_put(names, list, length);
        bytes_put(names, "", 1);
        list += length + (list[length] == ':');
    }
}

static void put_include_directories(struct bytes *names, const struct compiler *compiler)
{
    for (size_t k = compiler->command; k < compiler->count; k++)
        for (size_t j = 0; j < COUNT(directories); j++) {
            const char *const word = compiler->words[k];
            const size_t length = strlen(directories[j]);
            if (begins(word, directories[j]) && (word[length] || k + 1 < compiler->count))
                put_directories(names, word[length] ? word + length : compiler->words[k + 1]);
        }
    put_directories(names, compiler->count > compiler->command ? "." : NULL);
    put_directories(names, getenv("CPATH"));
    put_directories(names, getenv("C_INCLUDE_PATH"));
    put_directories(names, "/usr/local/include");
}

static bool has_directory(const struct bytes *names, const char *directory, size_t length)
{
    for (size_t at = 0; at < names->length; at += strlen((char *)names->data + at) + 1)
        if (strncmp((char *)names->data + at, directory, length) == 0 &&
            names->data[at + length] == '\0')
            return true;
    return false;
}

/* Adds which of the names "a/b/c", "b/c" and "c" are in any of the directories. */
static void add_namesakes(uint64_t *state, const struct bytes *names, const char *file)
{
    char path[2 * PATH_MAX];
    for (const char *end = strchr(file, '/'); end; end = strchr(end + 1, '/'))
        for (size_t at = 0; at < names->length; at += strlen((char *)names->data + at) + 1) {
            snprintf(path, sizeof path, "%s%s", (char *)names->data + at, end);
            const char there = access(path, F_OK) == 0 ? 'y' : 'n';
            *state = digest_add(*state, &there, 1);
        }
}

bool cache_key_state(const struct compiler *compiler, const struct bytes *files, size_t at,
                     bool content, int64_t since_ns, uint64_t *state)
{
    struct bytes names = {0};
    put_include_directories(&names, compiler);
    bool good = true;
    *state = DIGEST_START;
    const char *const begin = (const char *)files->data + at, *const end =
                                                                  (const char *)files->data +
                                                                  files->length;
    for (const char *file = begin; good && file < end; file += strlen(file) + 1) {
        const char *const slash = strrchr(file, '/');
        const size_t length = slash ? (size_t)(slash - file) : 0;
        good = add_file(state, file, content, since_ns);
        if (length > 0 && !begins(file, "/usr/") && !has_directory(&names, file, length)) {
            bytes_put(&names, file, length);
            bytes_put(&names, "", 1);
        }
    }
    for (const char *file = begin; good && file < end && !names.failed; file += strlen(file) + 1)
        add_namesakes(state, &names, file);
    good = good && !names.failed;
    bytes_free(&names);
    return good;
}
