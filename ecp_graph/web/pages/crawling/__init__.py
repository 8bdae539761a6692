"""Sitemaps and robots.txt, for crawlers."""
