"""Briefings for people: two pages on a body or a plan, as a page, a Word document, Markdown or HTML.

`brief_of_body` and `brief_of_plan` make the content (`model.Brief`) of answers of the catalogue; `fitting` cuts it to
two pages; `writing/` has a writer for each form.
"""
