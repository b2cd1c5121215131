//! Ports kept in memory, for the use cases' unit tests.
