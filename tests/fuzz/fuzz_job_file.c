/*
 * Any bytes as a file of jobs: read it to its end or first bad line, rewind, and again, in batches
 * of one job, of several, and by the slow twin of the fast way.
 */
#include "fuzz.h"
#include "jobs/job.h"
#include "jobs/job_range.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { START = 7 }; /* of jobs that are given by their end */

/* How the file ended, and a digest of its jobs. */
struct reading {
    enum status status;
    uint64_t jobs, digest;
};

static void take(struct reading *reading, struct job job)
{
    DEMAND(job.start <= job.end);
    reading->jobs++;
    reading->digest = (reading->digest ^ (uint64_t)job.start) * 0x100000001b3u;
    reading->digest = (reading->digest ^ (uint64_t)job.end) * 0x100000001b3u;
}

static struct reading read_all(struct job_source *source, size_t room)
{
    struct reading reading = {0};
    for (;;) {
        enum job_next next = JOB_NOT_YET;
        struct job jobs[8];
        struct job_batch batch = {.jobs = jobs, .room = room, .terms = UINT64_MAX};
        reading.status = job_source_read(source, true, &next, &batch);
        for (size_t k = 0; k < batch.count; k++)
            take(&reading, jobs[k]);
        if (reading.status || next == JOB_END)
            return reading;
        DEMAND(next == JOB_READ && batch.count > 0); /* all of it is there */
        DEMAND(*job_source_place(source));
    }
}

static struct reading read_lines(const char *path)
{
    static struct lines lines;
    struct reading reading = {0};
    memset(&lines, 0, sizeof lines);
    DEMAND(lines_open(&lines, path) == STATUS_OK);
    for (;;) {
        enum job_next next = JOB_NOT_YET;
        struct job job;
        reading.status = range_next(&lines, START, true, &next, &job);
        if (reading.status || next == JOB_END)
            break;
        DEMAND(next == JOB_READ);
        take(&reading, job);
    }
    lines_close(&lines);
    return reading;
}

static void demand_same(struct reading a, struct reading b)
{
    DEMAND(a.status == b.status && a.jobs == b.jobs && a.digest == b.digest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int fd = memfd_create("jobs", MFD_CLOEXEC);
    DEMAND(fd >= 0);
    DEMAND(write(fd, data, size) == (ssize_t)size);
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct job_source *source = NULL;
    DEMAND(job_source_open(&source, &(struct job_spec){.input = path, .start = START}) ==
           STATUS_OK);

    const struct reading first = read_all(source, 1);
    DEMAND(first.status == STATUS_OK || first.status == STATUS_USAGE);
    DEMAND(job_source_rewind(source) == STATUS_OK);
    demand_same(first, read_all(source, 8));
    error_clear();
    demand_same(first, read_lines(path));
    error_clear();

    job_source_close(source);
    close(fd);
    return 0;
}
