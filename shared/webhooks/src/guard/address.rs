//! Which addresses are public.
//!
//! From the registries of special addresses
//! (<https://www.iana.org/assignments/iana-ipv4-special-registry>,
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>) and the documents of those who
//! serve credentials by address.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressKind {
    /// `0.0.0.0/8`, `::`: this host.
    Unspecified,
    /// `127.0.0.0/8`, `::1`.
    Loopback,
    /// `10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`, `fc00::/7`, `fec0::/10`.
    Private,
    /// `169.254.0.0/16`, `fe80::/10`.
    LinkLocal,
    /// `100.64.0.0/10`: behind a carrier's translation.
    Shared,
    /// `224.0.0.0/4`, `ff00::/8`.
    Multicast,
    /// Examples in documents, and benchmarks.
    Documentation,
    /// Not given out, or for translations and tunnels that lead elsewhere.
    Reserved,
    /// An IPv4 address in the clothes of an IPv6 one.
    Mapped,
    /// Gives out a machine's credentials or settings to whoever asks.
    Metadata,
}

/// EC2, ECS tasks, EKS pods, the first and the last by IPv6, Azure, Alibaba, Oracle.
const METADATA: [IpAddr; 8] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
];

impl AddressKind {
    /// What keeps the address from being public; none if it is.
    pub fn of(address: IpAddr) -> Option<Self> {
        if METADATA.contains(&address.to_canonical()) {
            return Some(Self::Metadata);
        }
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }
}

fn of_v4(address: Ipv4Addr) -> Option<AddressKind> {
    let kind = match address.octets() {
        [0, ..] => AddressKind::Unspecified,
        [127, ..] => AddressKind::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => AddressKind::Private,
        [169, 254, ..] => AddressKind::LinkLocal,
        [100, 64..=127, ..] => AddressKind::Shared,
        [224..=239, ..] => AddressKind::Multicast,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [198, 18..=19, ..] => {
            AddressKind::Documentation
        }
        [192, 0, 0, _] | [192, 88, 99, _] | [240..=255, ..] => AddressKind::Reserved,
        _ => return None,
    };
    Some(kind)
}

fn of_v6(address: Ipv6Addr) -> Option<AddressKind> {
    let kind = match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => AddressKind::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressKind::Loopback,
        [0, 0, 0, 0, 0 | 0xffff, 0 | 0xffff, _, _] => AddressKind::Mapped,
        // How a network of IPv6 alone reaches IPv4 (NAT64): what counts is where it leads.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => return AddressKind::of(embedded(high, low)),
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => AddressKind::Private,
        [0xfe80..=0xfebf, ..] => AddressKind::LinkLocal,
        [0xff00..=0xffff, ..] => AddressKind::Multicast,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => AddressKind::Documentation,
        // Protocol assignments with Teredo, 6to4.
        [0x2001, 0..=0x1ff, ..] | [0x2002, ..] => AddressKind::Reserved,
        [0x2000..=0x3fff, ..] => return None,
        _ => AddressKind::Reserved,
    };
    Some(kind)
}

fn embedded(high: u16, low: u16) -> IpAddr {
    let bits = u32::from(high) << 16 | u32::from(low);
    IpAddr::V4(Ipv4Addr::from_bits(bits))
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::LinkLocal => "link-local",
            Self::Shared => "shared",
            Self::Multicast => "multicast",
            Self::Documentation => "documentation",
            Self::Reserved => "reserved",
            Self::Mapped => "mapped",
            Self::Metadata => "metadata",
        })
    }
}
