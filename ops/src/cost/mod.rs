//! `ops cost`: what a month costs, by what was measured or by what would be (docs/scaling.md, docs/costs.md).
//!
//! | file | what |
//! |---|---|
//! | `args` | the command line |
//! | `load` | what a system has to do, and what a piece of it takes |
//! | `estimate` | a load with Lambda alone, by service |
//! | `pool`, `fleet` | with a pool; on the classic fleet |
//! | `compare` | the three side by side |
//! | `limits`, `model` | the limits that a load meets; all that at three sizes |
//! | `measured`, `functions` | by what tasks have used; by what CloudWatch says of the functions |
//! | `update` | the price list beside AWS's own |

pub mod args;
pub mod compare;
pub mod estimate;
pub mod fleet;
pub mod functions;
pub mod limits;
pub mod load;
pub mod measured;
pub mod model;
pub mod pool;
pub mod shown;
pub mod update;

pub use args::{Cost, What};
pub use compare::Comparison;
pub use model::Model;
