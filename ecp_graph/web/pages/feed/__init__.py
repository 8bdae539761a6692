"""The feed of findings: what is new, and what is reopened."""
