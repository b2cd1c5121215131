//! Builders, a fixed clock, in-memory ports and the contract suite of each port.
