! parsum.h for Fortran: what it declares, by the same names. A program of yours may have a copy of this
! file. `threads` is 0 for as many as OpenMP's rules give; strides count numbers.
module parsum
    use, intrinsic :: iso_c_binding, only: c_int, c_int64_t, c_size_t, c_intptr_t, c_double, c_ptr, c_funptr
    implicit none

    ! An exact sum in the making. It begins empty, may be copied, and be sent as its bytes.
    type, bind(c) :: parsum_sum
        integer(c_int64_t) :: words(144) = 0
    end type parsum_sum

    interface
        function parsum_array_sum(threads, n, x, stride) bind(c)
            import :: c_int, c_size_t, c_intptr_t, c_double
            integer(c_int), value :: threads
            integer(c_size_t), value :: n
            real(c_double), intent(in) :: x(*)
            integer(c_intptr_t), value :: stride
            real(c_double) :: parsum_array_sum
        end function parsum_array_sum

        function parsum_array_dot(threads, n, x, stride_x, y, stride_y) bind(c)
            import :: c_int, c_size_t, c_intptr_t, c_double
            integer(c_int), value :: threads
            integer(c_size_t), value :: n
            real(c_double), intent(in) :: x(*), y(*)
            integer(c_intptr_t), value :: stride_x, stride_y
            real(c_double) :: parsum_array_dot
        end function parsum_array_dot

        function parsum_array_norm(threads, n, x, stride) bind(c)
            import :: c_int, c_size_t, c_intptr_t, c_double
            integer(c_int), value :: threads
            integer(c_size_t), value :: n
            real(c_double), intent(in) :: x(*)
            integer(c_intptr_t), value :: stride
            real(c_double) :: parsum_array_norm
        end function parsum_array_norm

        function parsum_array_mean(threads, n, x, stride) bind(c)
            import :: c_int, c_size_t, c_intptr_t, c_double
            integer(c_int), value :: threads
            integer(c_size_t), value :: n
            real(c_double), intent(in) :: x(*)
            integer(c_intptr_t), value :: stride
            real(c_double) :: parsum_array_mean
        end function parsum_array_mean

        function parsum_array_variance(threads, n, x, stride, ddof) bind(c)
            import :: c_int, c_size_t, c_intptr_t, c_double
            integer(c_int), value :: threads
            integer(c_size_t), value :: n, ddof
            real(c_double), intent(in) :: x(*)
            integer(c_intptr_t), value :: stride
            real(c_double) :: parsum_array_variance
        end function parsum_array_variance

        subroutine parsum_add(sum, x) bind(c)
            import :: parsum_sum, c_double
            type(parsum_sum), intent(inout) :: sum
            real(c_double), value :: x
        end subroutine parsum_add

        subroutine parsum_subtract(sum, x) bind(c)
            import :: parsum_sum, c_double
            type(parsum_sum), intent(inout) :: sum
            real(c_double), value :: x
        end subroutine parsum_subtract

        subroutine parsum_add_array(sum, n, x, stride) bind(c)
            import :: parsum_sum, c_size_t, c_intptr_t, c_double
            type(parsum_sum), intent(inout) :: sum
            integer(c_size_t), value :: n
            real(c_double), intent(in) :: x(*)
            integer(c_intptr_t), value :: stride
        end subroutine parsum_add_array

        subroutine parsum_merge(into, from) bind(c)
            import :: parsum_sum
            type(parsum_sum), intent(inout) :: into
            type(parsum_sum), intent(in) :: from
        end subroutine parsum_merge

        ! The sum of f(i, context) for all i from first to last - 1; 0 if all went well. f is bind(c),
        ! and takes both by value.
        function parsum_loop(threads, first, last, f, context, sum) bind(c)
            import :: c_int, c_int64_t, c_double, c_ptr, c_funptr
            integer(c_int), value :: threads
            integer(c_int64_t), value :: first, last
            type(c_funptr), value :: f
            type(c_ptr), value :: context
            real(c_double), intent(inout) :: sum
            integer(c_int) :: parsum_loop
        end function parsum_loop

        function parsum_value(sum) bind(c)
            import :: parsum_sum, c_double
            type(parsum_sum), intent(in) :: sum
            real(c_double) :: parsum_value
        end function parsum_value
    end interface
end module parsum
