//! Runs queued tasks.

fn main() {}
