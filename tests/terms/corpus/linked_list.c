/* Josephus's problem on a list of nodes in an array. */
struct node {
    int number;
    struct node *next;
};

int term(int64_t i)
{
    struct node nodes[41];
    const int n = 2 + (int)(i % 40);
    for (int k = 0; k < n; k++)
        nodes[k] = (struct node){k, &nodes[(k + 1) % n]};
    struct node *at = &nodes[n - 1];
    while (at->next != at) {
        for (int k = 0; k < 2; k++)
            at = at->next;
        at->next = at->next->next;
    }
    return at->number;
}
