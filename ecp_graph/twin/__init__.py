"""The static site: every page and document of the site as a file that any file server, or a zip, can hand out.

::

    names      the file that an address of the site becomes
    markup     the links of a page, made relative to its file
    once       an engine that is asked the same only once
    visit      the site, asked for one address as a browser would, and the answer written down
    crawl      every address of it that can be reached, visited by several processes
    redirects  rules by which Apache, nginx and Netlify-like hosts answer for the identifiers
    publish    all of it beside the old twin, which it then replaces in one step
"""
