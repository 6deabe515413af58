"""Where workers run: in processes of this machine (`local`) or in the parent itself (`inline`).

Executors carry messages and know processes; what a message means is known to `search` and to the worker's entry alone.
"""
