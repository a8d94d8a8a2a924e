def fnmatch(name, pattern):
    def match(n, p):
        if not p:
            return not n
        if p[0] == "*":
            return match(n, p[1:]) or (bool(n) and match(n[1:], p))
        return bool(n) and (p[0] == "?" or p[0] == n[0]) and match(n[1:], p[1:])

    return match(name, pattern)


fnmatchcase = fnmatch


def filter(names, pattern):
    return [n for n in names if fnmatch(n, pattern)]
