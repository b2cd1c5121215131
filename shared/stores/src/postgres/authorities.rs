//! Who may sign a server's certificate.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio_postgres::config::Host;

use super::SERVER;
use crate::ConnectError;

/// The root certificates of Amazon RDS, one comment before each. They are those of the regions in
/// <https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem>; docs/deploy.md says how they were
/// checked and how to renew them. The first of them expires in 2061.
const RDS: &str = include_str!("rds.pem");

/// How each comment begins; the region follows.
const COMMENT: &str = "# Amazon RDS ";

/// How the name of an RDS server ends; before it is the region.
const RDS_DOMAIN: &str = ".rds.amazonaws.com";

/// Those in the file, where there is one; for a server of RDS, those of its region; else the public ones.
pub(super) fn of(hosts: &[Host], file: Option<&Path>) -> Result<RootCertStore, ConnectError> {
    match (file, region(hosts)) {
        (Some(file), _) => in_file(file),
        (None, Some(region)) => of_rds(region),
        (None, None) => Ok(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()),
    }
}

/// The region of RDS in which all hosts are.
fn region(hosts: &[Host]) -> Option<&str> {
    let mut regions = hosts.iter().map(|host| match host {
        Host::Tcp(name) => name.strip_suffix(RDS_DOMAIN)?.rsplit('.').next(),
        Host::Unix(_) => None,
    });
    let first = regions.next()??;
    regions.all(|region| region == Some(first)).then_some(first)
}

fn of_rds(region: &str) -> Result<RootCertStore, ConnectError> {
    let mut roots = RootCertStore::empty();
    for certificate in RDS.split(COMMENT) {
        if certificate.split(' ').next() == Some(region) {
            let der = CertificateDer::from_pem_slice(certificate.as_bytes())
                .map_err(|cause| ConnectError::client(SERVER, cause))?;
            roots
                .add(der)
                .map_err(|cause| ConnectError::client(SERVER, cause))?;
        }
    }
    if roots.is_empty() {
        return Err(ConnectError::Address {
            server: SERVER,
            hint: "no certificate authority of RDS is known for its region; name a file of them",
        });
    }
    Ok(roots)
}

fn in_file(file: &Path) -> Result<RootCertStore, ConnectError> {
    let refuse = |cause| ConnectError::Authorities {
        file: file.into(),
        cause,
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|cause| refuse(Some(cause.into())))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots
            .add(certificate)
            .map_err(|cause| refuse(Some(cause.into())))?;
    }
    if roots.is_empty() {
        return Err(refuse(None));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(names: &[&str]) -> Vec<Host> {
        names.iter().map(|name| Host::Tcp((*name).into())).collect()
    }

    #[test]
    fn a_file_without_authorities_is_refused() {
        for file in ["/does/not/exist", "/dev/null"] {
            let outcome = of(&[], Some(Path::new(file)));
            assert!(
                matches!(outcome, Err(ConnectError::Authorities { .. })),
                "{file}"
            );
        }
    }

    #[test]
    fn servers_of_rds_are_trusted_by_their_regions_own_authorities() {
        for (region, name) in [
            (
                "eu-central-1",
                "adology.abc123.eu-central-1.rds.amazonaws.com",
            ),
            ("us-east-1", "adology.proxy-abc.us-east-1.rds.amazonaws.com"),
        ] {
            let roots = of(&hosts(&[name]), None).unwrap();
            assert_eq!(roots.len(), 3, "{region}: RSA 2048, RSA 4096 and ECC 384");
            let in_region = format!("Amazon RDS {region} Root CA");
            for root in &roots.roots {
                let subject = String::from_utf8_lossy(&root.subject);
                assert!(subject.contains(&in_region), "{subject}");
            }
        }
    }

    #[test]
    fn other_servers_are_trusted_by_the_public_authorities() {
        let public = webpki_roots::TLS_SERVER_ROOTS.len();
        for names in [
            &["db.example.org"][..],
            &["rds.amazonaws.com.example.org"],
            &["db.a.us-east-1.rds.amazonaws.com", "db.example.org"],
            &[
                "a.b.us-east-1.rds.amazonaws.com",
                "a.b.us-east-2.rds.amazonaws.com",
            ],
        ] {
            assert_eq!(of(&hosts(names), None).unwrap().len(), public, "{names:?}");
        }
    }

    #[test]
    fn a_region_that_nobody_knows_is_told() {
        let outcome = of(&hosts(&["db.a.mars-north-1.rds.amazonaws.com"]), None);
        assert!(matches!(outcome, Err(ConnectError::Address { .. })));
    }

    #[test]
    fn every_certificate_of_rds_can_be_read() {
        let named: Vec<_> = RDS.split(COMMENT).skip(1).collect();
        let read = CertificateDer::pem_slice_iter(RDS.as_bytes());
        assert_eq!(read.filter_map(Result::ok).count(), named.len());
        for certificate in named {
            let region = certificate.split(' ').next().unwrap();
            assert_eq!(of_rds(region).unwrap().len(), 3, "{region}");
        }
    }
}
