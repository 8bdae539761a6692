"""Between the network and the app: server, connection limits, ASGI bridge, response cache, warming."""
