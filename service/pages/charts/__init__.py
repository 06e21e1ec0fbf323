"""The charts of the pages. A module has what is drawn, with its positions; the template of the same name draws it."""
