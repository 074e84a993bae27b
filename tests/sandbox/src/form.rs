//! What a browser posts: `application/x-www-form-urlencoded` or `multipart/form-data`, as one set of fields.

use std::collections::HashMap;

use axum::{
    body::Body,
    extract::{FromRequest, Multipart},
    http::{HeaderMap, Request, header},
};
use bytes::Bytes;

use crate::body::{self, NoBody};

/// The largest form: two pictures and some text.
const MAX_FORM: usize = 24 << 20;
/// The longest text field.
const MAX_TEXT: usize = 4096;
/// The most fields.
const MAX_FIELDS: usize = 32;

/// Why a form cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadForm {
    /// Over the limit.
    TooLarge,
    /// Neither of the two types.
    WrongType,
    /// It did not come in time.
    TooSlow,
    /// Not what its type says.
    Malformed,
}

impl BadForm {
    /// The status that says so.
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::TooLarge => 413,
            Self::WrongType => 415,
            Self::TooSlow => 408,
            Self::Malformed => 400,
        }
    }
}

/// The fields of a form. File names are not kept: nothing needs them.
#[derive(Debug, Default)]
pub(crate) struct Form {
    texts: HashMap<String, String>,
    files: HashMap<String, Bytes>,
}

impl Form {
    /// Reads whichever of the two types it is.
    pub(crate) async fn read(request: Request<Body>) -> Result<Self, BadForm> {
        let (parts, body) = request.into_parts();
        let body = body::read(body, MAX_FORM).await.map_err(|why| match why {
            NoBody::TooLarge => BadForm::TooLarge,
            NoBody::TooSlow => BadForm::TooSlow,
            NoBody::Broken => BadForm::Malformed,
        })?;
        match essence(&parts.headers).as_deref() {
            Some("application/x-www-form-urlencoded") => {
                Self::from_pairs(std::str::from_utf8(&body).map_err(|_| BadForm::Malformed)?)
            }
            Some("multipart/form-data") => {
                // Whole in memory already, so that parsing it cannot wait for the client.
                let request = Request::from_parts(parts, Body::from(body));
                Self::from_multipart(Multipart::from_request(request, &()).await.map_err(|_| BadForm::Malformed)?).await
            }
            _ => Err(BadForm::WrongType),
        }
    }

    fn from_pairs(text: &str) -> Result<Self, BadForm> {
        let mut form = Self::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            form.put_text(decode(name).ok_or(BadForm::Malformed)?, decode(value).ok_or(BadForm::Malformed)?)?;
        }
        Ok(form)
    }

    async fn from_multipart(mut parts: Multipart) -> Result<Self, BadForm> {
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|_| BadForm::Malformed)? {
            let name = part.name().ok_or(BadForm::Malformed)?.to_owned();
            if part.file_name().is_some() {
                if form.files.len() >= MAX_FIELDS {
                    return Err(BadForm::Malformed);
                }
                let bytes = part.bytes().await.map_err(|_| BadForm::Malformed)?;
                form.files.insert(name, bytes);
            } else {
                let text = part.text().await.map_err(|_| BadForm::Malformed)?;
                form.put_text(name, text)?;
            }
        }
        Ok(form)
    }

    fn put_text(&mut self, name: String, text: String) -> Result<(), BadForm> {
        if self.texts.len() >= MAX_FIELDS || text.len() > MAX_TEXT {
            return Err(BadForm::Malformed);
        }
        self.texts.insert(name, text);
        Ok(())
    }

    /// A text without the white space around it; empty if it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", |text| text.trim())
    }

    /// A file; empty if it is not there.
    pub(crate) fn file(&self, name: &str) -> Bytes {
        self.files.get(name).cloned().unwrap_or_default()
    }
}

fn essence(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next()?.trim().to_ascii_lowercase())
}

/// Decodes one name or value of a form or a query.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                u8::try_from(digit(rest.next())? << 4 | digit(rest.next())?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// The one parameter of this name in a query, decoded. Given twice it is as good as absent: nobody knows which was meant.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    let mut found = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
    let (_, value) = found.next()?;
    if found.next().is_some() { None } else { decode(value) }
}
