//! A file or the standard input, unpacked where it is packed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use indicatif::ProgressBar;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Opens a file, or with `-` the standard input; `progress` counts the bytes as they are read.
pub fn open(file: &str, progress: &ProgressBar) -> io::Result<Box<dyn BufRead>> {
    let source: Box<dyn Read> = if file == "-" {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file)?)
    };
    unpacked(progress.wrap_read(source))
}

/// What tells is the content, not the name. Rotated logs may be several gzip streams in a row.
fn unpacked(source: impl Read + 'static) -> io::Result<Box<dyn BufRead>> {
    let mut start = Vec::new();
    let mut source = source;
    (&mut source)
        .take(GZIP.len() as u64)
        .read_to_end(&mut start)?;
    let packed = start == GZIP;
    let whole = BufReader::new(io::Cursor::new(start).chain(source));
    Ok(if packed {
        Box::new(BufReader::new(MultiGzDecoder::new(whole)))
    } else {
        Box::new(whole)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn read(bytes: Vec<u8>) -> io::Result<String> {
        let mut text = String::new();
        unpacked(io::Cursor::new(bytes))?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn packed(text: &str) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(text.as_bytes()).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn gzip_is_known_by_its_content() {
        let two = [packed("one\n"), packed("two\n")].concat();
        assert_eq!(read(two).unwrap(), "one\ntwo\n");
        for plain in ["", "x", "one\ntwo\n"] {
            assert_eq!(read(plain.into()).unwrap(), plain);
        }
    }

    #[test]
    fn a_packed_file_that_is_cut_off_is_an_error() {
        let mut cut = packed("one\n");
        cut.truncate(cut.len() - 3);
        assert!(read(cut).is_err());
    }
}
