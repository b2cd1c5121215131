//! Wire types only: HTTP bodies, WebSocket frames, queue messages.
