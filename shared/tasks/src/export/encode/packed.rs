//! Compression of a file as a whole.

use std::io::Write;

use flate2::write::GzEncoder;

use super::super::format::Compression;
use super::EncodeError;

/// Takes a file's text, and gives the bytes that are ready.
pub(super) enum Packed {
    Plain(Vec<u8>),
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Packed {
    pub(super) fn new(compression: Compression) -> Result<Self, EncodeError> {
        Ok(match compression {
            Compression::None => Self::Plain(Vec::new()),
            Compression::Gzip => {
                Self::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::default()))
            }
            Compression::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(
                Vec::new(),
                zstd::DEFAULT_COMPRESSION_LEVEL,
            )?),
        })
    }

    /// Moves the bytes that are ready to `out`.
    pub(super) fn drain(&mut self, out: &mut Vec<u8>) {
        out.append(match self {
            Self::Plain(ready) => ready,
            Self::Gzip(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
        });
    }

    /// Adds the rest to `out`.
    pub(super) fn finish(self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        out.append(&mut match self {
            Self::Plain(ready) => ready,
            Self::Gzip(encoder) => encoder.finish()?,
            Self::Zstd(encoder) => encoder.finish()?,
        });
        Ok(())
    }
}

impl Write for Packed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(ready) => ready.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    /// Does nothing: flushing a compressor costs size, and its end flushes it anyway.
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
