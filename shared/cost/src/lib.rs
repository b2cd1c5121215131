#![doc = include_str!("../README.md")]

mod bill;
pub mod money;
mod prices;
mod usage;

pub use money::Usd;
pub use prices::{Architecture, PRICES_OF, Picos, Prices};
pub use usage::Usage;
