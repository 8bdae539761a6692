"""RDF as terms, files and text: what reads a workspace's files, and what writes statements in each syntax."""
