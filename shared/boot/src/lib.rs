//! Settings, telemetry, system clock and Lambda start.
