\\ The same partial sums by what zeta and Hurwitz' zeta have in common, to 38 digits.
s = sum(k = 0, 49, zeta(1.1 + 0.1 * k) - zetahurwitz(1.1 + 0.1 * k, 10^8));
printf("{\"total\": \"%.17g\"}\n", s)
quit
