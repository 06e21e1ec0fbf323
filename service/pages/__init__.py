"""Pages for people: a frontend of our own graph. A page is a folder with its query, its view and its template."""
