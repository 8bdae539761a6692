"""What crawlers read: sitemaps and robots.txt."""
