"""Jinja2 with what templates for responses may do.

The values that a template works with come from a request, so whoever sends it chooses the numbers and lengths. So the
world of a template is closed:

- Values are plain. A request is known by a table of its members, and nothing else of the server can be reached.
- An attribute is a member of a dictionary or one of the names in a table, never a method. Filters, functions and
  methods are in tables, too. What is listed there costs no more than its input is long, or says before it starts how
  much it will make.
- A `Budget` is for a whole rendering. It counts the rounds of loops and the characters that are made, and looks at the
  clock. Lists that contain one value twice grow faster than what they are made of, so they are weighed when they are
  made. Loops, macros, lists, concatenations and calls of methods are rewritten so that they are counted.

Only ``template.py`` imports these modules, and only when there is a template: importing Jinja2 takes 0.1 seconds.
"""
