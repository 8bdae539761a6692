"""What stands between the network and the app: server, bridge, cache, compression, budget, metrics."""
