"""Times in free text: kind and bounds, or not understood; never a guess."""

from ecp_graph.plans.times.reading import TimeReading, read_time

__all__ = ["TimeReading", "read_time"]
