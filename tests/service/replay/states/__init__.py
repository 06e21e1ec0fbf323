"""Tests of folds that continue from a kept state."""
