"""facula.trace."""
__all__ = []
