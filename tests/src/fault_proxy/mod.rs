//! Faults between a function and the servers that it uses, without the function's knowledge.
//!
//! | file | what |
//! |---|---|
//! | `aws` | between a function and AWS: sees each call by its operation, and fails it as told |
//! | `call` | which operation a request is |
//! | `action` | what becomes of a call, and plans that decide it |
//! | `tcp` | between a function and any server: a line that can be cut and mended |

mod action;
mod aws;
mod call;
mod tcp;

pub use action::{Action, Plan};
pub use aws::AwsProxy;
pub use call::Call;
pub use tcp::TcpProxy;
