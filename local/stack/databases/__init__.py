"""PostgreSQL and MongoDB for the stack, from the best source this machine has."""
