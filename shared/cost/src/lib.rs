#![doc = include_str!("../README.md")]

mod bill;
mod list;
pub mod money;
mod prices;
mod usage;

pub use list::{LIST, PRICES_OF, REGION};
pub use money::Usd;
pub use prices::{Architecture, Listed, Picos, Prices};
pub use usage::Usage;

/// The text of the list's own file, for whoever brings it up to date.
pub const LIST_SOURCE: &str = include_str!("list.rs");

/// The price of one unit by its key, in dollars, for estimates. Meant for constants: a key that the list does not
/// have then does not compile.
pub const fn list_price(key: &str) -> f64 {
    prices::price(key).dollars()
}
