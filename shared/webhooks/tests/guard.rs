//! Where webhooks may go.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use webhooks::AddressKind::{
    Documentation, LinkLocal, Loopback, Mapped, Metadata, Multicast, Private, Reserved, Shared,
    Unspecified,
};
use webhooks::{AddressKind, Guard, Network, Refused};

fn refusal(url: &str) -> Option<Refused> {
    Guard::strict().check_url(url).err()
}

#[test]
fn addresses_are_public_or_not() {
    let cases = [
        ("8.8.8.8", None),
        ("1.1.1.1", None),
        ("172.15.255.255", None),
        ("172.32.0.0", None),
        ("100.63.255.255", None),
        ("100.128.0.0", None),
        ("223.255.255.255", None),
        ("2606:4700::1111", None),
        ("2001:4860:4860::8888", None),
        ("2001:200::1", None),
        ("64:ff9b::808:808", None),
        ("0.0.0.0", Some(Unspecified)),
        ("0.1.2.3", Some(Unspecified)),
        ("::", Some(Unspecified)),
        ("127.0.0.1", Some(Loopback)),
        ("127.255.255.254", Some(Loopback)),
        ("::1", Some(Loopback)),
        ("10.0.0.1", Some(Private)),
        ("172.16.0.1", Some(Private)),
        ("172.31.255.255", Some(Private)),
        ("192.168.1.1", Some(Private)),
        ("fc00::1", Some(Private)),
        ("fdff::1", Some(Private)),
        ("fec0::1", Some(Private)),
        ("169.254.1.1", Some(LinkLocal)),
        ("fe80::1", Some(LinkLocal)),
        ("100.64.0.1", Some(Shared)),
        ("224.0.0.1", Some(Multicast)),
        ("239.255.255.255", Some(Multicast)),
        ("ff02::1", Some(Multicast)),
        ("192.0.2.1", Some(Documentation)),
        ("198.51.100.1", Some(Documentation)),
        ("203.0.113.1", Some(Documentation)),
        ("198.18.0.1", Some(Documentation)),
        ("2001:db8::1", Some(Documentation)),
        ("3fff::1", Some(Documentation)),
        ("192.0.0.1", Some(Reserved)),
        ("192.88.99.1", Some(Reserved)),
        ("240.0.0.1", Some(Reserved)),
        ("255.255.255.255", Some(Reserved)),
        ("2001::1", Some(Reserved)),
        ("2002:7f00:1::", Some(Reserved)),
        ("100::1", Some(Reserved)),
        ("64:ff9b:1::1", Some(Reserved)),
        ("4000::1", Some(Reserved)),
        ("::ffff:8.8.8.8", Some(Mapped)),
        ("::ffff:127.0.0.1", Some(Mapped)),
        ("::8.8.8.8", Some(Mapped)),
        ("64:ff9b::7f00:1", Some(Loopback)),
        ("64:ff9b::a9fe:a9fe", Some(Metadata)),
        ("169.254.169.254", Some(Metadata)),
        ("169.254.170.2", Some(Metadata)),
        ("fd00:ec2::254", Some(Metadata)),
        ("::ffff:169.254.169.254", Some(Metadata)),
        ("168.63.129.16", Some(Metadata)),
        ("100.100.100.200", Some(Metadata)),
    ];
    for (address, kind) in cases {
        assert_eq!(AddressKind::of(address.parse().unwrap()), kind, "{address}");
    }
}

#[test]
fn urls_are_checked_as_far_as_they_tell() {
    let long = format!("https://example.com/{}", "a".repeat(2_048));
    let cases = [
        ("https://example.com", None),
        ("https://example.com:443/hook?token=1", None),
        ("https://8.8.8.8/", None),
        ("https://[2606:4700::1111]/", None),
        ("", Some(Refused::NoUrl)),
        ("example.com", Some(Refused::NoUrl)),
        ("https://", Some(Refused::NoUrl)),
        (&long, Some(Refused::TooLong)),
        ("http://example.com", Some(Refused::Scheme)),
        ("file:///etc/passwd", Some(Refused::Scheme)),
        ("gopher://example.com", Some(Refused::Scheme)),
        ("https://user@example.com", Some(Refused::Credentials)),
        ("https://:word@example.com", Some(Refused::Credentials)),
        ("https://example.com:22", Some(Refused::Port(22))),
        ("https://example.com:80", Some(Refused::Port(80))),
        ("https://127.0.0.1", Some(Refused::Address(Loopback))),
        ("https://2130706433", Some(Refused::Address(Loopback))),
        ("https://0x7f.1", Some(Refused::Address(Loopback))),
        ("https://0177.0.0.1", Some(Refused::Address(Loopback))),
        ("https://127.1", Some(Refused::Address(Loopback))),
        ("https://１２７.０.０.１", Some(Refused::Address(Loopback))),
        ("https://localhost", Some(Refused::Address(Loopback))),
        ("https://LOCALHOST.", Some(Refused::Address(Loopback))),
        ("https://a.localhost", Some(Refused::Address(Loopback))),
        ("https://[::1]", Some(Refused::Address(Loopback))),
        ("https://[::ffff:7f00:1]", Some(Refused::Address(Mapped))),
        (
            "https://169.254.169.254/latest",
            Some(Refused::Address(Metadata)),
        ),
    ];
    for (url, expected) in cases {
        assert_eq!(refusal(url), expected, "{url}");
    }
}

#[test]
fn settings_open_what_they_name_and_no_more() {
    let guard = Guard::strict().allow_http().allow_port(8_080);
    let guard = guard.allow_network("127.0.0.0/8".parse().unwrap());
    for url in [
        "http://127.0.0.1:8080",
        "https://127.9.9.9",
        "http://localhost:8080",
    ] {
        assert!(guard.check_url(url).is_ok(), "{url}");
    }
    for url in ["http://127.0.0.1", "https://10.0.0.1", "https://[::1]"] {
        assert!(guard.check_url(url).is_err(), "{url}");
    }
}

#[test]
fn metadata_stays_closed_whatever_is_allowed() {
    let everything = ["0.0.0.0/0", "::/0"].map(|network| network.parse::<Network>().unwrap());
    let guard = everything
        .into_iter()
        .fold(Guard::strict(), Guard::allow_network);
    assert!(guard.check_url("https://10.0.0.1").is_ok());
    for address in [
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
    ] {
        let refused = guard.check_url(&format!("https://{address}")).err();
        assert_eq!(refused, Some(Refused::Address(Metadata)), "{address}");
    }
}

/// The same by the standard library, as far as it goes.
fn special_v4(address: Ipv4Addr) -> bool {
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_unspecified()
        || address.is_multicast()
}

fn special_v6(address: Ipv6Addr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.to_ipv4().is_some()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn nothing_special_is_public(v4 in any::<Ipv4Addr>(), v6 in any::<Ipv6Addr>()) {
        prop_assert!(AddressKind::of(v4.into()).is_some() || !special_v4(v4));
        prop_assert!(AddressKind::of(v6.into()).is_some() || !special_v6(v6));
    }

    #[test]
    fn clothes_do_not_make_an_address_public(v4 in any::<Ipv4Addr>()) {
        let mapped = IpAddr::V6(v4.to_ipv6_mapped());
        prop_assert!(AddressKind::of(mapped).is_some());
        let [a, b, c, d] = v4.octets();
        let nat64 = Ipv6Addr::from([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d]);
        prop_assert_eq!(AddressKind::of(nat64.into()), AddressKind::of(v4.into()));
    }

    #[test]
    fn any_text_is_checked_without_panic(text in "\\PC*", host in "[0-9a-fx.:\\[\\]%@]{0,40}") {
        let _ = Guard::strict().check_url(&text);
        let _ = Guard::strict().check_url(&format!("https://{host}/"));
    }
}
