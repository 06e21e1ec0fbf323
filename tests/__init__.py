"""What howcanwe promises, one sentence a test."""
