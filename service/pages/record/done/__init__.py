"""The page after recording, `/record/done/{position}`, with a button that undoes it for ten minutes."""
