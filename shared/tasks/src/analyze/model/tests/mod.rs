//! Analyses by a scripted model, with ports in memory.

mod answers;
mod prompts;
mod refusals;
mod scene;
mod spending;
