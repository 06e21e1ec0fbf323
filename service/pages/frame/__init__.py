"""What all pages have in common: how they are declared, answered, drawn and sent, and in which language."""
