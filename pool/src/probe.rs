//! `pool health`: asks the pool beside it how it is. For what runs containers: the image has no shell and
//! no other program that could ask.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use boot::settings::{self, Reader};

/// How long each step may take; shorter than the time limit of a check (template.yaml, `PoolTask`).
const STEP: Duration = Duration::from_secs(1);

/// The port is that of the pool's own settings.
pub(crate) fn main() -> ExitCode {
    let outcome = settings::read(&settings::environment, port)
        .map_err(|invalid| invalid.to_string())
        .and_then(|port| ask(port).map_err(|error| error.to_string()));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Where standard error is closed the exit code has to do.
            let _ = writeln!(io::stderr(), "the pool did not say how it is: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where health is told.
pub(crate) fn port(reader: &mut Reader<'_>) -> u16 {
    u16::try_from(reader.count("POOL_HEALTH_PORT", 8080, 0..=65_535)).unwrap_or_default()
}

/// Whether the pool is well.
fn ask(port: u16) -> io::Result<bool> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, STEP)?;
    stream.set_read_timeout(Some(STEP))?;
    stream.set_write_timeout(Some(STEP))?;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let well = b"HTTP/1.1 200 ";
    let mut begins = [0; 13];
    stream.read_exact(&mut begins)?;
    Ok(begins == *well)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A pool that gives this answer to the one who asks.
    fn pool(answer: &'static str) -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 512];
            let size = stream.read(&mut asked).unwrap();
            assert!(asked[..size].starts_with(b"GET /health HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).unwrap();
        });
        port
    }

    #[test]
    fn only_a_pool_that_says_so_is_well() {
        assert!(ask(pool("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).unwrap());
        assert!(!ask(pool("HTTP/1.1 503 Service Unavailable\r\n\r\n")).unwrap());
        assert!(ask(pool("HTTP/1.1")).is_err());
        let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = nobody.local_addr().unwrap().port();
        drop(nobody);
        assert!(ask(port).is_err());
    }
}
