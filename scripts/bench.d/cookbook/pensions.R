# pensions.R TABLE OUT: what each pension is worth.
arguments <- commandArgs(TRUE)
members <- read.csv(arguments[1])
worth <- function(age, pension, end) {
    t <- (seq_len(end) - 1) / 12
    sum(pension / 12 * exp(-0.02 * t - 3e-4 * exp(0.09 * (age - 20)) * (exp(0.09 * t) - 1)))
}
members$worth <- mapply(worth, members$age, members$pension, members$end)
write.csv(members, arguments[2], row.names = FALSE)
cat(sprintf("{\"total\": \"%.17g\"}\n", sum(members$worth)))
