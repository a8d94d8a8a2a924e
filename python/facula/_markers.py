"""Marks that Python code carries for the compiler."""
__all__ = []
