//! A stand-in for Lambda: runs a function's own binary and hands it events over the
//! [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), one at a time or, as Lambda
//! Managed Instances do, several at once.
//!
//! | file | what |
//! |---|---|
//! | `function` | a function: invoke it, kill it; it comes back for the next event |
//! | `process` | one execution environment: a process and its Runtime API |
//! | `attached` | the same for a process that somebody else starts, such as a debugger |
//! | `api` | the four calls of the Runtime API |
//! | `http_server` | the server below it, which serves other stand-ins too |
//! | `usage` | processor time and size of a process |

mod api;
mod attached;
mod function;
mod http_server;
mod process;
mod usage;

pub use attached::Attached;
pub use function::{Failed, Function, Killer};
pub use http_server::{Answered, Asked, Cut, HttpServer};
pub use process::{Setup, lambda_variables};
pub use usage::{Usage, usage};
