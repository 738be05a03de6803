#include "term/compiler.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * Is it an option that a term can't have? Without warnings (-w) nothing tells what is wrong with a
 * term that compiles; and a term is a shared library, which others make none of.
 */
static bool is_left_out(const char *word)
{
    static const char *const options[] = {"-w", "-static", "-static-pie", "-c",           "-S",
                                          "-E", "-M",      "-MM",         "-fsyntax-only"};
    for (size_t k = 0; k < sizeof options / sizeof *options; k++)
        if (strcmp(word, options[k]) == 0)
            return true;
    return strncmp(word, "-o", 2) == 0;
}

/* Splits the words of PARSUM_CC, CC or "cc"; no quotes, no escapes. */
static bool find_words(struct compiler *compiler)
{
    static const char blanks[] = " \t\n";
    const char *named = getenv("PARSUM_CC");
    if (!named || !named[strspn(named, blanks)])
        named = getenv("CC");
    if (!named || !named[strspn(named, blanks)])
        named = "cc";
    compiler->text = strdup(named);
    compiler->words = calloc(strlen(named) / 2 + 1, sizeof *compiler->words);
    if (!compiler->text || !compiler->words)
        return false;
    char *rest = NULL;
    for (char *word = strtok_r(compiler->text, blanks, &rest); word;
         word = strtok_r(NULL, blanks, &rest)) {
        if (compiler->count > 0 && is_left_out(word)) {
            if (strcmp(word, "-o") == 0) /* its file is the next word */
                (void)strtok_r(NULL, blanks, &rest);
            continue;
        }
        if (compiler->command == compiler->count && (word[0] != '-' || compiler->count == 0))
            compiler->command++;
        compiler->words[compiler->count++] = word;
    }
    return true;
}

static void free_words(struct compiler *compiler)
{
    free(compiler->text);
    free(compiler->words);
}

enum status compiler_enter(struct compiler *compiler)
{
    const char *parent = getenv("TMPDIR");
    if (!parent || !*parent)
        parent = "/tmp";
    if (scratch_make(&compiler->scratch, parent) != 0)
        return error_set(STATUS_FAILED,
                         "no directory can be made in %s to compile the term in: %s; set TMPDIR "
                         "to one where that is possible",
                         parent, strerror(errno));
    struct statvfs system;
    if (statvfs(compiler->scratch.path, &system) == 0 && system.f_flag & ST_NOEXEC) {
        (void)scratch_close(&compiler->scratch);
        return error_set(STATUS_FAILED,
                         "%s may not hold executable files (it is mounted noexec), so the term "
                         "can't be compiled there; set TMPDIR to a directory that may",
                         parent);
    }
    return STATUS_OK;
}

void compiler_leave(struct compiler *compiler)
{
    if (compiler->scratch.lock >= 0 && scratch_close(&compiler->scratch) != 0)
        error_note("%s was left behind: %s", compiler->scratch.path, strerror(errno));
}

enum status compiler_open(struct compiler *compiler, struct control *control)
{
    *compiler = (struct compiler){.control = control, .scratch.lock = -1};
    if (find_words(compiler))
        return STATUS_OK;
    free_words(compiler);
    return error_set(STATUS_FAILED, "out of memory for the compiler's options");
}

void compiler_close(struct compiler *compiler)
{
    compiler_leave(compiler);
    free_words(compiler);
}

void compiler_path(const struct compiler *compiler, const char *name, char path[PATH_MAX])
{
    /* scratch has left room for it */
    strcpy(stpcpy(stpcpy(path, compiler->scratch.path), "/"), name);
}

bool compiler_is_full(const struct compiler *compiler)
{
    const unsigned long little = 1 << 20; /* a term takes some 100 KB */
    struct statvfs system;
    return statvfs(compiler->scratch.path, &system) == 0 && system.f_blocks > 0 &&
           system.f_bavail < little / system.f_frsize;
}

enum status compiler_write(const struct compiler *compiler, const char *name, const char *text,
                           size_t length)
{
    char path[PATH_MAX];
    compiler_path(compiler, name, path);
    FILE *const file = fopen(path, "we");
    bool written = file && fwrite(text, 1, length, file) == length;
    if (file)
        written = fclose(file) == 0 && written;
    return written ? STATUS_OK
                   : error_set(STATUS_FAILED,
                               "%s can't be written: %s; set TMPDIR to a directory "
                               "with room",
                               path, strerror(errno));
}

enum status compiler_read(const struct compiler *compiler, const char *name, char **text,
                          size_t *length)
{
    char path[PATH_MAX];
    compiler_path(compiler, name, path);
    FILE *const file = fopen(path, "re");
    struct stat stat;
    *text = NULL;
    if (file && fstat(fileno(file), &stat) == 0 && (*text = malloc((size_t)stat.st_size + 1))) {
        *length = fread(*text, 1, (size_t)stat.st_size, file);
        (*text)[*length] = '\0';
    }
    const bool complete = *text && !ferror(file);
    const int error = errno;
    if (file)
        fclose(file);
    if (complete)
        return STATUS_OK;
    free(*text);
    return error_set(STATUS_FAILED, "%s can't be read: %s", path, strerror(error));
}

/*
 * The environment for the compiler: temporary files go to the private directory, and messages come
 * in plain English so that they can be looked through. The caller frees the array alone; `settings`
 * must outlive it.
 */
static char **make_environment(char *const *settings, size_t count)
{
    size_t size = 0;
    while (environ && environ[size]) /* clearenv() leaves none */
        size++;
    char **const made = calloc(size + count + 1, sizeof *made);
    if (!made)
        return NULL;
    size_t at = 0;
    for (; at < count; at++)
        made[at] = settings[at];
    for (size_t k = 0; k < size; k++) {
        bool replaced = false;
        for (size_t j = 0; j < count; j++)
            replaced |= strncmp(environ[k], settings[j], strcspn(settings[j], "=") + 1) == 0;
        if (!replaced)
            made[at++] = environ[k];
    }
    return made;
}

static char **make_arguments(const struct compiler *compiler, const struct compiler_call *call)
{
    const char *const *const before = call->before, *const *const after = call->after;
    size_t size = compiler->count + 1;
    for (size_t k = 0; before[k]; k++)
        size++;
    for (size_t k = 0; after[k]; k++)
        size++;
    char **const made = calloc(size, sizeof *made);
    if (!made)
        return NULL;
    size_t at = 0;
    for (size_t k = 0; k < compiler->command; k++)
        made[at++] = compiler->words[k];
    for (size_t k = 0; before[k]; k++)
        made[at++] = (char *)before[k]; /* the callee doesn't write to its arguments */
    for (size_t k = compiler->command; k < compiler->count; k++)
        made[at++] = compiler->words[k];
    for (size_t k = 0; after[k]; k++)
        made[at++] = (char *)after[k];
    return made;
}

/* Returns 0 or an error number. */
static int start(const struct compiler *compiler, char **environment, struct compiler_call *call)
{
    char **const arguments = make_arguments(compiler, call);
    if (!arguments)
        return ENOMEM;
    char messages[PATH_MAX];
    compiler_path(compiler, call->messages, messages);
    call->child = (struct child){
        .arguments = arguments,
        .environment = environment,
        .output = messages,
        .directory = compiler->scratch.path,
    };
    const int error = child_start(&call->child);
    free(arguments);
    return error;
}

/* Waits until it ends. A stop ends it. */
static void finish(struct compiler_call *call, struct control *control)
{
    const struct timespec pause = {.tv_nsec = 500000};
    int status = 0;
    bool told = false;
    while (!child_ended(&call->child, &status)) {
        if (control_stop(control) && !told) {
            child_end(&call->child);
            told = true;
        }
        nanosleep(&pause, NULL);
    }
    call->compiled = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    call->killed = WIFSIGNALED(status);
}

enum status compiler_run(const struct compiler *compiler, struct compiler_call *const *calls,
                         size_t count)
{
    char temporary[PATH_MAX + 8];
    snprintf(temporary, sizeof temporary, "TMPDIR=%s", compiler->scratch.path);
    char *const settings[] = {temporary, (char[]){"LC_ALL=C"}};
    char **const environment = make_environment(settings, sizeof settings / sizeof *settings);
    int error = environment ? 0 : ENOMEM;
    size_t started = 0;
    while (started < count && !error) {
        error = start(compiler, environment, calls[started]);
        started += !error;
    }
    for (size_t k = 0; k < started; k++)
        finish(calls[k], compiler->control);
    free(environment);
    if (error == ENOENT)
        return error_set(STATUS_FAILED,
                         "there is no compiler %s here; install one (package gcc or clang) or name "
                         "it in PARSUM_CC, or take a term that --save-term FILE.so has compiled "
                         "elsewhere (--term-file FILE.so)",
                         compiler->words[0]);
    if (error)
        return error_set(STATUS_FAILED, "the compiler %s can't be run: %s; name one in PARSUM_CC",
                         compiler->words[0], strerror(error));
    return control_stop(compiler->control) ? STATUS_STOPPED : STATUS_OK;
}
