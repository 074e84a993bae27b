//! Uploaded pictures: decoded, judged, forgotten. Nothing of an upload is ever served back.

use std::{io::Cursor, path::PathBuf, sync::Arc};

use bytes::Bytes;
use image::{ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

/// The largest file (assumed).
pub(crate) const MAX_FILE: usize = 10 << 20;
/// The longest side, in pixels (assumed).
const MAX_SIDE: u32 = 12_000;
/// The most memory that decoding one picture may take.
const MAX_DECODED: u64 = 256 << 20;

/// Why a file is no picture for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadPicture {
    /// Nothing was chosen.
    Missing,
    /// Over ten mebibytes.
    TooLarge,
    /// No PNG, JPEG or WebP, or a broken one.
    Unreadable,
}

/// Decodes uploads, a few at a time, and keeps them only if asked to.
#[derive(Debug)]
pub(crate) struct Uploads {
    places: Arc<Semaphore>,
    folder: Option<PathBuf>,
}

impl Uploads {
    /// `folder` is where re-encoded pictures are kept, if they are.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self { places: Arc::new(Semaphore::new(2)), folder }
    }

    /// Whether the bytes are a picture that can be decoded whole, whatever the file's name and type claim.
    pub(crate) async fn accept(&self, file: Bytes) -> Result<(), BadPicture> {
        if file.is_empty() {
            return Err(BadPicture::Missing);
        }
        if file.len() > MAX_FILE {
            return Err(BadPicture::TooLarge);
        }
        let _place = self.places.acquire().await.map_err(|_| BadPicture::Unreadable)?;
        let kept_at = self.folder.as_ref().map(|folder| folder.join(format!("{}.png", crate::token::Token::random())));
        let decoding = tokio::task::spawn_blocking(move || {
            let picture = decode(&file)?;
            if let Some(path) = kept_at {
                // Encoded anew, so that nothing but pixels is kept. A full disk must not fail the person's step.
                let _ = picture.save_with_format(path, ImageFormat::Png);
            }
            Ok(())
        });
        decoding.await.unwrap_or(Err(BadPicture::Unreadable))
    }

    /// Erases what was kept.
    pub(crate) fn erase(&self) -> std::io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        for entry in std::fs::read_dir(folder)? {
            std::fs::remove_file(entry?.path())?;
        }
        Ok(())
    }
}

fn decode(file: &[u8]) -> Result<image::DynamicImage, BadPicture> {
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| BadPicture::Unreadable)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) {
        return Err(BadPicture::Unreadable);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    reader.decode().map_err(|_| BadPicture::Unreadable)
}
