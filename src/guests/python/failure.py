# How an error is reported: bounded, however deep the stack and however long the chain of causes.
USUAL = 1100  # frames: at its own recursion limit Python prints all
LOADERS = ("<frozen importlib", "<frozen runpy")  # which run what a program loads; they are not its own
KEPT = 50  # frames, from each end of a trace; a fifth as many causes


def write_trace(error, path, source):
    """As Python writes it, from the program's own first frame on, but for what is beyond the first and last few."""
    import linecache, traceback  # noqa: E401

    linecache.cache[path] = (len(source), None, source.decode("utf-8", "replace").splitlines(True), path)
    chain, seen, link = [], set(), ""
    while error is not None and id(error) not in seen:
        chain.append((error, link))
        seen.add(id(error))
        link = traceback._context_message if error.__cause__ is None else traceback._cause_message
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)

    def walk(trace):
        while trace is not None and trace.tb_frame.f_code.co_filename != path:
            trace = trace.tb_next
        steps = []
        while trace is not None:
            if not trace.tb_frame.f_code.co_filename.startswith(LOADERS):
                steps.append(trace)
            trace = trace.tb_next
        return steps

    def summary(error, steps):
        trace = None
        for step in reversed(steps):
            trace = type(step)(trace, step.tb_frame, step.tb_lasti, step.tb_lineno)
        links = error.__cause__, error.__context__, error.__suppress_context__
        error.__cause__ = error.__context__ = None  # it would be read to its end
        try:
            return traceback.TracebackException(type(error), error, trace)
        finally:
            error.__cause__, error.__context__, error.__suppress_context__ = links

    def write(error):
        steps = walk(error.__traceback__)
        if len(steps) <= USUAL:
            return "".join(summary(error, steps).format())
        whole, tail = summary(error, steps[:KEPT]), summary(error, steps[-KEPT:]).stack.format()
        head, gap = whole.stack.format(), "  [%d more frames]\n" % (len(steps) - 2 * KEPT)

        class Cut:
            def format(self, **_):
                return [*head, gap, *tail]

        whole.stack = Cut()
        return "".join(whole.format())

    texts = [write(error) + link for error, link in chain[: KEPT // 5]]
    rest = chain[KEPT // 5 :]
    if len(rest) > KEPT // 5:
        texts.append("[%d more exceptions]\n%s" % (len(rest) - KEPT // 5, rest[-KEPT // 5 - 1][1]))
    texts += [write(error) + link for error, link in rest[-KEPT // 5 :]]
    return "".join(reversed(texts))
