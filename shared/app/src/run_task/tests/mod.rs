//! Every way a task can run, with ports in memory and a clock that jumps.

mod clocks;
mod crashes;
mod ends;
mod leases;
mod messages;
mod progress;
mod races;
mod scene;
