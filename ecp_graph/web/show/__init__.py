"""How things of the graph are shown on any page: terms, names, links, panels, findings."""
