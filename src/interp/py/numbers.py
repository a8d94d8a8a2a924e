class Number:
    __abstract_of__ = "int float complex bool"


class Complex:
    __abstract_of__ = "int float complex bool"


class Real:
    __abstract_of__ = "int float bool"


class Rational:
    __abstract_of__ = "int bool"


class Integral:
    __abstract_of__ = "int bool"
