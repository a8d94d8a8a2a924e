l = [3, 1, 2]
l.append(5); l.extend([7, 8]); l.insert(1, 9); print(l, l.pop(), l.pop(0), l, l.index(2), l.count(1)); l.remove(9); l.sort(); print(l); l.reverse(); print(l)
print(sorted([3, 1, 2], reverse=True), sorted(["bb", "a"], key=len), sorted([(1, "b"), (1, "a")]), list(reversed([1, 2, 3])), [1, 2] + [3], [0] * 3, [1, 2] == [1, 2], [1] < [1, 2], l[-2:], l[::-1])
l[1:3] = ["x", "y", "z"]; print(l); del l[0]; print(l); del l[::2]; print(l); l[:] = []; print(l, not l)
a, *b, c = range(5); print(a, b, c); (x, y), z = (1, 2), 3; print(x, y, z); x, y = y, x; print(x, y); [p, q] = "ab"; print(p, q)
t = (1, 2, 3); print(t, t[1:], t + (4,), t * 2, (1,), (), len(t), 2 in t, t.index(3), t.count(1), tuple([1, 2]), *t)
d = {"a": 1, "b": 2}; d["c"] = 3; print(d, d["a"], d.get("z"), d.get("z", 0), list(d), list(d.keys()), list(d.values()), list(d.items()), "a" in d, len(d), d.pop("a"), d)
d.update({"x": 9}, y=10); d.setdefault("q", []).append(1); print(d, {**d, "b": 0}, dict(a=1, b=2), dict([("k", "v")]), dict(zip("ab", [1, 2])), {k: v for k, v in d.items() if k != "q"})
del d["x"]; print(d, d.popitem(), {1: "a", 1.0: "b", True: "c"}, {(1, 2): 3}[(1, 2)], {"a": 1} == {"a": 1.0}, {"a": 1} | {"b": 2})
s = {1, 2, 3}; s.add(2); s.discard(9); print(len(s), 2 in s, s & {2, 3, 4}, s | {5}, s - {1}, s ^ {3, 4}, s <= {1, 2, 3, 4}, s.issubset([1, 2, 3]), s.issuperset({1}), sorted(s.union([7])), frozenset([1]), {1} == {1})
print([i + j for i in range(2) for j in range(3) if j], {i % 3 for i in range(9)} == {0, 1, 2}, {str(i): i for i in range(3)}, sum(i for i in range(5)), [[j for j in range(i)] for i in range(3)], list(x * 2 for x in [1, 2]))
print(list(enumerate("ab")), list(enumerate("ab", 1)), list(zip([1, 2, 3], "ab")), list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, "", "a"])), any([0, 1]), all([1, 0]), any([]), all([]))
it = iter([1, 2]); print(next(it), next(it), next(it, "end")); print(*[1, 2], *(3,), sep="-", end="!\n")
m = [[0] * 2 for _ in range(2)]; m[0][1] = 5; print(m); x = [1, 2]; y = x; y.append(3); print(x, x is y, x == [1, 2, 3], x is not [1, 2, 3])
x = [1]; x += [2]; print(x); x *= 2; print(x); n = {}; n["a"] = n.get("a", 0) + 1; print(n)
for i, (a, b) in enumerate([(1, 2), (3, 4)]): print(i, a, b)
for i in range(3):
    if i == 1: continue
    if i == 5: break
else:
    print("no break")
while True:
    break
else:
    print("never")
i = 0
while i < 3: i += 1
print(i, [print, len][1]("abc"), [1, 2, 3][slice(0, 2)], slice(1, None), list(range(3))[-1:])
if (n := len("abcd")) > 3: print(n)
print([y := 1, y ** 2], {"a": [1, {"b": (2,)}]})
import collections
from collections import OrderedDict, defaultdict, namedtuple, Counter, deque
o = OrderedDict([("x", 1), ("y", 2)]); o["z"] = 3; o.move_to_end("x"); print(list(o.items()), list(o), len(o), isinstance(o, dict))
dd = defaultdict(list); dd["a"].append(1); dd["b"]; print(dict(dd), dd)
P = namedtuple("P", ["x", "y"]); p = P(1, y=2); print(p, p.x, p[1], p._replace(x=5), p == (1, 2), P._fields, p._asdict(), len(p), *p); a, b = p; print(a, b)
print(Counter("abca").most_common(1), Counter([1, 1, 2])[1], Counter()["zz"]); q = deque([1, 2, 3], maxlen=2) if False else deque([1, 2]); q.append(3); print(q.popleft(), len(q))
import itertools
print(list(itertools.chain([1], [2, 3])), list(itertools.chain.from_iterable([[1], [2]])), list(itertools.product([1, 2], "ab")), list(itertools.islice(itertools.count(5), 3)), list(zip(range(2), itertools.repeat("x"))), list(itertools.accumulate([1, 2, 3])), list(itertools.combinations([1, 2, 3], 2)), list(itertools.zip_longest([1], [2, 3])), list(itertools.permutations([1, 2])))
import operator
print(operator.itemgetter(1)([5, 6]), operator.attrgetter("real")(3) if False else "", operator.mul(3, 4))
import copy
a = {"x": [1, 2]}; b = copy.deepcopy(a); c = copy.copy(a); a["x"].append(3); print(a, b, c)
