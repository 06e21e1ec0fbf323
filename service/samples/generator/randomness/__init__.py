"""Random numbers, times and sentences, all from one seed."""
