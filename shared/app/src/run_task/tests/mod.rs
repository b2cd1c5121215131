//! Every way a task can run, with ports in memory and a clock that jumps.

mod cancel;
mod clocks;
mod crashes;
mod ends;
mod leases;
mod limits;
mod messages;
mod progress;
mod races;
mod release;
mod reports;
mod scene;
mod usage;
