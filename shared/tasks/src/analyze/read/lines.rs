//! Bytes to lines of text, whatever they are encoded in.
//!
//! A byte order mark tells UTF-8 or UTF-16; so does every other byte being zero at the start. All
//! else is UTF-8, and a line that is not is Windows-1252: files grow by copying from others, so one
//! file may hold both. A zero byte anywhere else means that the file holds no text.

use std::borrow::Cow;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::Serialize;

use super::{MOST_DOCUMENT, Unreadable};

/// Most bytes of one line, as UTF-8: a document and what stands beside it.
const MOST_LINE: usize = 4 * MOST_DOCUMENT;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(in super::super) enum Encoding {
    /// UTF-8, save for mended lines.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, low byte first.
    #[serde(rename = "utf-16le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

/// Splits bytes into lines.
#[derive(Default)]
pub(super) struct Lines {
    /// The first bytes, until there are enough of them to tell the encoding.
    start: Vec<u8>,
    encoding: Encoding,
    /// Decodes UTF-16.
    wide: Option<Decoder>,
    started: bool,
    /// The line so far.
    rest: Vec<u8>,
    /// The number of the line before it.
    line: u64,
    mended: u64,
}

impl Lines {
    /// How the file is written.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// How many lines were not what the encoding says.
    pub(super) fn mended(&self) -> u64 {
        self.mended
    }

    /// Takes bytes in, and gives each line that they complete, with its number.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(u64, &str) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        if self.started {
            return self.decode(bytes, false, &mut each);
        }
        self.start.extend_from_slice(bytes);
        if self.start.len() < 4 {
            return Ok(());
        }
        self.begin(&mut each)
    }

    /// Gives the last line, where it does not end like one.
    pub(super) fn finish(
        &mut self,
        mut each: impl FnMut(u64, &str) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        if !self.started {
            self.begin(&mut each)?;
        }
        self.decode(&[], true, &mut each)?;
        if self.rest.is_empty() {
            return Ok(());
        }
        self.split(b"\n", &mut each)
    }

    fn begin(
        &mut self,
        each: &mut impl FnMut(u64, &str) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        let start = std::mem::take(&mut self.start);
        let (encoding, mark) = match start[..] {
            [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
            [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
            [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
            [a, 0, b, 0, ..] if a != 0 && b != 0 => (Encoding::Utf16Le, 0),
            [0, a, 0, b, ..] if a != 0 && b != 0 => (Encoding::Utf16Be, 0),
            _ => (Encoding::Utf8, 0),
        };
        self.encoding = encoding;
        self.wide = match encoding {
            Encoding::Utf8 => None,
            Encoding::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
            Encoding::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
        };
        self.started = true;
        self.decode(&start[mark..], false, each)
    }

    fn decode(
        &mut self,
        mut bytes: &[u8],
        last: bool,
        each: &mut impl FnMut(u64, &str) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        let Some(mut decoder) = self.wide.take() else {
            return self.split(bytes, each);
        };
        let mut buffer = [0; 4096];
        let outcome = loop {
            let (result, read, written, _) = decoder.decode_to_utf8(bytes, &mut buffer, last);
            bytes = &bytes[read..];
            let split = self.split(&buffer[..written], each);
            if split.is_err() || result == CoderResult::InputEmpty {
                break split;
            }
        };
        self.wide = Some(decoder).filter(|_| !last);
        outcome
    }

    fn split(
        &mut self,
        mut bytes: &[u8],
        each: &mut impl FnMut(u64, &str) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.keep(&bytes[..end])?;
            bytes = &bytes[end + 1..];
            let line = std::mem::take(&mut self.rest);
            self.line += 1;
            each(self.line, &self.text(&line)?)?;
            // The next line is written where this one was.
            self.rest = line;
            self.rest.clear();
        }
        self.keep(bytes)
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Unreadable> {
        if self.rest.len() + bytes.len() > MOST_LINE {
            return Err(Unreadable::long(self.line + 1));
        }
        self.rest.extend_from_slice(bytes);
        Ok(())
    }

    fn text<'a>(&mut self, line: &'a [u8]) -> Result<Cow<'a, str>, Unreadable> {
        if line.contains(&0) {
            let message = "there is a zero byte, so this is no text file.";
            return Err(Unreadable::new("upload_not_text", self.line, message));
        }
        let Ok(text) = std::str::from_utf8(line) else {
            self.mended += 1;
            return Ok(WINDOWS_1252.decode_without_bom_handling(line).0);
        };
        if self.encoding != Encoding::Utf8 && text.contains(char::REPLACEMENT_CHARACTER) {
            self.mended += 1;
        }
        Ok(Cow::Borrowed(text))
    }
}
