"""Evaluates queries in forked worker processes, which are sandboxed and can be killed.

No SPARQL engine can limit the time and memory of a query, so the serving process never evaluates one itself::

    server ──control──▶ fork server        one process; holds the store in memory, single-threaded so that it can fork
       │                   │ fork
       └────queries──▶  worker × n         shares the store copy-on-write; no network, no files, limited memory

- `frames`: the wire protocol between server and worker; `sandbox`: the restrictions on a worker; `worker`: its loop.
- `fork_server`: loads the store once and forks a worker in milliseconds.
- `pool`: the engine on the server's side, which gives each query a slot (`slots`), a worker (`workers`) and a deadline.
- `run`: one query in one worker, and its answer as it arrives.
"""
