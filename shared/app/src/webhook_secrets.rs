//! The secrets that sign a tenant's webhooks.
//!
//! Each tenant's is derived from one root secret, so none is stored, and whoever has one can work
//! out neither the root nor another tenant's.

use std::sync::Arc;

use domain::ports::{PortError, RootSecretStore};
use domain::{RootSecret, TenantId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use webhooks::Secret;

/// Sets this use of the root secret apart from any other. Not to be changed: receivers' secrets
/// would change with it.
const PURPOSE: &[u8] = b"adology/webhook-secret/v1/";

/// Derives tenants' secrets.
#[derive(Clone)]
pub struct WebhookSecrets {
    /// What they are derived from.
    pub roots: Arc<dyn RootSecretStore>,
}

/// A tenant's secrets. Neither shows in logs or errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSecrets {
    /// What webhooks are signed with.
    pub current: Secret,
    /// What they are signed with too, while the root secret is being rotated.
    pub previous: Option<Secret>,
}

impl WebhookSecrets {
    /// The tenant's secrets.
    pub async fn of(&self, tenant: &TenantId) -> Result<TenantSecrets, PortError> {
        let roots = self.roots.read().await?;
        let current = derive(&roots.current, tenant)?;
        let previous = roots.previous.as_ref().map(|root| derive(root, tenant));
        Ok(TenantSecrets {
            current,
            previous: previous.transpose()?,
        })
    }
}

/// HMAC-SHA256 of the purpose and the tenant under the root secret: 256 bits, as the expansion
/// step of HKDF gives them (RFC 5869).
fn derive(root: &RootSecret, tenant: &TenantId) -> Result<Secret, PortError> {
    let broken = |error: &'static str| PortError::broken("webhook root secret", error);
    let mac = Hmac::<Sha256>::new_from_slice(root.bytes());
    let mut mac = mac.map_err(|_| broken("it is no key"))?;
    mac.update(PURPOSE);
    mac.update(tenant.as_str().as_bytes());
    let bytes = mac.finalize().into_bytes().to_vec();
    Secret::new(bytes).map_err(|_| broken("what is derived from it is no secret"))
}

#[cfg(test)]
mod tests {
    use testkit::build;
    use testkit::memory::{Fault, Faults, MemoryRootSecrets};

    use super::*;

    fn scene() -> (WebhookSecrets, Arc<MemoryRootSecrets>, Faults) {
        let faults = Faults::default();
        let roots = Arc::new(MemoryRootSecrets::new(&faults));
        let secrets = WebhookSecrets {
            roots: roots.clone(),
        };
        (secrets, roots, faults)
    }

    /// Receivers keep it: a change of the derivation would break all of them.
    #[tokio::test]
    async fn a_tenants_secret_never_changes() {
        let (secrets, ..) = scene();
        let acme = TenantId::new("acme").unwrap();
        let shown = secrets.of(&acme).await.unwrap();
        let expected = "whsec_p5TJafrdpvNLn1ZAhiTc/AYbRiP7voWUmnanVsGgNqY=";
        assert_eq!(shown.current.reveal(), expected);
        assert_eq!(shown.previous, None);
    }

    #[tokio::test]
    async fn tenants_have_different_secrets() {
        let (secrets, ..) = scene();
        let (one, other) = (build::tenant(), build::tenant());
        let (one, other) = (secrets.of(&one).await, secrets.of(&other).await);
        assert_ne!(one.unwrap().current, other.unwrap().current);
    }

    #[tokio::test]
    async fn a_rotation_keeps_the_old_secret_beside_the_new_one() {
        let (secrets, roots, _) = scene();
        let tenant = build::tenant();
        let before = secrets.of(&tenant).await.unwrap();
        roots.rotate();
        let after = secrets.of(&tenant).await.unwrap();
        assert_ne!(after.current, before.current);
        assert_eq!(after.previous, Some(before.current));
    }

    #[tokio::test]
    async fn without_the_root_there_are_none() {
        let (secrets, _, faults) = scene();
        faults.always("roots.read", Fault::Unavailable);
        assert!(secrets.of(&build::tenant()).await.is_err());
    }
}
