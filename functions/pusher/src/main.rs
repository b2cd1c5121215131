//! Posts task updates to the open connections.

fn main() {}
