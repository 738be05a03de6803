/* Any bytes as a file of jobs: read it to its end or first bad line, rewind, and again. */
#include "fuzz.h"
#include "jobs/job.h"

#include <sys/mman.h>
#include <unistd.h>

/* How the file ended, and a digest of its jobs. */
struct reading {
    enum status status;
    uint64_t jobs, digest;
};

static struct reading read_all(struct job_source *source)
{
    struct reading reading = {0};
    for (;;) {
        enum job_next next = JOB_NOT_YET;
        struct job job = {0};
        reading.status = job_source_next(source, true, &next, &job);
        if (reading.status || next == JOB_END)
            return reading;
        DEMAND(next == JOB_READ); /* all of it is there */
        DEMAND(job.start <= job.end);
        reading.jobs++;
        reading.digest = (reading.digest ^ (uint64_t)job.start) * 0x100000001b3u;
        reading.digest = (reading.digest ^ (uint64_t)job.end) * 0x100000001b3u;
        DEMAND(*job_source_place(source));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int fd = memfd_create("jobs", MFD_CLOEXEC);
    DEMAND(fd >= 0);
    DEMAND(write(fd, data, size) == (ssize_t)size);
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct job_source *source = NULL;
    DEMAND(job_source_open(&source, &(struct job_spec){.input = path, .start = 7}) == STATUS_OK);

    const struct reading first = read_all(source);
    DEMAND(first.status == STATUS_OK || first.status == STATUS_USAGE);
    DEMAND(job_source_rewind(source) == STATUS_OK);
    const struct reading second = read_all(source);
    DEMAND(first.status == second.status && first.jobs == second.jobs);
    DEMAND(first.digest == second.digest);

    job_source_close(source);
    close(fd);
    return 0;
}
