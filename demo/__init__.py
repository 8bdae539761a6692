"""The demo: three made-up work programmes, imported into a workspace of their own and compared."""
