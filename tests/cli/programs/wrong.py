import math


def area(r: float) -> float:
    return math.pi * radius**2


def twice(x):
    return x.dubble() + "2"
