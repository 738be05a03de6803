#include "exact/array.h"

void array_add(struct kulisch *sum, size_t n, struct array x)
{
    for (size_t j = 0; j < n; j++)
        kulisch_add(sum, x.x[(ptrdiff_t)j * x.stride]);
}

void array_add_products(struct kulisch *sum, size_t n, struct array x, struct array y)
{
    for (size_t j = 0; j < n; j++)
        kulisch_add_product(sum, x.x[(ptrdiff_t)j * x.stride], y.x[(ptrdiff_t)j * y.stride]);
}

void array_add_moments(struct kulisch *sum, struct kulisch *squares, size_t n, struct array x)
{
    array_add(sum, n, x);
    array_add_products(squares, n, x, x);
}
