//! The caller's identity, from the claims that API Gateway's authorizer has verified.

use std::collections::{BTreeSet, HashMap};

use domain::{Identity, Scope, TenantId, UserId};

/// Why claims give no identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unidentified {
    /// The request passed no authorizer.
    #[error("sign in and send the ID token as `Authorization: Bearer <token>`")]
    NoToken,
    /// The token names no user, or none that can be one.
    #[error("the token has no valid `sub` claim")]
    NoUser,
    /// A token of another use, such as an access token. Only ID tokens name a tenant.
    #[error("send the ID token, not the access token")]
    WrongUse,
    /// The user belongs to no tenant, or the name cannot be one.
    #[error("this user belongs to no tenant; an administrator sets `custom:tenant`")]
    NoTenant,
}

/// Reads the identity out of verified claims.
pub(crate) fn identity(claims: &HashMap<String, String>) -> Result<Identity, Unidentified> {
    let claim = |name| claims.get(name).map(String::as_str);
    if claim("token_use").is_some_and(|token_use| token_use != "id") {
        return Err(Unidentified::WrongUse);
    }
    let user = claim("sub").and_then(|sub| UserId::new(sub).ok());
    let tenant = claim("custom:tenant").and_then(|tenant| TenantId::new(tenant).ok());
    Ok(Identity {
        user: user.ok_or(Unidentified::NoUser)?,
        tenant: tenant.ok_or(Unidentified::NoTenant)?,
        scopes: claim("cognito:groups").map(scopes).unwrap_or_default(),
    })
}

/// API Gateway hands a list on as `[operator notify]`; other issuers write JSON into one text.
/// Groups that are no scope of ours are none of our business.
fn scopes(groups: &str) -> BTreeSet<Scope> {
    groups
        .split(|c: char| c.is_whitespace() || "[],\"".contains(c))
        .filter_map(|group| group.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(own).collect()
    }

    const GOOD: [(&str, &str); 3] = [
        ("sub", "3f1c"),
        ("custom:tenant", "acme"),
        ("token_use", "id"),
    ];

    fn with(name: &str, value: &str) -> HashMap<String, String> {
        let mut claims = claims(&GOOD);
        claims.insert(name.into(), value.into());
        claims
    }

    #[test]
    fn an_id_token_names_user_and_tenant() {
        let identity = identity(&claims(&GOOD)).unwrap();
        assert_eq!(identity.user.as_str(), "3f1c");
        assert_eq!(identity.tenant.as_str(), "acme");
        assert!(identity.scopes.is_empty());
    }

    #[test]
    fn groups_in_any_spelling_are_scopes() {
        let both = BTreeSet::from([Scope::Operator, Scope::Notify]);
        for groups in [
            "[operator notify]",
            "operator, notify",
            r#"["operator","notify","accounting"]"#,
        ] {
            let identity = identity(&with("cognito:groups", groups)).unwrap();
            assert_eq!(identity.scopes, both, "{groups}");
        }
        for groups in ["[]", "", "[operators]", "[Operator]"] {
            let identity = identity(&with("cognito:groups", groups)).unwrap();
            assert!(identity.scopes.is_empty(), "{groups}");
        }
    }

    #[test]
    fn what_is_missing_or_foreign_is_refused() {
        assert_eq!(identity(&claims(&[])), Err(Unidentified::NoUser));
        assert_eq!(identity(&claims(&GOOD[..1])), Err(Unidentified::NoTenant));
        assert_eq!(identity(&with("sub", "a#b")), Err(Unidentified::NoUser));
        let foreign = identity(&with("custom:tenant", "acme/../zeta"));
        assert_eq!(foreign, Err(Unidentified::NoTenant));
        let access = identity(&with("token_use", "access"));
        assert_eq!(access, Err(Unidentified::WrongUse));
    }
}
