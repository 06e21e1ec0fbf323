"""Tests of folds by several processes."""
