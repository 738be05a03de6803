s = 0; forfactored(n = 1, 10^7, s += moebius(n));
printf("{\"total\": \"%d\"}\n", s)
quit
