//! Sweeps, with ports in memory and a clock that jumps.

mod expired;
mod figures;
mod runs;
mod scene;
mod tasks;
