def chain(*iterables):
    return iter([x for it in iterables for x in it])


class _FromIterable:
    def __call__(self, *iterables):
        return iter([x for it in iterables for x in it])

    def from_iterable(self, iterables):
        return iter([x for it in iterables for x in it])


chain = _FromIterable()


class count:
    def __init__(self, start=0, step=1):
        self.value = start
        self.step = step

    def __iter__(self):
        return self

    def __next__(self):
        value = self.value
        self.value += self.step
        return value


class cycle:
    def __init__(self, iterable):
        self.items = list(iterable)
        self.at = 0

    def __iter__(self):
        return self

    def __next__(self):
        if not self.items:
            raise StopIteration
        value = self.items[self.at % len(self.items)]
        self.at += 1
        return value


class repeat:
    def __init__(self, value, times=None):
        self.value = value
        self.left = times

    def __iter__(self):
        return self

    def __next__(self):
        if self.left is not None:
            if self.left <= 0:
                raise StopIteration
            self.left -= 1
        return self.value

    def __len__(self):
        return self.left


def islice(iterable, *args):
    s = slice(*args)
    start, stop, step = s.start or 0, s.stop, s.step or 1
    out = []
    if stop is not None and stop <= start:
        return iter(out)
    for i, x in enumerate(iterable):
        if i >= start and (i - start) % step == 0:
            out.append(x)
        if stop is not None and i + 1 >= stop:
            break
    return iter(out)


def product(*iterables, repeat=1):
    rows = [()]
    for pool in [list(it) for it in iterables] * repeat:
        rows = [row + (x,) for row in rows for x in pool]
    return iter(rows)


def accumulate(iterable, func=None, *, initial=None):
    out = []
    total = initial
    if initial is not None:
        out.append(initial)
    for x in iterable:
        total = x if not out else (total + x if func is None else func(total, x))
        out.append(total)
    return iter(out)


def zip_longest(*iterables, fillvalue=None):
    lists = [list(it) for it in iterables]
    n = max([len(l) for l in lists], default=0)
    return iter([tuple(l[i] if i < len(l) else fillvalue for l in lists) for i in range(n)])


def permutations(iterable, r=None):
    pool = list(iterable)
    r = len(pool) if r is None else r

    def extend(chosen):
        if len(chosen) == r:
            return [tuple(pool[i] for i in chosen)]
        return [row for i in range(len(pool)) if i not in chosen for row in extend(chosen + (i,))]

    return iter(extend(()))


def combinations(iterable, r):
    pool = list(iterable)

    def extend(chosen, first):
        if len(chosen) == r:
            return [tuple(chosen)]
        return [row for i in range(first, len(pool)) for row in extend(chosen + [pool[i]], i + 1)]

    return iter(extend([], 0))


def takewhile(predicate, iterable):
    out = []
    for x in iterable:
        if not predicate(x):
            break
        out.append(x)
    return iter(out)


def dropwhile(predicate, iterable):
    out = []
    dropping = True
    for x in iterable:
        dropping = dropping and predicate(x)
        if not dropping:
            out.append(x)
    return iter(out)


def starmap(function, iterable):
    return iter([function(*args) for args in iterable])


def groupby(iterable, key=None):
    out = []
    for x in iterable:
        k = x if key is None else key(x)
        if out and out[-1][0] == k:
            out[-1][1].append(x)
        else:
            out.append((k, [x]))
    return iter(out)


def pairwise(iterable):
    items = list(iterable)
    return zip(items, items[1:])


def tee(iterable, n=2):
    items = list(iterable)
    return tuple(iter(items) for _ in range(n))


def compress(data, selectors):
    return iter([d for d, s in zip(data, selectors) if s])


def filterfalse(predicate, iterable):
    return iter([x for x in iterable if not (predicate(x) if predicate else x)])
