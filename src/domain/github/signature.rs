//! The secret with which GitHub signs what it sends, by which it is known.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What stands in front of a signature. Older ones, with SHA-1, are not looked at.
const SCHEME: &str = "sha256=";

/// Bytes of a signature; two digits each.
const BYTES: usize = 32;

/// A secret that is shared with GitHub. What it is is shown nowhere.
#[derive(Clone)]
pub struct WebhookSecret(Hmac<Sha256>);

impl WebhookSecret {
    /// The secret of the settings; none where it is empty, for then nothing is signed with it.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        Hmac::new_from_slice(text.as_bytes()).ok().map(Self)
    }

    /// Whether `signature`, the header `X-Hub-Signature-256`, is that of these bytes. How much of it is right makes no difference
    /// to how long that takes.
    pub fn has_signed(&self, signature: &str, body: &[u8]) -> bool {
        let Some(claimed) = signature.strip_prefix(SCHEME).and_then(read) else {
            return false;
        };
        let mut mac = self.0.clone();
        mac.update(body);
        mac.verify_slice(&claimed).is_ok()
    }
}

/// The bytes of a signature; none where it is shorter, longer, or something else.
fn read(digits: &str) -> Option<[u8; BYTES]> {
    let digits = digits.as_bytes();
    if digits.len() != 2 * BYTES {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(bytes)
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::WebhookSecret;

    /// The example of GitHub's documentation.
    const SIGNED: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    #[test]
    fn the_signature_is_that_of_githubs_documentation() {
        let secret = WebhookSecret::of("It's a Secret to Everybody").expect("a secret");
        let body = b"Hello, World!";
        assert!(secret.has_signed(SIGNED, body));
        assert!(secret.has_signed(&SIGNED.replace("757107ea", "757107EA"), body));
        assert!(!secret.has_signed(SIGNED, b"Hello, World"));
        for wrong in [
            "",
            "sha256=",
            "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
            &SIGNED[..SIGNED.len() - 1],
            &SIGNED[..SIGNED.len() - 2],
            &format!("{SIGNED}00"),
            &SIGNED.replace("757107", "x57107"),
            &SIGNED.replace("757107", "+57107"),
            &SIGNED.replace("sha256", "sha1"),
            &format!("sha256={}", "é".repeat(32)),
        ] {
            assert!(!secret.has_signed(wrong, body), "{wrong}");
        }
    }

    #[test]
    fn without_a_secret_nothing_is_signed() {
        assert!(WebhookSecret::of("").is_none() && WebhookSecret::of("  ").is_none());
        let shown = format!("{:?}", WebhookSecret::of("hunter2"));
        assert_eq!(shown, "Some(WebhookSecret)");
    }
}
