"""What a workspace knows apart from any one plan: bodies, programmes, instruments, topics, goals, with their names."""
