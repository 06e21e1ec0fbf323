"""Lists: pages, cursors, and the inputs that filter and order them."""
