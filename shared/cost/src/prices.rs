//! What things cost: the public price list of one region on one day.
//!
//! Prices change, and they differ by region, contract and volume (free tiers and volume discounts
//! are not here). So a cost reckoned from this list is what the same use would cost at list price on
//! that day; the bill is AWS's.

use crate::list::LIST;

/// An amount in trillionths of a dollar: the price of one unit of something cheap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Picos(pub u64);

/// What the functions run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Architecture {
    /// AWS Graviton.
    Arm64,
    /// Intel and AMD.
    X86,
}

impl Architecture {
    /// That of this very program.
    pub const HERE: Self = if cfg!(target_arch = "aarch64") {
        Self::Arm64
    } else {
        Self::X86
    };
}

/// Prices of one unit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// One gigabyte-second of Lambda.
    pub lambda_gb_second: Picos,
    /// One read request unit of a `DynamoDB` table on demand.
    pub read_unit: Picos,
    /// One write request unit of such a table.
    pub write_unit: Picos,
    /// One request to a standard SQS queue.
    pub sqs_request: Picos,
    /// One PUT, COPY, POST or LIST of S3 Standard.
    pub s3_write: Picos,
    /// One GET or any other priced request.
    pub s3_read: Picos,
    /// One message of an API Gateway WebSocket API.
    pub websocket_message: Picos,
}

/// A price of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its name in the list.
    pub key: &'static str,
    /// Dollars for one unit, as written down.
    pub usd: &'static str,
    /// Of what.
    pub unit: &'static str,
    /// The public page.
    pub page: &'static str,
    /// The service that AWS's price list has it under.
    pub service: &'static str,
    /// The attributes that it has there.
    pub attributes: &'static [(&'static str, &'static str)],
}

impl Listed {
    /// The price of one unit.
    pub const fn price(&self) -> Picos {
        picos(self.usd)
    }
}

pub(crate) const fn listed(
    key: &'static str,
    usd: &'static str,
    unit: &'static str,
    page: &'static str,
    service: &'static str,
    attributes: &'static [(&'static str, &'static str)],
) -> Listed {
    Listed {
        key,
        usd,
        unit,
        page,
        service,
        attributes,
    }
}

#[expect(clippy::panic, reason = "at compile time")]
/// Reads dollars with at most twelve digits after the point. What is no amount does not compile.
const fn picos(usd: &str) -> Picos {
    let (text, mut at, mut amount, mut digits) = (usd.as_bytes(), 0, 0_u64, None);
    while at < text.len() {
        match text[at] {
            b'.' if digits.is_none() => digits = Some(0),
            digit if digit.is_ascii_digit() => {
                amount = amount * 10 + (digit - b'0') as u64;
                if let Some(count) = digits {
                    digits = Some(count + 1);
                }
            }
            _ => panic!("no amount of dollars"),
        }
        at += 1;
    }
    let mut scale = match digits {
        Some(count) => count,
        None => 0,
    };
    while scale < 12 {
        amount *= 10;
        scale += 1;
    }
    Picos(amount)
}

#[expect(clippy::panic, reason = "at compile time")]
/// The price with this key. A key that is not in the list does not compile.
pub(crate) const fn price(key: &str) -> Picos {
    let mut at = 0;
    while at < LIST.len() {
        if same(LIST[at].key, key) {
            return LIST[at].price();
        }
        at += 1;
    }
    panic!("no such key in the list")
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

impl Picos {
    /// In dollars, for estimates.
    pub const fn dollars(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let picos = self.0 as f64;
        picos / 1e12
    }
}

impl Prices {
    /// On demand, in the region us-east-1 (N. Virginia), as of [`PRICES_OF`](crate::PRICES_OF).
    pub const fn us_east_1(architecture: Architecture) -> Self {
        Self {
            lambda_gb_second: match architecture {
                Architecture::Arm64 => price("lambda.gb_second.arm64"),
                Architecture::X86 => price("lambda.gb_second.x86_64"),
            },
            read_unit: price("dynamodb.read_unit"),
            write_unit: price("dynamodb.write_unit"),
            sqs_request: price("sqs.request"),
            s3_write: price("s3.write"),
            s3_read: price("s3.read"),
            websocket_message: price("gateway.websocket_message"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn amounts_are_read() {
        assert_eq!(picos("0.0000133334"), Picos(13_333_400));
        assert_eq!(picos("1"), Picos(1_000_000_000_000));
        assert_eq!(picos("0.4"), Picos(400_000_000_000));
    }

    #[test]
    fn every_price_has_one_key_and_a_page() {
        let keys: BTreeSet<_> = LIST.iter().map(|listed| listed.key).collect();
        assert_eq!(keys.len(), LIST.len());
        for listed in LIST {
            assert!(
                listed.price().0 > 0 && listed.page.starts_with("https://aws.amazon.com/"),
                "{listed:?}"
            );
        }
    }
}
