// tbb_term START END: the sum of 1.0/((double)i*i) with oneTBB's parallel_reduce; prints JSON.
// For GCC, see plain.c.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <tbb/blocked_range.h>
#include <tbb/parallel_reduce.h>

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    const std::int64_t start = std::stoll(argv[1]), end = std::stoll(argv[2]);
    const auto begin = std::chrono::steady_clock::now();
    const double total = tbb::parallel_reduce(
        tbb::blocked_range<std::int64_t>(start, end), 0.0,
        [](const tbb::blocked_range<std::int64_t> &range, double sum) {
            for (std::int64_t i = range.begin(); i < range.end(); i++)
                sum += 1.0 / (static_cast<double>(i) * static_cast<double>(i));
            return sum;
        },
        std::plus<>());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    std::printf("{\"seconds\": %.9f, \"total\": \"%.17g\"}\n", seconds.count(), total);
}
