//! Speaks the MongoDB wire protocol in front of PostgreSQL with the documentdb extension.

fn main() {}
