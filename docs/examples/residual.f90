! How far an iterative solver still is from its solution: the norm of the residual, in which large terms
! cancel. With exact sums all numbers of threads and all ways to split the grid stop at the same step.
!
!     gfortran parsum.f90 residual.f90 -o residual $(pkg-config --libs parsum) && ./residual
program residual
    use parsum
    implicit none
    integer, parameter :: n = 100000
    real(c_double) :: right(n), left(n), r(n)
    type(parsum_sum) :: whole, part
    integer :: i, threads

    do i = 1, n
        right(i) = merge(1d8, -1d8, mod(i, 2) == 0) + 1d0 / i
        left(i) = merge(1d8, -1d8, mod(i, 2) == 0)
    end do
    r = right - left

    do threads = 1, 4
        print '(a,i2,a,es24.16)', 'norm with', threads, ' threads ', &
            parsum_array_norm(int(threads, c_int), int(n, c_size_t), r, 1_c_intptr_t)
    end do

    ! The sum of a side, as one array and in pieces of different lengths.
    print '(a,es24.16)', 'sum, of Fortran     ', sum(right)
    print '(a,es24.16)', 'sum, whole          ', parsum_array_sum(0_c_int, int(n, c_size_t), right, 1_c_intptr_t)
    i = 1
    do while (i <= n)
        part = parsum_sum()
        call parsum_add_array(part, int(min(i, n - i + 1), c_size_t), right(i:), 1_c_intptr_t)
        call parsum_merge(whole, part)
        i = 2 * i
    end do
    print '(a,es24.16)', 'sum, in pieces      ', parsum_value(whole)
end program residual
