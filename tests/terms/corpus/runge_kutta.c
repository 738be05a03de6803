/* A pendulum, a few steps of Runge and Kutta, with a struct for its state. */
typedef struct {
    double angle, speed;
} State;

static State slope(State s)
{
    return (State){s.speed, -9.81 * sin(s.angle)};
}

static State ahead(State s, State d, double h)
{
    s.angle += h * d.angle, s.speed += h * d.speed;
    return s;
}

double term(int64_t i)
{
    State s = {i * 0.001, 0};
    const double h = 0.01;
    for (int k = 0; k < 5; k++) {
        const State a = slope(s), b = slope(ahead(s, a, h / 2)), c = slope(ahead(s, b, h / 2)),
                    d = slope(ahead(s, c, h));
        s.angle += h / 6 * (a.angle + 2 * b.angle + 2 * c.angle + d.angle);
        s.speed += h / 6 * (a.speed + 2 * b.speed + 2 * c.speed + d.speed);
    }
    return s.angle;
}
