"""What the screens are made of, one widget a file. All but the composer paint lines."""
