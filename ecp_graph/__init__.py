"""Policy action plans as a graph: build it, check it, ask it."""

__version__ = "0.1.0"
