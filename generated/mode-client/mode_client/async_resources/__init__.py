"""Operations of the asynchronous client, in groups."""
