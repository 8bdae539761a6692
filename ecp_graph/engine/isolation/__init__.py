"""Evaluating queries where they can do no harm: in forked workers that can be killed.

No engine of this field bounds a query by itself. So the serving process never evaluates one::

    server ──control──▶ nursery            one process; holds the store in memory, single-threaded, so it may fork
       │                   │ fork
       └────queries──▶  worker × n         shares the store copy-on-write; no network, no files, limited memory

- `frames` is the wire between server and worker, `sandbox` what a worker gives up, `worker` its loop.
- `nursery` loads the store once and forks a worker in milliseconds.
- `pool` is the server's side: an engine that gives each query a place (`places`), a worker (`crew`) and a deadline.
"""
