//! Updates on their way to pages, with ports in memory and a clock that jumps.

mod content;
mod listeners;
mod order;
mod pages;
mod scene;
