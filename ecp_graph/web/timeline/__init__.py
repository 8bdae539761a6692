"""The drawing of a time line: the axis, and where everything stands on it. Templates only write it out."""
