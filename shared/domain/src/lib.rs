//! Entities, state machines, rules and ports. No AWS, no SQL, no HTTP, no clock.
