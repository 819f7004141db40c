"""The faces of the program, one a file, each with its style sheet beside it."""
