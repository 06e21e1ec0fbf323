"""Operations: metrics, log messages, the clock check and signals."""
