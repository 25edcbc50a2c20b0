//! The key that signs notifications, by which a receiver knows whom they come from.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::domain::Invalid;

/// What stands in front of a key that is written in base64.
const IN_BASE64: &str = "whsec_";

/// Bytes of a key: with fewer somebody may guess it, and no more are of any use.
const BYTES: std::ops::RangeInclusive<usize> = 16..=1_024;

/// A key. What it is is shown nowhere.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Reads a key as it stands in the settings: `whsec_` and base64, or the key itself. Libraries for Standard Webhooks take
    /// every secret for base64, so only the first can be given to them as it is.
    ///
    /// # Errors
    /// [`Invalid`] for one that is too short, too long or no base64.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bytes = match text.strip_prefix(IN_BASE64) {
            Some(base64) => STANDARD.decode(base64).map_err(|_| expected())?,
            None => text.as_bytes().to_vec(),
        };
        if !BYTES.contains(&bytes.len()) {
            return Err(expected());
        }
        let key = Hmac::new_from_slice(&bytes).map_err(|_| expected())?;
        Ok(Self(key))
    }

    /// What the header `webhook-signature` says: version 1, an HMAC with SHA-256 of the id, the seconds since 1970 and the
    /// body, with full stops between.
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let mut mac = self.0.clone();
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

fn expected() -> Invalid {
    Invalid(format!(
        "{IN_BASE64} and {} to {} bytes in base64, or as many characters, which are the key as they stand; \
         echo \"{IN_BASE64}$(openssl rand -base64 32)\" makes one",
        BYTES.start(),
        BYTES.end()
    ))
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey")
    }
}

#[cfg(test)]
mod tests {
    use super::SigningKey;

    #[test]
    fn the_signature_is_that_of_the_specification() {
        // The example of standardwebhooks.com.
        let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a key");
        let body = br#"{"test": 2432232314}"#;
        let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_key_is_read_in_both_forms_and_shown_in_none() {
        let plain = SigningKey::parse("0123456789abcdef").expect("a key");
        let base64 = SigningKey::parse("whsec_MDEyMzQ1Njc4OWFiY2RlZg==").expect("the same key");
        assert_eq!(plain.sign("a", 1, b"b"), base64.sign("a", 1, b"b"));
        assert_eq!(format!("{plain:?}"), "SigningKey");
        for wrong in [
            "",
            "too-short",
            "whsec_MDEyMw==",
            "whsec_!",
            &"x".repeat(1_025),
        ] {
            assert!(SigningKey::parse(wrong).is_err(), "{wrong}");
        }
    }
}
