"""What forms ask the server while somebody fills them in: subjects by their words, and what is wrong so far.

With scripts only: without them, a form has its lists and the button that finds, and says what is wrong once it is sent.
"""
