//! Hex and base64, strict and canonical, in time that depends on the length of a text and not on what it says: what is read and written
//! here are secrets and tags.

use alloc::{string::String, vec, vec::Vec};

use base64ct::Encoding as _;

/// How bytes are written as text.
#[derive(Clone, Copy)]
pub(crate) enum Encoding {
    /// Read in either case, written in lower case.
    Hex,
    /// The standard alphabet with padding.
    Base64,
    Base64NoPad,
    /// The URL-safe alphabet with padding.
    Base64Url,
    Base64UrlNoPad,
}

impl Encoding {
    /// `None` for what this encoding would not have written, the case of hexadecimal digits aside.
    pub(crate) fn decode(self, text: &str) -> Option<Vec<u8>> {
        // No text is shorter than what it stands for.
        let mut place = vec![0; text.len()];
        let length = self.decode_into(text, &mut place)?;
        place.truncate(length);
        Some(place)
    }

    /// [`decode`](Self::decode) into a place that is given: how many bytes it took. `None` for more than fits, too.
    pub(crate) fn decode_into(self, text: &str, place: &mut [u8]) -> Option<usize> {
        match self {
            Self::Hex => base16ct::mixed::decode(text, place).ok(),
            Self::Base64 => base64ct::Base64::decode(text, place).ok(),
            Self::Base64NoPad => base64ct::Base64Unpadded::decode(text, place).ok(),
            Self::Base64Url => base64ct::Base64Url::decode(text, place).ok(),
            Self::Base64UrlNoPad => base64ct::Base64UrlUnpadded::decode(text, place).ok(),
        }
        .map(<[u8]>::len)
    }

    pub(crate) fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => base16ct::lower::encode_string(bytes),
            Self::Base64 => base64ct::Base64::encode_string(bytes),
            Self::Base64NoPad => base64ct::Base64Unpadded::encode_string(bytes),
            Self::Base64Url => base64ct::Base64Url::encode_string(bytes),
            Self::Base64UrlNoPad => base64ct::Base64UrlUnpadded::encode_string(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    #![cfg_attr(miri, allow(unused, reason = "what only the properties need"))]

    use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
    use proptest::prelude::*;

    use super::Encoding;

    const ALL: [(Encoding, data_encoding::Encoding, data_encoding::Encoding); 5] = [
        (Encoding::Hex, HEXLOWER_PERMISSIVE, HEXLOWER),
        (Encoding::Base64, BASE64, BASE64),
        (Encoding::Base64NoPad, BASE64_NOPAD, BASE64_NOPAD),
        (Encoding::Base64Url, BASE64URL, BASE64URL),
        (Encoding::Base64UrlNoPad, BASE64URL_NOPAD, BASE64URL_NOPAD),
    ];

    #[test]
    fn nothing_follows_the_padding() {
        assert_eq!(BASE64.decode(b"Qg==Qg==").ok(), Some(b"BB".to_vec()), "the other library reads it");
        assert_eq!(Encoding::Base64.decode("Qg==Qg=="), None);
        assert_eq!(Encoding::Base64Url.decode("Qg==Qg=="), None);
    }

    #[cfg(not(miri))] // its generators alone would take Miri hours
    proptest! {
        /// Short texts over few characters hit every length of the last block, with and without bits that no writer sets.
        #[test]
        fn texts_are_read_as_another_library_reads_them(text in "[AQgwz/+_=f0-]{0,12}|[0-9a-fA-F]{0,9}|.{0,6}") {
            for (ours, reader, writer) in ALL {
                let theirs = reader.decode(text.as_bytes()).ok();
                // It reads padded texts that follow each other too, which nobody writes.
                let written = theirs.filter(|bytes| writer.encode(bytes).eq_ignore_ascii_case(&text));
                prop_assert_eq!(ours.decode(&text), written);
            }
        }

        #[test]
        fn bytes_are_written_as_another_library_writes_them(bytes in proptest::collection::vec(any::<u8>(), 0..70)) {
            for (ours, reader, writer) in ALL {
                let text = ours.encode(&bytes);
                prop_assert_eq!(&text, &writer.encode(&bytes));
                prop_assert_eq!(ours.decode(&text), reader.decode(text.as_bytes()).ok());
            }
        }
    }
}
