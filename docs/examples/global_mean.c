/*
 * global_mean: mean and standard deviation of a field that lies on many ranks, with the same bits
 * whatever the number of ranks and however the field is split.
 *
 * Each rank adds up its own part. MPI_Reduce merges the sums by an operation that rounds nothing,
 * so the order in which it does that does not matter.
 *
 *     mpicc global_mean.c $(pkg-config --cflags --libs parsum) -lm -o global_mean
 *     mpirun -n 4 ./global_mean
 */
#include <parsum.h>

#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { POINTS = 1000000 };

/* An MPI_User_function: adds *length objects of `from` to those of `into`. */
static void merge(void *from, void *into, int *length, MPI_Datatype *type)
{
    const struct parsum_sum *const sums = from;
    (void)type;
    for (int k = 0; k < *length; k++)
        parsum_merge((struct parsum_sum *)into + k, &sums[k]);
}

/* What a model would compute: a large mean, and small waves. */
static double field(int point)
{
    return 101325.0 + sin(0.001 * point) + 1e-6 * cos(0.37 * point);
}

int main(int count, char **words)
{
    int rank, ranks;
    MPI_Init(&count, &words);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);

    const int begin = (int)((long long)POINTS * rank / ranks);
    const int end = (int)((long long)POINTS * (rank + 1) / ranks);
    const size_t points = (size_t)(end - begin);
    double *const part = malloc((points + 1) * sizeof *part);
    if (!part)
        MPI_Abort(MPI_COMM_WORLD, 1);
    for (int point = begin; point < end; point++)
        part[point - begin] = field(point);

    struct parsum_sum own[2] = {PARSUM_SUM_ZERO, PARSUM_SUM_ZERO}, all[2];
    parsum_add_array(&own[0], points, part, 1);
    parsum_add_products(&own[1], points, part, 1, part, 1);

    MPI_Datatype type;
    MPI_Op op;
    MPI_Type_contiguous(sizeof(struct parsum_sum), MPI_BYTE, &type);
    MPI_Type_commit(&type);
    MPI_Op_create(merge, 1, &op);
    MPI_Reduce(own, all, 2, type, op, 0, MPI_COMM_WORLD);
    if (rank == 0)
        printf("mean %.17g, standard deviation %.17g\n", parsum_mean_of(&all[0], POINTS),
               parsum_deviation_of(&all[0], &all[1], POINTS, 1));

    MPI_Op_free(&op);
    MPI_Type_free(&type);
    free(part);
    MPI_Finalize();
    return 0;
}
