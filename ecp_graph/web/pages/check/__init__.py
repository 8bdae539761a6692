"""A draft compared with plans before anybody adopts it."""
