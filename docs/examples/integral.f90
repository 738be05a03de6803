! Pi as the integral of 4/(1 + x^2) over [0, 1], by the midpoint rule: a loop over a function of this
! program, on all cores, with a sum that is rounded once.
!
!     gfortran parsum.f90 integral.f90 -o integral $(pkg-config --libs parsum) && ./integral
module height_of_pi
    use, intrinsic :: iso_c_binding, only: c_int64_t, c_double, c_ptr, c_f_pointer
    implicit none
contains
    ! Called by several threads at once: it has no variables that are saved.
    function height(i, context) bind(c)
        integer(c_int64_t), value :: i
        type(c_ptr), value :: context
        real(c_double) :: height
        integer(c_int64_t), pointer :: steps
        real(c_double) :: x
        call c_f_pointer(context, steps)
        x = (i + 0.5d0) / steps
        height = 4 / (1 + x * x) / steps
    end function height
end module height_of_pi

program integral
    use parsum
    use height_of_pi
    use, intrinsic :: iso_c_binding, only: c_funloc, c_loc
    implicit none
    integer(c_int64_t), target :: steps = 10000000
    real(c_double) :: pi
    integer(c_int) :: threads

    do threads = 1, 4
        if (parsum_loop(threads, 0_c_int64_t, steps, c_funloc(height), c_loc(steps), pi) /= 0) stop 1
        print '(a,i2,a,f18.15)', 'pi with', threads, ' threads ', pi
    end do
end program integral
