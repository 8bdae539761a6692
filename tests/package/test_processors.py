"""As many processors as the process may use, not as the machine has."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ecp_graph.processors import usable_processors


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system does not bind processes to processors")
def test_a_process_that_is_bound_to_one_processor_has_one() -> None:
    code = "from ecp_graph.processors import usable_processors; print(usable_processors())"
    one = next(iter(os.sched_getaffinity(0)))
    bound = f"import os; os.sched_setaffinity(0, {{{one}}}); {code}"
    assert int(subprocess.run([sys.executable, "-c", bound], capture_output=True, check=True).stdout) == 1
    assert usable_processors() == len(os.sched_getaffinity(0))
