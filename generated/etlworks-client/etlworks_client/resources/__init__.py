"""Operations, in groups."""
