"""The pages where people record, in a browser: by keyboard, on a phone, in German, over a line that breaks."""
