"""What an event may say: its types, terms, fields and times, and what is wrong with one."""
