"""Tests of briefings."""
