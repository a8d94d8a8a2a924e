"""facula.script of live Python objects."""
__all__ = []
