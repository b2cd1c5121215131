//! The WebSocket routes: connect, disconnect and client frames.

fn main() {}
