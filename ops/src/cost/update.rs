//! Compares the price list with AWS's own.

use async_trait::async_trait;
use aws_call::CallError;
use cost::{LIST, LIST_SOURCE, Listed, PRICES_OF, REGION};
use serde::Serialize;
use serde_json::{Value, json};

use crate::table::{Look, Shown};

/// AWS's price list cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PricesError {
    /// Nobody answers, or not to these credentials.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A product is not what AWS documents.
    #[error("a product of AWS's price list is no JSON")]
    NotJson(#[from] serde_json::Error),
}

/// AWS's price list, by its own words.
#[async_trait]
pub trait PriceSource: Send + Sync {
    /// Products of a service that have these attributes, as `GetProducts` gives them.
    ///
    /// # Errors
    ///
    /// See [`PricesError`].
    async fn products(&self, service: &str, filters: Value) -> Result<Vec<Value>, PricesError>;
}

/// A price that is another now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its name in the list.
    pub key: &'static str,
    /// Dollars in the list.
    pub listed: &'static str,
    /// Dollars at AWS.
    pub now: String,
}

/// What the comparison showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// Prices that are the same.
    pub same: usize,
    /// Prices that are not.
    pub changed: Vec<Change>,
    /// Prices that AWS's list does not show as ours names them, with why.
    pub unknown: Vec<(&'static str, String)>,
    /// The day of the list from now on.
    pub day: String,
}

impl Compared {
    /// Whether nothing is to be changed or looked after.
    pub fn is_well(&self) -> bool {
        self.changed.is_empty() && self.unknown.is_empty()
    }

    /// The list's file with these prices.
    pub fn new_list(&self) -> String {
        let day = (
            format!("PRICES_OF: &str = \"{PRICES_OF}\""),
            format!("PRICES_OF: &str = \"{}\"", self.day),
        );
        let mut text = LIST_SOURCE.replace(&day.0, &day.1);
        for Change { key, listed, now } in &self.changed {
            let old = format!("listed(\"{key}\", \"{listed}\"");
            text = text.replace(&old, &format!("listed(\"{key}\", \"{now}\""));
        }
        text
    }

    /// The lines that differ, as a diff shows them.
    pub fn diff(&self) -> String {
        let new = self.new_list();
        let pairs = LIST_SOURCE.lines().zip(new.lines());
        let changed = pairs.filter(|(old, new)| old != new);
        let lines = changed.flat_map(|(old, new)| [format!("-{old}"), format!("+{new}")]);
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Asks for every price of the list.
///
/// # Errors
///
/// See [`PricesError`].
pub async fn compare(source: &dyn PriceSource, day: String) -> Result<Compared, PricesError> {
    let mut compared = Compared {
        same: 0,
        changed: Vec::new(),
        unknown: Vec::new(),
        day,
    };
    for listed in &LIST {
        let products = source.products(listed.service, filters(listed)).await?;
        match first_tier(&products, listed.unit) {
            Err(why) => compared.unknown.push((listed.key, why)),
            Ok(now) if amount(&now) == amount(listed.usd) => compared.same += 1,
            Ok(now) => compared.changed.push(Change {
                key: listed.key,
                listed: listed.usd,
                now,
            }),
        }
    }
    Ok(compared)
}

fn filters(listed: &Listed) -> Value {
    let region = [("regionCode", REGION)];
    let all = listed.attributes.iter().chain(&region);
    let filters =
        all.map(|(field, value)| json!({"Type": "TERM_MATCH", "Field": field, "Value": value}));
    filters.collect()
}

/// The dearest price of the first tier, on demand, for one unit: there may be zero-priced ones beside it.
fn first_tier(products: &[Value], unit: &str) -> Result<String, String> {
    let mut prices: Vec<&str> = Vec::new();
    for product in products {
        let terms = product["terms"]["OnDemand"].as_object();
        for term in terms.into_iter().flat_map(|terms| terms.values()) {
            let dimensions = term["priceDimensions"].as_object();
            for dimension in dimensions.into_iter().flat_map(|all| all.values()) {
                let first = matches!(dimension["beginRange"].as_str(), None | Some("0"));
                if let Some(usd) = dimension["pricePerUnit"]["USD"].as_str().filter(|_| first) {
                    prices.push(usd);
                }
            }
        }
    }
    prices.retain(|usd| amount(usd).is_some_and(|picos| picos > 0));
    prices.sort_unstable_by_key(|usd| amount(usd));
    prices.dedup_by_key(|usd| amount(usd));
    match prices[..] {
        [usd] => Ok(trimmed(usd)),
        [] => Err(format!("no price for a {unit}")),
        _ => Err(format!("several prices: {}", prices.join(", "))),
    }
}

fn trimmed(usd: &str) -> String {
    let (whole, part) = usd.split_once('.').unwrap_or((usd, ""));
    match part.trim_end_matches('0') {
        "" => whole.into(),
        part => format!("{whole}.{part}"),
    }
}

/// In trillionths.
fn amount(usd: &str) -> Option<u64> {
    let (whole, part) = usd.split_once('.').unwrap_or((usd, ""));
    let part = part.get(..12).unwrap_or(part);
    let whole: u64 = whole.parse().ok()?;
    let part: u64 = format!("{part:0<12}").parse().ok()?;
    whole.checked_mul(1_000_000_000_000)?.checked_add(part)
}

impl Shown for Compared {
    fn text(&self, _: Look) -> String {
        let unknown = self
            .unknown
            .iter()
            .map(|(key, why)| format!("?{key}: {why}"));
        let diff = Some(self.diff()).filter(|diff| !diff.is_empty());
        let summary = format!(
            "{} prices are the same, {} changed, {} were not found as the list names them",
            self.same,
            self.changed.len(),
            self.unknown.len()
        );
        let lines = diff.into_iter().chain(unknown).chain([summary]);
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives each the price of our list, but one another and one none, in the form of
    /// <https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html>.
    struct Prices;

    fn product(usd: &str) -> Value {
        json!({"product": {}, "terms": {"OnDemand": {"A.B": {"priceDimensions": {
            "A.B.1": {"beginRange": "0", "endRange": "100", "pricePerUnit": {"USD": usd}},
            "A.B.2": {"beginRange": "100", "endRange": "Inf", "pricePerUnit": {"USD": "0.0000000001"}},
        }}}}})
    }

    #[async_trait]
    impl PriceSource for Prices {
        async fn products(&self, service: &str, filters: Value) -> Result<Vec<Value>, PricesError> {
            let asked = LIST
                .iter()
                .find(|listed| listed.service == service && super::filters(listed) == filters);
            let asked = asked.unwrap();
            assert!(filters.to_string().contains("\"us-east-1\""));
            Ok(match asked.key {
                "sqs.request" => vec![product("0.0000005000"), product("0.0000000000")],
                "nat.gb" => vec![],
                _ => vec![product(&format!("{}0000", asked.usd))],
            })
        }
    }

    #[tokio::test]
    async fn what_changed_is_shown_as_a_diff_and_written() {
        let compared = compare(&Prices, "2027-01-02".into()).await.unwrap();
        assert_eq!(compared.same, LIST.len() - 2);
        let change = Change {
            key: "sqs.request",
            listed: "0.0000004",
            now: "0.0000005".into(),
        };
        assert_eq!(compared.changed, [change]);
        assert_eq!(
            compared.unknown,
            [("nat.gb", "no price for a GB".to_owned())]
        );
        let text = compared.text(Look::PLAIN);
        assert!(
            text.contains("-    listed(\"sqs.request\", \"0.0000004\""),
            "{text}"
        );
        assert!(
            text.contains("+    listed(\"sqs.request\", \"0.0000005\""),
            "{text}"
        );
        assert!(
            text.contains("+pub const PRICES_OF: &str = \"2027-01-02\";"),
            "{text}"
        );
        assert_eq!(
            compared.new_list().lines().count(),
            LIST_SOURCE.lines().count()
        );
    }

    #[test]
    fn amounts_do_not_depend_on_zeros() {
        assert_eq!(amount("0.0000004000"), amount("0.0000004"));
        assert_eq!(amount("1"), Some(1_000_000_000_000));
        assert_eq!((amount(""), amount("a"), amount("1.x")), (None, None, None));
        assert_eq!(
            (trimmed("0.5000"), trimmed("3.000"), trimmed("3")),
            ("0.5".into(), "3".into(), "3".into())
        );
        let several = [product("1"), product("2")];
        assert!(first_tier(&several, "GB").is_err());
    }
}
