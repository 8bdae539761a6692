"""``python -m ecp_graph.cli``: the command line without the installed script."""

from ecp_graph.cli import main

main()
