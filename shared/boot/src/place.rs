//! Settings that say where a server is.

use domain::{AddressPlace, ServerAddress};

use crate::settings::Reader;

impl Reader<'_> {
    /// A server's address, which is in the variable `address` unless `secret` names the secret that
    /// has it. A secret that has only user and password needs the address without them beside it.
    pub fn server(
        &mut self,
        address: &'static str,
        secret: &'static str,
        schemes: &[&str],
    ) -> AddressPlace {
        let kept = self.text_or(secret, "");
        if kept.is_empty() {
            return AddressPlace::Told(ServerAddress::new(self.address(address, schemes)));
        }
        let beside = !self.text_or(address, "").is_empty();
        AddressPlace::Kept {
            secret: kept,
            address: beside.then(|| self.address(address, schemes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::read;

    fn place(variables: &[(&str, &str)]) -> Result<AddressPlace, String> {
        let source = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let schemes = &["postgres", "postgresql"];
        read(&source, |reader| {
            reader.server("DATABASE_URL", "DATABASE_SECRET", schemes)
        })
        .map_err(|error| error.to_string())
    }

    #[test]
    fn a_secret_goes_before_an_address() {
        let url = ("DATABASE_URL", "postgres://host/name");
        let secret = ("DATABASE_SECRET", "arn:of:it");
        let told = AddressPlace::Told(ServerAddress::new(url.1));
        assert_eq!(place(&[url]), Ok(told.clone()));
        assert_eq!(place(&[url, ("DATABASE_SECRET", "")]), Ok(told));
        let kept = |address: Option<&str>| AddressPlace::Kept {
            secret: secret.1.into(),
            address: address.map(Into::into),
        };
        assert_eq!(place(&[secret]), Ok(kept(None)));
        assert_eq!(place(&[secret, url]), Ok(kept(Some(url.1))));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        assert_eq!(place(&[]), Err("DATABASE_URL is not set".into()));
        let wrong = [("DATABASE_SECRET", "arn"), ("DATABASE_URL", "ftp://host")];
        let message = "DATABASE_URL must start with postgres:// or postgresql://";
        assert_eq!(place(&wrong), Err(message.into()));
    }
}
