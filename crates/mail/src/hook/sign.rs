//! Whether it comes from whom it says.

use super::Refusal;
use base64::{Engine, engine::general_purpose::STANDARD};
use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// HMAC-SHA256 of the parts in their order, in hexadecimal.
pub(super) fn hmac(secret: &str, parts: &[&[u8]], signature: &str) -> Result<(), Refusal> {
    let given = HEXLOWER_PERMISSIVE
        .decode(signature.as_bytes())
        .map_err(|_| Refusal::Signature)?;
    mac(secret, parts)?.verify_slice(&given).map_err(|_| Refusal::Signature)
}

fn mac(secret: &str, parts: &[&[u8]]) -> Result<Hmac<Sha256>, Refusal> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| Refusal::Signature)?;
    for part in parts {
        mac.update(part);
    }
    Ok(mac)
}

/// ECDSA over P-256 with SHA-256; key (`SubjectPublicKeyInfo`) and signature in base 64 of DER.
pub(super) fn ecdsa(key: &str, message: &[u8], signature: &str) -> Result<(), Refusal> {
    let decode = |text: &str| STANDARD.decode(text.trim()).map_err(|_| Refusal::Signature);
    let key = decode(key)?;
    // The point is the last of it: 04, then two numbers of 32 octets.
    let point = key
        .len()
        .checked_sub(65)
        .map(|at| &key[at..])
        .filter(|point| point[0] == 4)
        .ok_or(Refusal::Signature)?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
        .verify(message, &decode(signature)?)
        .map_err(|_| Refusal::Signature)
}

/// Takes the same time wherever they differ, and whatever their lengths.
pub(super) fn same(secret: &[u8], given: &[u8]) -> Result<(), Refusal> {
    if bool::from(Sha256::digest(secret).ct_eq(&Sha256::digest(given))) {
        Ok(())
    } else {
        Err(Refusal::Signature)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ring::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
    };

    pub(crate) fn hmac_hex(secret: &str, parts: &[&[u8]]) -> String {
        let mac = mac(secret, parts).expect("a key").finalize();
        HEXLOWER_PERMISSIVE.encode(&mac.into_bytes())
    }

    /// A public key as a provider shows it, and who signs with its other half.
    pub(crate) fn ecdsa_pair() -> (String, impl Fn(&[u8]) -> String) {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).expect("a key");
        // SEQUENCE { SEQUENCE { ecPublicKey, prime256v1 }, BIT STRING } before the point.
        let mut spki = vec![
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
            0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        spki.extend_from_slice(pair.public_key().as_ref());
        let sign = move |message: &[u8]| {
            let signature = pair.sign(&SystemRandom::new(), message).expect("signs");
            STANDARD.encode(signature.as_ref())
        };
        (STANDARD.encode(spki), sign)
    }
}
