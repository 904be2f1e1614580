"""Reading courses in OATutor's content layout and keeping them in step with the database.

`latex` and `texts` turn OATutor's writing into our Markdown, `answers` its keys and choices, `ladders` its hints;
`folder` opens files that may be anything, `reading` makes `records` of them, `writing` makes rows of those.
"""
