//! What holds of every usage and its cost.

use cost::{Architecture, Prices, Usage, Usd};
use proptest::prelude::*;

const PRICES: Prices = Prices::us_east_1(Architecture::Arm64);

/// Figures of every size, the largest included.
fn figure() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 1..1_000_u64, any::<u64>(), Just(u64::MAX)]
}

fn any_usage() -> impl Strategy<Value = Usage> {
    prop::array::uniform13(figure()).prop_map(of)
}

/// Figures of what really happens: nothing saturates.
fn usual() -> impl Strategy<Value = Usage> {
    prop::array::uniform13(0..1_000_000_000_u64).prop_map(of)
}

fn of(figures: [u64; 13]) -> Usage {
    let mut figures = figures.into_iter();
    let mut next = || figures.next().unwrap_or_default();
    Usage {
        lambda_micros: next(),
        lambda_mb_micros: next(),
        read_half_units: next(),
        write_units: next(),
        sqs_requests: next(),
        s3_writes: next(),
        s3_reads: next(),
        s3_free: next(),
        s3_bytes: next(),
        websocket_messages: next(),
        input_tokens: next(),
        output_tokens: next(),
        model_nanos: next(),
    }
}

proptest! {
    #[test]
    fn usage_is_a_commutative_monoid(a in any_usage(), b in any_usage(), c in any_usage()) {
        prop_assert_eq!(a + Usage::NONE, a);
        prop_assert_eq!(a + b, b + a);
        prop_assert_eq!((a + b) + c, a + (b + c));
        prop_assert_eq!([a, b, c].into_iter().sum::<Usage>(), a + b + c);
    }

    #[test]
    fn what_is_beyond_is_what_was_added(a in usual(), b in usual()) {
        prop_assert_eq!((a + b).beyond(a), b);
        prop_assert_eq!(a.beyond(a + b), Usage::NONE);
    }

    #[test]
    fn usage_reads_back_as_it_was_written(usage in any_usage()) {
        let text = serde_json::to_string(&usage).unwrap();
        prop_assert_eq!(serde_json::from_str::<Usage>(&text).unwrap(), usage);
    }

    #[test]
    fn more_never_costs_less(a in any_usage(), b in any_usage()) {
        prop_assert!((a + b).cost(&PRICES) >= a.cost(&PRICES));
    }

    /// Rounding up once each: apart they cost at most a billionth more than together.
    #[test]
    fn parts_cost_what_the_whole_costs(a in usual(), b in usual()) {
        let (apart, together) = (a.cost(&PRICES) + b.cost(&PRICES), (a + b).cost(&PRICES));
        prop_assert!(apart >= together);
        prop_assert!(apart.nanos() - together.nanos() <= 1, "{} and {}", apart, together);
    }
}

#[test]
fn nothing_is_stored_as_nothing_and_costs_nothing() {
    assert_eq!(serde_json::to_string(&Usage::NONE).unwrap(), "{}");
    assert_eq!(Usage::NONE.cost(&PRICES), Usd::ZERO);
    assert!(Usage::default().is_none());
}

/// Each with the price that the public page gives for a large number of it.
#[test]
fn every_figure_costs_what_the_list_says() {
    let million = 1_000_000;
    // A thousand seconds of one gigabyte.
    let lambda = Usage::lambda(1_000 * million, 1_024);
    let cases = [
        (lambda, "0.0133334"),
        (
            Usage {
                read_half_units: 2 * million,
                ..Usage::NONE
            },
            "0.125",
        ),
        (
            Usage {
                write_units: million,
                ..Usage::NONE
            },
            "0.625",
        ),
        (
            Usage {
                sqs_requests: million,
                ..Usage::NONE
            },
            "0.4",
        ),
        (
            Usage {
                s3_writes: 1_000,
                ..Usage::NONE
            },
            "0.005",
        ),
        (
            Usage {
                s3_reads: 1_000,
                ..Usage::NONE
            },
            "0.0004",
        ),
        (
            Usage {
                s3_free: million,
                s3_bytes: million,
                ..Usage::NONE
            },
            "0",
        ),
        (
            Usage {
                websocket_messages: million,
                ..Usage::NONE
            },
            "1",
        ),
        (Usage::model(7, 8, Usd::from_nanos(42)), "0.000000042"),
    ];
    for (usage, cost) in cases {
        assert_eq!(usage.cost(&PRICES).to_string(), cost, "{usage:?}");
    }
    let on_x86 = lambda.cost(&Prices::us_east_1(Architecture::X86));
    assert_eq!(on_x86.to_string(), "0.0166667");
}

#[test]
fn a_part_of_a_billionth_is_one() {
    let usage = Usage {
        read_half_units: 1,
        ..Usage::NONE
    };
    assert_eq!(usage.cost(&PRICES).nanos(), 63);
    assert_eq!(Usage::lambda(1, 128).cost(&PRICES).nanos(), 1);
    let all = Usage::lambda(u64::MAX, u32::MAX);
    assert!(all.cost(&PRICES) > Usd::ZERO);
}
