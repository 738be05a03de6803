// tbb END...: the same sums with oneTBB's parallel_reduce, one job after another; prints JSON.
// For GCC, see plain.c.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <tbb/blocked_range.h>
#include <tbb/parallel_reduce.h>
#include <vector>

int main(int argc, char **argv)
{
    std::vector<std::int64_t> ends;
    for (int j = 1; j < argc; j++)
        ends.push_back(std::stoll(argv[j]));

    auto begin = std::chrono::steady_clock::now();
    std::uint64_t total = 0;
    for (std::int64_t end : ends) {
        total += tbb::parallel_reduce(
            tbb::blocked_range<std::int64_t>(0, end), std::uint64_t{0},
            [](const tbb::blocked_range<std::int64_t> &range, std::uint64_t sum) {
                for (std::int64_t i = range.begin(); i < range.end(); i++)
                    sum += static_cast<std::uint64_t>(i);
                return sum;
            },
            std::plus<>());
    }
    std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;

    std::printf("{\"seconds\": %.9f, \"total\": \"%lld\"}\n", seconds.count(),
                static_cast<long long>(total));
}
