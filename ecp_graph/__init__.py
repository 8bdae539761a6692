"""Policy action plans as a knowledge graph: build it, validate it, query it."""

__version__ = "0.1.0"
