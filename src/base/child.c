/*
 * Between the two processes stands a guard, a copy of this process: the system tells it when its
 * parent has died (PR_SET_PDEATHSIG), even by SIGKILL, and it ends the child's process group and
 * removes what would be left behind. The child itself can't be told so: it is a driver that starts
 * others.
 */
#include "base/child.h"

#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ends this process, which has failed before it did anything, and says why. */
static _Noreturn void give_up(int report)
{
    const int error = errno;
    const ssize_t told = write(report, &error, sizeof error);
    (void)told; /* without a word it looks like a child that failed */
    _exit(127);
}

/* Becomes the child's program. */
static _Noreturn void become(const struct child *child, const sigset_t *mask, int report)
{
    /* What is ignored stays so in another program; what is caught does not. */
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigaction(SIGPIPE, &usual, NULL);
    sigaction(SIGXFSZ, &usual, NULL);
    setpgid(0, 0);
    report = fcntl(report, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); /* it may be one of those below */
    const int input = open("/dev/null", O_RDONLY);
    const int output = open(child->output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (input < 0 || output < 0 || dup2(input, STDIN_FILENO) < 0 ||
        dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
        give_up(report);
    if (input > STDERR_FILENO)
        close(input);
    if (output > STDERR_FILENO)
        close(output);
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvpe(child->arguments[0], child->arguments, child->environment);
    give_up(report);
}

/*
 * fork, where it can be had without the handlers that libraries have for it. In LLVM's OpenMP they
 * wait for threads that a forked process has not, and leave a name in /dev/shm for each child.
 * Until it ends or execs the child calls nothing but the system: other threads may have held any
 * lock. (ThreadSanitizer, which has such a handler too, takes the child for one that leaks the
 * threads of its parent: the preset of tests, tsan, has it look away.)
 */
static pid_t plain_fork(void)
{
#if defined __GLIBC__ && __GLIBC_PREREQ(2, 34)
    return _Fork();
#else
    return fork();
#endif
}

/* Waits for the child's program, tells how it ended, and ends as it did. */
static _Noreturn void guard(const struct child *child, const sigset_t *mask, int report, int tell,
                            pid_t parent)
{
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    sigaction(SIGCHLD, &usual, NULL); /* one that is ignored does not come */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setpgid(0, 0); /* what ends this process's group, such as a shell, leaves the guard alone */
    const pid_t pid = plain_fork();
    if (pid < 0)
        give_up(report);
    if (pid == 0)
        become(child, mask, report);
    close(report);
    setpgid(pid, pid); /* whichever of the two comes first */
    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGCHLD);
    int status;
    for (pid_t ended; (ended = waitpid(pid, &status, WNOHANG)) != pid;) {
        int number = SIGTERM;
        if (ended < 0 && errno != EINTR) {
            kill(-pid, SIGKILL);
            _exit(127);
        }
        if (getppid() == parent)
            sigwait(&awaited, &number);
        if (number == SIGTERM)
            kill(-pid, SIGKILL);
    }
    if (getppid() != parent) {
        kill(-pid, SIGKILL);
        (void)scratch_remove(child->directory);
    }
    const ssize_t told = write(tell, &status, sizeof status);
    (void)told; /* the parent may have died */
    if (!WIFEXITED(status))
        raise(SIGKILL);
    _exit(WEXITSTATUS(status));
}

int child_start(struct child *child)
{
    int report[2], tell[2];
    if (pipe2(report, O_CLOEXEC) != 0)
        return errno;
    int error = pipe2(tell, O_CLOEXEC | O_NONBLOCK) == 0 ? 0 : errno;
    if (error) {
        close(report[0]);
        close(report[1]);
        return error;
    }
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    const pid_t parent = getpid();
    child->told = tell[0];
    child->pid = plain_fork();
    if (child->pid == 0)
        guard(child, &mask, report[1], tell[1], parent);
    error = child->pid < 0 ? errno : 0;
    close(report[1]);
    close(tell[1]);
    if (child->pid > 0 && read(report[0], &error, sizeof error) == sizeof error)
        waitpid(child->pid, NULL, 0);
    else if (child->pid > 0)
        error = 0;
    close(report[0]);
    if (error)
        close(child->told);
    return error;
}

bool child_ended(struct child *child, int *status)
{
    const pid_t ended = waitpid(child->pid, status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR))
        return false;
    /* Somebody else has awaited it. A guard that said nothing was killed. */
    if (ended < 0 && read(child->told, status, sizeof *status) != sizeof *status)
        *status = SIGKILL;
    close(child->told);
    return true;
}

void child_end(const struct child *child)
{
    kill(child->pid, SIGTERM);
}
